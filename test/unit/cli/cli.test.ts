import { describe, expect, it } from 'vitest';
import { COMMANDS } from '../../../src/cli/cli.js';
import { folderWith, ran, unexpected } from './running.js';

const ESCAPE = '\u001b';
const names = [...COMMANDS.keys()];

describe('holdfast help', () => {
  it('lists all commands', async () => {
    const { code, out, err } = await ran(['--help']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatchSnapshot();
  });

  it.each(names)('describes the command %s', async (name) => {
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
  ])('is also printed by %j', async (argv, same) => {
    expect(await ran(argv)).toEqual(await ran(same));
  });

  it('fits into 120 columns for every command', async () => {
    const texts = await Promise.all(['help', ...names].map((name) => ran([name, '--help'])));
    const lines = texts.flatMap(({ out }) => out.split('\n'));
    expect(lines.filter((line) => line.length > 120)).toEqual([]);
    expect(lines.length).toBeGreaterThan(100);
  });
});

describe('holdfast <command>', () => {
  it.each(names)('runs the command of that name for %s', async (name) => {
    expect((await COMMANDS.get(name)?.())?.name).toBe(name);
  });

  it.each([
    ['explian', "Unknown command 'explian'.\n  Did you mean 'explain'?"],
    ['presents', "Unknown command 'presents'.\n  Did you mean 'presets'?"],
    ['frobnicate', `Unknown command 'frobnicate'.\n  Commands: ${names.join(', ')}.`],
    ['constructor', `Unknown command 'constructor'.\n  Commands: ${names.join(', ')}.`],
  ])('refuses %s as an unknown command', async (name, said) => {
    expect(await ran([name])).toEqual({ code: 2, out: '', err: `holdfast: ${said}\n` });
    expect(await ran(['help', name])).toEqual({ code: 2, out: '', err: `holdfast: ${said}\n` });
  });

  it('refuses a command line without a command', async () => {
    const err = `holdfast: A command is missing.\n  Commands: ${names.join(', ')}.\n`;
    expect(await ran([])).toEqual({ code: 2, out: '', err });
    expect(await ran(['--json'])).toMatchObject({ code: 2, out: '' });
  });
});

describe('the command line', () => {
  it.each([[['--version']], [['-v']], [['presets', '--version']]])('prints the version for %j', async (argv) => {
    expect(await ran(argv)).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('prints the version as JSON with --version and --json', async () => {
    for (const argv of [
      ['--version', '--json'],
      ['presets', '-v', '--json'],
    ]) {
      const { code, out } = await ran(argv);
      expect([code, JSON.parse(out)]).toEqual([0, { version: '1.2.3' }]);
    }
  });

  it('prints the help as JSON with --help and --json', async () => {
    const { out } = await ran(['--help', '--json']);
    expect(JSON.parse(out)).toMatchObject({
      commands: names.map((name) => ({ name, summary: expect.any(String) })),
      options: { json: { summary: expect.any(String) } },
    });
    for (const argv of [
      ['diff', '--help', '--json'],
      ['help', 'diff', '--json'],
    ]) {
      const data = JSON.parse((await ran(argv)).out);
      expect(data).toMatchObject({ name: 'diff', arguments: [{ name: 'a' }, { name: 'b' }] });
      expect(Object.keys(data.options)).toEqual(['exit-code', 'json', 'help', 'version']);
    }
  });

  it.each([
    [['presets', '--jsno'], "Unknown option '--jsno'.\n  Did you mean '--json'?"],
    [['explain', '--prest=simple'], "Unknown option '--prest'.\n  Did you mean '--preset'?"],
    [['presets', '-x'], "Unknown option '-x'."],
    [['presets', '--__proto__'], "Unknown option '--__proto__'."],
    [['--config', 'x', 'explain'], "Unknown command 'x'.\n  Commands: "],
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
  ])('refuses %j', async (argv, said) => {
    const { code, out, err } = await ran(argv);
    // With --json the same message is in an object.
    const message = argv.includes('--json') ? JSON.parse(err).error.message : err;
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(message).toContain(said);
  });

  it('accepts options before and after the command', async () => {
    const behind = await ran(['presets', 'simple', '--json']);
    expect(behind.code).toBe(0);
    expect(await ran(['--json', 'presets', 'simple'])).toEqual(behind);
    expect(await ran(['presets', '--json', 'simple'])).toEqual(behind);
  });

  it('reads no options after --', async () => {
    expect(await ran(['presets', '--', '--json'])).toMatchObject({ code: 2, out: '' });
    expect((await ran(['presets', '--', '--jsn'])).err).toContain("There is no preset or strategy '--jsn'.");
  });
});

describe('coloured output', () => {
  const argv = ['presets', 'production'];

  it('is printed on a terminal', async () => {
    const { out } = await ran(argv, { isTty: true });
    expect(out).toContain(`${ESCAPE}[1mproduction${ESCAPE}[22m`);
  });

  it.each([
    ['anywhere else', argv, { isTty: false }],
    ['with NO_COLOR', argv, { isTty: true, env: { NO_COLOR: '1' } }],
    ['on a dumb terminal', argv, { isTty: true, env: { TERM: 'dumb' } }],
    ['with --json', [...argv, '--json'], { isTty: true }],
    ['in the help of no terminal', ['--help'], { isTty: false }],
  ])('is printed on a terminal only, and not %s', async (_where, line, host) => {
    const { out } = await ran(line, host);
    expect(out).not.toBe('');
    expect(out).not.toContain(ESCAPE);
  });

  it('is printed if NO_COLOR is empty', async () => {
    expect((await ran(argv, { isTty: true, env: { NO_COLOR: '' } })).out).toContain(ESCAPE);
  });

  it('has the same columns as plain output', async () => {
    const coloured = await ran(argv, { isTty: true });
    const plain = await ran(argv);
    // biome-ignore lint/suspicious/noControlCharactersInRegex: that is what colour is made of
    expect(coloured.out.replace(/\u001b\[\d+m/g, '')).toBe(plain.out);
  });
});

describe('errors of the command line', () => {
  const broken = {
    loading: unexpected,
    schema: async () => {
      throw new TypeError('the roof is leaking');
    },
    validation: unexpected,
    migration: unexpected,
  };

  it('are printed with their stack and have their own exit code if they are internal', async () => {
    const { code, out, err } = await ran(['schema'], {}, { modules: broken });
    expect({ code, out }).toEqual({ code: 70, out: '' });
    expect(err).toMatch(/^holdfast: internal error \(please report\)\nTypeError: the roof is leaking\n {4}at /);
  });

  it('are printed as JSON on stderr with --json', async () => {
    const inside = await ran(['schema', '--json'], {}, { modules: broken });
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

  it('never contain control characters of the input', async () => {
    const { err } = await ran([`pre${ESCAPE}[31msets\u202e`]);
    expect(err).toContain('pre\\u{1b}[31msets\\u{202e}');
    expect(err).not.toContain(ESCAPE);
  });

  it('never have a stack trace for wrong input', async () => {
    const cwd = folderWith({ 'bad.json': '{' });
    const lines = [['x'], ['validate', 'bad.json'], ['validate', 'none.json'], ['explain', '--config', 'bad.json']];
    for (const line of lines) {
      const { code, out, err } = await ran(line, { cwd });
      expect(code).toBeLessThanOrEqual(2);
      expect(out + err).not.toContain('    at ');
    }
  });
});
