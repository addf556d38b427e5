import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/commands.js';
import { closed, folderWith, ran } from './running.js';

const ESCAPE = '\u001b';
const names = [...COMMANDS.keys()];

describe('help', () => {
  it('tells of all commands', async () => {
    const { code, out, err } = await ran(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchSnapshot();
  });

  it.each(names)('tells how %s is used', async (name) => {
    const { code, out, err } = await ran([name, '--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchSnapshot();
  });

  it.each([
    [['help'], ['--help']],
    [['-h'], ['--help']],
    [
      ['help', 'diff'],
      ['diff', '--help'],
    ],
    [
      ['diff', '-h'],
      ['diff', '--help'],
    ],
    [
      ['--help', 'diff'],
      ['diff', '--help'],
    ],
  ])('is also had by %j', async (argv, same) => {
    expect(await ran(argv)).toEqual(await ran(same));
  });

  it('fits into 120 columns', async () => {
    const texts = await Promise.all(['help', ...names].map((name) => ran([name, '--help'])));
    const lines = texts.flatMap(({ out }) => out.split('\n'));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
  });
});

describe('the name of a command', () => {
  it.each(names)('%s is the one that it calls itself', async (name) => {
    expect((await COMMANDS.get(name)?.())?.name).toBe(name);
  });

  it.each([
    ['explian', "There is no command 'explian'.\n  Did you mean 'explain'?"],
    ['presents', "There is no command 'presents'.\n  Did you mean 'presets'?"],
    ['frobnicate', `There is no command 'frobnicate'.\n  There are: ${names.join(', ')}.`],
    ['constructor', `There is no command 'constructor'.\n  There are: ${names.join(', ')}.`],
  ])('%s is not known', async (name, said) => {
    expect(await ran([name])).toEqual({ code: 2, out: '', err: `holdfast: ${said}\n` });
    expect(await ran(['help', name])).toEqual({ code: 2, out: '', err: `holdfast: ${said}\n` });
  });

  it('is needed', async () => {
    const err = `holdfast: A command is missing.\n  There are: ${names.join(', ')}.\n`;
    expect(await ran([])).toEqual({ code: 2, out: '', err });
    expect(await ran(['--json'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('options', () => {
  it.each([[['--version']], [['-v']], [['presets', '--version']]])('%j prints the version', async (argv) => {
    expect(await ran(argv)).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it.each([
    [['presets', '--jsno'], "The option '--jsno' is not known.\n  Did you mean '--json'?"],
    [['explain', '--prest=simple'], "The option '--prest' is not known.\n  Did you mean '--preset'?"],
    [['presets', '-x'], "The option '-x' is not known."],
    [['presets', '--__proto__'], "The option '--__proto__' is not known."],
    [['--config', 'x', 'explain'], "There is no command 'x'.\n  There are: "],
    [['presets', '--json=yes'], "--json takes no value; received 'yes'."],
    [['explain', '--preset'], '--preset needs a <name>.'],
    [['explain', '--preset='], '--preset needs a <name>.'],
    [['explain', '--preset', '--json'], '--preset needs a <name>.'],
    [
      ['migrate', '--from', 'oposum'],
      "--from must be one of env, opossum, cockatiel, p-retry; received 'oposum'.\n  Did you mean 'opossum'?",
    ],
    [['bench', 'config', '--iterations', '0'], "--iterations must be a whole number from 1 to 1000000; received '0'."],
    [
      ['bench', 'config', '--iterations', '1e3'],
      "--iterations must be a whole number from 1 to 1000000; received '1e3'.",
    ],
    [['bench', 'confg'], "<what> must be one of config; received 'confg'.\n  Did you mean 'config'?"],
    [['validate'], '<file> is missing.'],
    [['diff', 'simple'], '<b> is missing.'],
    [['schema', 'x'], "'x' is one argument too many; schema takes no argument."],
    [['diff', 'a', 'b', 'c'], "'c' is one argument too many; diff takes at most <a> <b>."],
  ])('%j is refused', async (argv, said) => {
    const { code, out, err } = await ran(argv);
    // With --json the same stands in an object.
    const told = argv.includes('--json') ? JSON.parse(err).error.message : err;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(told).toContain(said);
  });

  it('stand before and behind the command', async () => {
    const behind = await ran(['presets', 'simple', '--json']);
    expect(behind.code).toBe(0);
    expect(await ran(['--json', 'presets', 'simple'])).toEqual(behind);
    expect(await ran(['presets', '--json', 'simple'])).toEqual(behind);
  });

  it('end at --', async () => {
    expect(await ran(['presets', '--', '--json'])).toMatchObject({ code: 2, out: '' });
    expect((await ran(['presets', '--', '--jsn'])).err).toContain("There is no preset or strategy '--jsn'.");
  });
});

describe('colour', () => {
  const argv = ['presets', 'production'];

  it('is on a terminal', async () => {
    const { out } = await ran(argv, { isTty: true });
    expect(out).toContain(`${ESCAPE}[1mproduction${ESCAPE}[22m`);
  });

  it.each([
    ['anywhere else', argv, { isTty: false }],
    ['with NO_COLOR', argv, { isTty: true, env: { NO_COLOR: '1' } }],
    ['on a dumb terminal', argv, { isTty: true, env: { TERM: 'dumb' } }],
    ['with --json', [...argv, '--json'], { isTty: true }],
    ['in the help of no terminal', ['--help'], { isTty: false }],
  ])('is not %s', async (_where, line, host) => {
    const { out } = await ran(line, host);
    expect(out).not.toBe('');
    expect(out).not.toContain(ESCAPE);
  });

  it('is there with an empty NO_COLOR', async () => {
    expect((await ran(argv, { isTty: true, env: { NO_COLOR: '' } })).out).toContain(ESCAPE);
  });

  it('moves no column', async () => {
    const coloured = await ran(argv, { isTty: true });
    const plain = await ran(argv);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
    expect(coloured.out.replace(/\u001b\[\d+m/g, '')).toBe(plain.out);
  });
});

describe('what goes wrong', () => {
  const broken = {
    loading: closed,
    schema: async () => {
      throw new TypeError('the roof is leaking');
    },
    validation: closed,
    migration: closed,
  };

  it('inside is told with its place, and with a code that nothing else has', async () => {
    const { code, out, err } = await ran(['schema'], {}, { doors: broken });
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(err).toMatch(/^holdfast: a fault of holdfast itself\.\nTypeError: the roof is leaking\n {4}at /);
  });

  it('is told to machines as JSON, on stderr', async () => {
    const inside = await ran(['schema', '--json'], {}, { doors: broken });
    expect(inside.out).toBe('');
    expect(JSON.parse(inside.err)).toEqual({ error: { code: 'INTERNAL', message: 'the roof is leaking' } });
    const usage = await ran(['presets', 'simpel', '--json']);
    expect(usage).toMatchObject({ code: 2, out: '' });
    expect(JSON.parse(usage.err)).toEqual({
      error: {
        code: 'USAGE',
        message: "There is no preset or strategy 'simpel'.",
        suggestion: "Did you mean 'simple'?",
      },
    });
    const cwd = folderWith({ 'a.json': '{ "defaults": { "deadlineMs": -1 } }' });
    const refused = await ran(['diff', 'a.json', 'simple', '--json'], { cwd });
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(JSON.parse(refused.err)).toMatchObject({
      error: { code: 'HOLDFAST_CONFIGURATION', issues: [{ received: '-1' }] },
    });
  });

  it('never brings the input of others to the terminal as it is', async () => {
    const { err } = await ran([`pre${ESCAPE}[31msets\u202e`]);
    expect(err).toContain('pre\\u{1b}[31msets\\u{202e}');
    expect(err).not.toContain(ESCAPE);
  });

  it('is a stack trace for no bad input', async () => {
    const cwd = folderWith({ 'bad.json': '{' });
    const lines = [['x'], ['validate', 'bad.json'], ['validate', 'none.json'], ['explain', '--config', 'bad.json']];
    for (const line of lines) {
      const { code, out, err } = await ran(line, { cwd });
      expect(code).toBeLessThanOrEqual(2);
      expect(out + err).not.toContain('    at ');
    }
  });
});
