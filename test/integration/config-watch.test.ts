import * as fs from 'node:fs';
import * as files from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { ConfigurationError, createResilience, ResilienceClosedError } from 'holdfast';
import {
  type ConfigRefused,
  type Configurable,
  type WatchedConfig,
  type WatchOptions,
  watchConfig,
} from 'holdfast/config';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { issuesOf } from '../support/breaker-steps.js';
import { issuesIn } from '../support/calls.js';

vi.mock('node:fs/promises', async (original) => {
  const real = await original<typeof files>();
  return { ...real, readFile: vi.fn(real.readFile), stat: vi.fn(real.stat) };
});

let directory: string;
let file: string;
const at = (...names: readonly string[]) => join(directory, ...names);
const watched: WatchedConfig[] = [];

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'holdfast-watch-'));
  file = at('holdfast.json');
});
afterEach(() => {
  for (const each of watched.splice(0)) each.close();
  vi.mocked(files.readFile).mockClear();
  vi.mocked(files.stat).mockClear();
  fs.rmSync(directory, { recursive: true, force: true });
});

/** The text of a config that is recognised by its deadline. */
const textOf = (deadlineMs: number) => JSON.stringify({ defaults: { deadlineMs } });

/** Writes another file and renames it, as careful editors do. */
function replaceFile(text: string, path = file): void {
  fs.writeFileSync(`${path}.new`, text);
  fs.renameSync(`${path}.new`, path);
}

/** The text of a config that is valid, and that a Resilience with the operation `used` refuses. */
const REFUSED = JSON.stringify({ operations: { used: { alias: 'other' } } });

/** A Resilience and the changes that it is given. */
function target() {
  const resilience = createResilience({ config: { operations: { used: {} } } });
  const given: unknown[][] = [];
  const deadlines: unknown[] = [];
  const refused: ConfigRefused[] = [];
  resilience.on('config.refused', (event) => refused.push(event));
  const configure: Configurable['configure'] = (change, options) => {
    // A function throws why the file is broken.
    if (typeof change !== 'function') given.push([change, options]);
    resilience.configure(change, options);
    deadlines.push(resilience.config().settings['deadlineMs']?.value);
  };
  return { resilience, given, deadlines, refused, configure };
}

/** Watches the file until the test is over. */
function watchIt(options: WatchOptions = {}, path = file) {
  const { configure, ...rest } = target();
  const errors: unknown[] = [];
  const onError = (error: unknown) => {
    errors.push(error);
  };
  const watching = watchConfig({ configure }, path, { settleMs: 20, pollMs: 10, onError, ...options });
  watched.push(watching);
  return { ...rest, errors, watching };
}

/** The messages without paths and values. */
const messagesOf = (errors: readonly unknown[]) =>
  errors.map((error) =>
    ConfigurationError.is(error) ? error.issues.map(({ message }) => message).join() : String(error),
  );

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

/** How often the file has been looked at so far. */
const looks = () => vi.mocked(files.stat).mock.calls.length;

/** Waits for this many more looks. */
async function untilLooked(times: number): Promise<void> {
  const before = looks();
  await until(() => expect(looks()).toBeGreaterThanOrEqual(before + times));
}

/** Does something, and waits until this text has been read after that. */
async function seen(text: string, step: () => void): Promise<void> {
  const { results } = vi.mocked(files.readFile).mock;
  const before = results.length;
  step();
  await until(async () => {
    const read = await Promise.allSettled(results.slice(before).map(({ value }) => value));
    expect(read.map((each) => each.status === 'fulfilled' && String(each.value))).toContain(text);
  });
}

describe('watchConfig at the start', () => {
  it('puts the file in force at once, as the layer file', () => {
    fs.writeFileSync(file, textOf(1_000));
    const { given } = watchIt();
    expect(given).toEqual([
      [{ defaults: { deadlineMs: 1_000 } }, { layer: 'file', actor: 'watchConfig', reason: file }],
    ]);
  });

  it.each([
    ['gone', undefined, 'must be a file that can be read, but this does not exist'],
    ['empty', '', 'must hold a config'],
    ['broken', '{', 'must be JSON'],
    ['refused', REFUSED, 'must not be set for an operation that is in use'],
  ])('throws if the file is %s, and watches nothing', (_, text, why) => {
    if (text !== undefined) fs.writeFileSync(file, text);
    const [issue] = issuesOf(() => watchIt());
    expect(issue?.message).toContain(why);
    expect(files.readFile).not.toHaveBeenCalled();
  });

  it('refuses all invalid arguments at once', () => {
    const issues = issuesOf(() =>
      Reflect.apply(watchConfig, undefined, [{}, ' ', { onErr: 1, onError: 1, settleMs: 0, pollMs: true }]),
    );
    expect(issues.map(({ path }) => path)).toEqual([
      'resilience',
      'path',
      'options.onErr',
      'options.onError',
      'options.settleMs',
      'options.pollMs',
    ]);
    expect(issuesOf(() => Reflect.apply(watchConfig, undefined, [target(), file, { pollMs: false }]))).toMatchObject([
      { path: 'options.pollMs', message: 'must be a number from 10 to 86400000' },
    ]);
    for (const resilience of [undefined, null, 'it', { configure: 1 }]) {
      const [issue] = issuesOf(() => Reflect.apply(watchConfig, undefined, [resilience, file]));
      expect(issue?.path).toBe('resilience');
    }
    expect(issuesOf(() => watchIt({}, at('holdfast.toml')))).toMatchObject([{ path: at('holdfast.toml') }]);
  });
});

describe('watchConfig after a change', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('puts a file in force that replaces the first, again and again', async () => {
    const { deadlines, errors } = watchIt();
    for (const deadlineMs of [2_000, 3_000, 4_000]) {
      replaceFile(textOf(deadlineMs));
      await until(() => expect(deadlines.at(-1)).toBe(deadlineMs));
    }
    expect(deadlines).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(errors).toEqual([]);
  });

  it('puts a file in force that is written in place', async () => {
    const { deadlines, errors } = watchIt();
    for (const deadlineMs of [2_000, 3_000]) {
      fs.writeFileSync(file, textOf(deadlineMs));
      await until(() => expect(deadlines.at(-1)).toBe(deadlineMs));
    }
    expect(errors).toEqual([]);
  });

  it('keeps watching the same file when the working directory changes', async () => {
    fs.writeFileSync(file, textOf(1_000));
    const home = process.cwd();
    onTestFinished(() => process.chdir(home));
    process.chdir(directory);
    const { deadlines, given, errors } = watchIt({}, 'holdfast.json');
    process.chdir(home);
    replaceFile(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(given[0]?.[1]).toMatchObject({ reason: 'holdfast.json' });
    expect(errors).toEqual([]);
  });

  it('does not miss a change right after the start', async () => {
    const { deadlines } = watchIt();
    replaceFile(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });

  it('waits for the rest of a file that is half written, without an error', async () => {
    const { deadlines, errors } = watchIt({ settleMs: 100 });
    const text = textOf(2_000);
    const half = text.slice(0, text.length / 2);
    await seen(half, () => fs.writeFileSync(file, half));
    fs.appendFileSync(file, text.slice(half.length));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toEqual([]);
  });

  it('puts a file in force that an editor removed first, without an error', async () => {
    const { deadlines, errors } = watchIt({ settleMs: 100 });
    fs.renameSync(file, `${file}~`);
    fs.writeFileSync(file, textOf(2_000));
    fs.rmSync(`${file}~`);
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toEqual([]);
  });

  it('ignores a file that is written with the same content', async () => {
    const { given } = watchIt();
    await seen(textOf(1_000), () => replaceFile(textOf(1_000)));
    await seen(textOf(1_000), () => fs.utimesSync(file, 1, 1));
    replaceFile(textOf(2_000));
    await until(() => expect(given).toHaveLength(2));
  });

  it('ends with the last of many changes', async () => {
    const { deadlines } = watchIt();
    for (let step = 1; step <= 200; step++) replaceFile(textOf(10_000 + step));
    await until(() => expect(deadlines.at(-1)).toBe(10_200));
    expect(deadlines.length).toBeLessThan(200);
  });

  it('puts a file in force that never stops changing', async () => {
    const { deadlines } = watchIt();
    let step = 0;
    const writing = setInterval(() => {
      step += 1;
      replaceFile(textOf(10_000 + step));
    }, 4);
    try {
      await until(() => expect(deadlines.length).toBeGreaterThan(2));
    } finally {
      clearInterval(writing);
    }
    await until(() => expect(deadlines.at(-1)).toBe(10_000 + step));
  });
});

describe('watchConfig with a bad file', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('reports each lasting error once, and keeps what is in force', async () => {
    const { given, errors, refused } = watchIt({ settleMs: 5 });
    fs.writeFileSync(file, '{ "defaults": ');
    await until(() => expect(errors).toHaveLength(1));
    fs.writeFileSync(file, '{ "defaults": { "deadlineMs": "2s" } }');
    await until(() => expect(errors).toHaveLength(2));
    replaceFile('{ "defaults": { "deadlineMs": "2s" } }');
    fs.writeFileSync(file, '');
    await until(() => expect(errors).toHaveLength(3));
    expect(messagesOf(errors)).toEqual([
      'must be JSON: expected a value at line 1, column 15',
      'must be a number of milliseconds',
      'must hold a config',
    ]);
    expect(errors).toMatchObject([
      { issues: [{ path: file }] },
      { issues: [{ path: `${file}.defaults.deadlineMs` }] },
      {},
    ]);
    const event = { type: 'config.refused', layer: 'file', actor: 'watchConfig', reason: file };
    expect(refused).toMatchObject(errors.map((error) => ({ ...event, issues: issuesIn(error) })));
    expect(given).toHaveLength(1);
    replaceFile(textOf(2_000));
    await until(() => expect(given).toHaveLength(2));
  });

  it('changes nothing when the file is restored, and reports it again when it breaks again', async () => {
    const { given, errors } = watchIt({ settleMs: 5 });
    fs.writeFileSync(file, '{');
    await until(() => expect(errors).toHaveLength(1));
    await seen(textOf(1_000), () => replaceFile(textOf(1_000)));
    fs.writeFileSync(file, '{');
    await until(() => expect(errors).toHaveLength(2));
    expect(given).toHaveLength(1);
  });

  it('reports a deleted file once, and watches until it is back', async () => {
    const { deadlines, given, errors } = watchIt({ settleMs: 5 });
    fs.rmSync(file);
    await until(() => expect(errors).toHaveLength(1));
    await untilLooked(5);
    expect(errors).toHaveLength(1);
    await seen(textOf(1_000), () => replaceFile(textOf(1_000)));
    expect(given).toHaveLength(1);
    fs.rmSync(file);
    await until(() => expect(errors).toHaveLength(2));
    fs.writeFileSync(file, textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(messagesOf(errors)).toEqual(Array(2).fill('must be a file that can be read, but this does not exist'));
  });

  it('reports a refused file once, and reads it again only after another change', async () => {
    const { deadlines, given, errors } = watchIt();
    replaceFile(REFUSED);
    await until(() => expect(errors).toHaveLength(1));
    await untilLooked(5);
    expect(messagesOf(errors)).toEqual(['must not be set for an operation that is in use under its own name']);
    expect(given).toHaveLength(2);
    await seen(textOf(1_000), () => replaceFile(textOf(1_000)));
    expect(given).toHaveLength(2);
    // The other text was in force in between, so this is another change.
    replaceFile(REFUSED);
    await until(() => expect(given).toHaveLength(3));
    replaceFile(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toHaveLength(2);
  });

  it('emits a process warning if there is no onError', async () => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    watchIt({ onError: undefined, settleMs: 5 });
    fs.writeFileSync(file, '{');
    await until(() => expect(warn).toHaveBeenCalled());
    expect(warn.mock.calls).toEqual([[expect.any(ConfigurationError)]]);
  });

  const hooks: [string, () => unknown][] = [
    [
      'throws',
      () => {
        throw new RangeError('the hook fails');
      },
    ],
    ['rejects', () => Promise.reject(new RangeError('the hook fails'))],
  ];
  it.each(hooks)('survives an onError that %s', async (_, onError) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const { deadlines } = watchIt({ onError, settleMs: 5 });
    fs.writeFileSync(file, '{');
    await until(() => expect(warn).toHaveBeenCalledWith(new RangeError('the hook fails')));
    replaceFile(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });
});

describe('watchConfig with symbolic links', () => {
  /** Updates a mounted ConfigMap: a new directory, and a link to it that is replaced at once. */
  function mount(day: string, text: string): void {
    fs.mkdirSync(at(day));
    fs.writeFileSync(at(day, 'holdfast.json'), text);
    fs.symlinkSync(day, at('..data_tmp'));
    fs.renameSync(at('..data_tmp'), at('..data'));
  }

  it('follows a Kubernetes ConfigMap', async () => {
    mount('..2024_1', textOf(1_000));
    fs.symlinkSync('..data/holdfast.json', file);
    const { deadlines, errors } = watchIt();
    for (const day of [2, 3, 4]) {
      mount(`..2024_${day}`, textOf(day * 1_000));
      fs.rmSync(at(`..2024_${day - 1}`), { recursive: true });
      await until(() => expect(deadlines.at(-1)).toBe(day * 1_000));
    }
    expect(deadlines).toEqual([1_000, 2_000, 3_000, 4_000]);
    // Another directory with the same content is no change.
    await seen(textOf(4_000), () => mount('..2024_5', textOf(4_000)));
    mount('..2024_6', textOf(6_000));
    await until(() => expect(deadlines.at(-1)).toBe(6_000));
    expect(deadlines).toHaveLength(5);
    expect(errors).toEqual([]);
  });

  it('follows a chain of links to a directory that is replaced', async () => {
    mount('..2024_1', textOf(1_000));
    fs.mkdirSync(at('app'));
    fs.symlinkSync('..data/holdfast.json', file);
    fs.symlinkSync(file, at('app', 'config.json'));
    const { deadlines } = watchIt({}, at('app', 'config.json'));
    mount('..2024_2', textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    fs.writeFileSync(at('..2024_2', 'holdfast.json'), textOf(3_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000]));
    fs.symlinkSync('../..2024_1/holdfast.json', at('app', 'new'));
    fs.renameSync(at('app', 'new'), at('app', 'config.json'));
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000, 1_000]));
  });

  it('follows a directory on the path that is replaced', async () => {
    for (const release of [1, 2]) {
      fs.mkdirSync(at(`release-${release}`, 'config'), { recursive: true });
      fs.writeFileSync(at(`release-${release}`, 'config', 'holdfast.json'), textOf(release * 1_000));
    }
    fs.symlinkSync('release-1', at('current'));
    const { deadlines } = watchIt({}, at('current', 'config', 'holdfast.json'));
    fs.symlinkSync('release-2', at('new'));
    fs.renameSync(at('new'), at('current'));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });

  it('finds a file again whose directory was deleted and created again', async () => {
    const path = at('etc', 'holdfast', 'holdfast.json');
    const make = (deadlineMs: number) => {
      fs.mkdirSync(at('etc', 'holdfast'), { recursive: true });
      fs.writeFileSync(path, textOf(deadlineMs));
    };
    make(1_000);
    const { deadlines, errors } = watchIt({ settleMs: 5 }, path);
    fs.rmSync(at('etc'), { recursive: true });
    await until(() => expect(errors).toHaveLength(1));
    make(2_000);
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    fs.rmSync(at('etc'), { recursive: true });
    make(3_000);
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000]));
    fs.writeFileSync(path, textOf(4_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000, 4_000]));
  });
});

describe('closing a watched config', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('stops the watch at any time and is idempotent', async () => {
    const closed = [watchIt(), watchIt(), watchIt()];
    closed[0]?.watching.close();
    await until(() => expect(looks()).toBeGreaterThan(1));
    closed[1]?.watching.close();
    fs.writeFileSync(file, '{');
    closed[2]?.watching.close();
    for (const { watching } of closed) watching.close();
    fs.writeFileSync(file, textOf(2_000));
    // Another watch sees what they would have seen.
    const { deadlines } = watchIt();
    replaceFile(textOf(3_000));
    await until(() => expect(deadlines).toEqual([2_000, 3_000]));
    expect(closed.map(({ given, errors }) => [given.length, errors.length])).toEqual(Array(3).fill([1, 0]));
  });

  it('is possible from within onError', async () => {
    const { configure, given } = target();
    const onError = vi.fn(() => watching.close());
    const watching = watchConfig({ configure }, file, { onError, settleMs: 5, pollMs: 10 });
    fs.writeFileSync(file, '{');
    await until(() => expect(onError).toHaveBeenCalled());
    replaceFile(textOf(2_000));
    const other = watchIt();
    replaceFile(textOf(3_000));
    await until(() => expect(other.deadlines).toEqual([2_000, 3_000]));
    expect(given).toHaveLength(1);
    expect(onError).toHaveBeenCalledOnce();
  });

  it('happens by itself when the Resilience is closed', async () => {
    const { resilience, given, errors } = watchIt();
    await resilience.close();
    replaceFile(textOf(1_500));
    await until(() => expect(errors).toHaveLength(1));
    expect(errors[0]).toBeInstanceOf(ResilienceClosedError);
    replaceFile(textOf(2_000));
    const other = watchIt();
    replaceFile(textOf(3_000));
    await until(() => expect(other.deadlines).toEqual([2_000, 3_000]));
    expect(given).toHaveLength(2);
  });
});
