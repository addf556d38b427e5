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

const open = vi.hoisted(() => new Set<unknown>());
vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  const watch = (path: string, options: fs.WatchOptions, onChange: fs.WatchListener<string>) => {
    const watcher = real.watch(path, options, onChange);
    open.add(watcher);
    return watcher.once('close', () => open.delete(watcher));
  };
  return { ...real, watch: vi.fn(watch) };
});
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
afterEach(async () => {
  for (const each of watched.splice(0)) each.close();
  await until(() => expect(open.size).toBe(0));
  vi.mocked(fs.watch).mockReset();
  vi.mocked(files.readFile).mockClear();
  vi.mocked(files.stat).mockClear();
  fs.rmSync(directory, { recursive: true, force: true });
});

/** The text of a config that is told apart by its deadline. */
const textOf = (deadlineMs: number) => JSON.stringify({ defaults: { deadlineMs } });

/** Writes beside it and moves it there, as careful editors do. */
function moveThere(text: string, path = file): void {
  fs.writeFileSync(`${path}.new`, text);
  fs.renameSync(`${path}.new`, path);
}

/** The text of a config that is right by itself, and that a Resilience in which `used` is in use refuses. */
const REFUSED = JSON.stringify({ operations: { used: { alias: 'other' } } });

/** A Resilience, and what it is given. */
function target() {
  const resilience = createResilience({ config: { operations: { used: {} } } });
  const given: unknown[][] = [];
  const deadlines: unknown[] = [];
  const refused: ConfigRefused[] = [];
  resilience.on('config.refused', (event) => refused.push(event));
  const configure: Configurable['configure'] = (change, options) => {
    // What throws is broken, and was never given.
    if (typeof change !== 'function') given.push([change, options]);
    resilience.configure(change, options);
    deadlines.push(resilience.config().settings['deadlineMs']?.value);
  };
  return { resilience, given, deadlines, refused, configure };
}

/** Watches the file without ever polling, unless told otherwise, until the test is over. */
function watchIt(options: WatchOptions = {}, path = file) {
  const { configure, ...rest } = target();
  const errors: unknown[] = [];
  const onError = (error: unknown) => {
    errors.push(error);
  };
  const watching = watchConfig({ configure }, path, { settleMs: 20, pollMs: false, onError, ...options });
  watched.push(watching);
  return { ...rest, errors, watching };
}

/** What has been said, without what is said of it. */
const messagesOf = (errors: readonly unknown[]) =>
  errors.map((error) =>
    ConfigurationError.is(error) ? error.issues.map(({ message }) => message).join() : String(error),
  );

const until = (check: () => unknown) => vi.waitFor(check, { timeout: 20_000, interval: 5 });

/** How often watches have looked at the file so far. */
const looks = () => vi.mocked(files.stat).mock.calls.length;

/** Waits until they have looked so many times more. */
async function untilLooked(times: number): Promise<void> {
  const before = looks();
  await until(() => expect(looks()).toBeGreaterThanOrEqual(before + times));
}

/** Does something, and waits until the watch has read this text after that. */
async function seen(text: string, step: () => void): Promise<void> {
  const { results } = vi.mocked(files.readFile).mock;
  const before = results.length;
  step();
  await until(async () => {
    const read = await Promise.allSettled(results.slice(before).map(({ value }) => value));
    expect(read.map((each) => each.status === 'fulfilled' && String(each.value))).toContain(text);
  });
}

/** Waits until the watch stands, and so needs no poll to learn of what comes. */
const untilWatching = () => until(() => expect(looks()).toBeGreaterThan(0));

describe('at the start', () => {
  it('the file is put in force at once, as the layer of files', () => {
    fs.writeFileSync(file, textOf(1_000));
    const { given } = watchIt();
    expect(given).toEqual([
      [{ defaults: { deadlineMs: 1_000 } }, { layer: 'file', actor: 'watchConfig', reason: file }],
    ]);
  });

  it.each([
    ['gone', undefined, 'must be a file that can be read, and this does not exist'],
    ['empty', '', 'must hold a config'],
    ['broken', '{', 'must be JSON'],
    ['refused', REFUSED, 'must not be given to an operation that is in use'],
  ])('a file that is %s is thrown, and nothing is watched', (_, text, why) => {
    if (text !== undefined) fs.writeFileSync(file, text);
    const [issue] = issuesOf(() => watchIt());
    expect(issue?.message).toContain(why);
    expect(fs.watch).not.toHaveBeenCalled();
    expect(files.readFile).not.toHaveBeenCalled();
  });

  it('arguments of the wrong kind are refused, all at once', () => {
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
    for (const resilience of [undefined, null, 'it', { configure: 1 }]) {
      const [issue] = issuesOf(() => Reflect.apply(watchConfig, undefined, [resilience, file]));
      expect(issue?.path).toBe('resilience');
    }
    expect(issuesOf(() => watchIt({}, at('holdfast.toml')))).toMatchObject([{ path: at('holdfast.toml') }]);
  });
});

describe('a change', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('by a file that is moved there is put in force, again and again', async () => {
    const { deadlines, errors } = watchIt();
    await untilWatching();
    for (const deadlineMs of [2_000, 3_000, 4_000]) {
      moveThere(textOf(deadlineMs));
      await until(() => expect(deadlines.at(-1)).toBe(deadlineMs));
    }
    expect(deadlines).toEqual([1_000, 2_000, 3_000, 4_000]);
    expect(errors).toEqual([]);
  });

  it('that is written in place is put in force', async () => {
    const { deadlines, errors } = watchIt();
    await untilWatching();
    for (const deadlineMs of [2_000, 3_000]) {
      fs.writeFileSync(file, textOf(deadlineMs));
      await until(() => expect(deadlines.at(-1)).toBe(deadlineMs));
    }
    expect(errors).toEqual([]);
  });

  it('of the file that a relative path led to is followed wherever the process goes', async () => {
    fs.writeFileSync(file, textOf(1_000));
    const home = process.cwd();
    onTestFinished(() => process.chdir(home));
    process.chdir(directory);
    const { deadlines, given, errors } = watchIt({ pollMs: 20 }, 'holdfast.json');
    process.chdir(home);
    moveThere(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(given[0]?.[1]).toMatchObject({ reason: 'holdfast.json' });
    expect(errors).toEqual([]);
  });

  it('that is made while the watch begins is not missed', async () => {
    const { deadlines } = watchIt();
    moveThere(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });

  it('that is half written is waited for, and nobody hears of it', async () => {
    const { deadlines, errors } = watchIt({ settleMs: 100 });
    await untilWatching();
    const text = textOf(2_000);
    const half = text.slice(0, text.length / 2);
    await seen(half, () => fs.writeFileSync(file, half));
    fs.appendFileSync(file, text.slice(half.length));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toEqual([]);
  });

  it('by an editor that removes the file first is put in force, and nobody hears of it', async () => {
    const { deadlines, errors } = watchIt({ settleMs: 100 });
    await untilWatching();
    fs.renameSync(file, `${file}~`);
    fs.writeFileSync(file, textOf(2_000));
    fs.rmSync(`${file}~`);
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toEqual([]);
  });

  it('to the same content is none', async () => {
    const { given } = watchIt();
    await untilWatching();
    await seen(textOf(1_000), () => moveThere(textOf(1_000)));
    await seen(textOf(1_000), () => fs.utimesSync(file, 1, 1));
    moveThere(textOf(2_000));
    await until(() => expect(given).toHaveLength(2));
  });

  it('that follows upon many others is the one that stays', async () => {
    const { deadlines } = watchIt();
    await untilWatching();
    for (let step = 1; step <= 200; step++) moveThere(textOf(10_000 + step));
    await until(() => expect(deadlines.at(-1)).toBe(10_200));
    expect(deadlines.length).toBeLessThan(200);
  });

  it('is put in force even when the file never comes to rest', async () => {
    const { deadlines } = watchIt({ settleMs: 100 });
    await untilWatching();
    let step = 0;
    const writing = setInterval(() => {
      step += 1;
      moveThere(textOf(10_000 + step));
    }, 4);
    try {
      await until(() => expect(deadlines.length).toBeGreaterThan(2));
    } finally {
      clearInterval(writing);
    }
    await until(() => expect(deadlines.at(-1)).toBe(10_000 + step));
  });
});

describe('a bad file', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('that stays broken is told once for each fault, and what is in force stays', async () => {
    const { given, errors, refused } = watchIt({ settleMs: 5 });
    await untilWatching();
    fs.writeFileSync(file, '{ "defaults": ');
    await until(() => expect(errors).toHaveLength(1));
    fs.writeFileSync(file, '{ "defaults": { "deadlineMs": "2s" } }');
    await until(() => expect(errors).toHaveLength(2));
    moveThere('{ "defaults": { "deadlineMs": "2s" } }');
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
    // Those who listen to the Resilience are told the same.
    const told = { type: 'config.refused', layer: 'file', actor: 'watchConfig', reason: file };
    expect(refused).toMatchObject(errors.map((error) => ({ ...told, issues: issuesIn(error) })));
    expect(given).toHaveLength(1);
    moveThere(textOf(2_000));
    await until(() => expect(given).toHaveLength(2));
  });

  it('that is put back as it was changes nothing, and is told again when it breaks again', async () => {
    const { given, errors } = watchIt({ settleMs: 5 });
    await untilWatching();
    fs.writeFileSync(file, '{');
    await until(() => expect(errors).toHaveLength(1));
    await seen(textOf(1_000), () => moveThere(textOf(1_000)));
    fs.writeFileSync(file, '{');
    await until(() => expect(errors).toHaveLength(2));
    expect(given).toHaveLength(1);
  });

  it('that is deleted is told once, and watched until it comes back', async () => {
    const { deadlines, given, errors } = watchIt({ settleMs: 5, pollMs: 10 });
    await untilWatching();
    fs.rmSync(file);
    await until(() => expect(errors).toHaveLength(1));
    await untilLooked(5);
    expect(errors).toHaveLength(1);
    await seen(textOf(1_000), () => moveThere(textOf(1_000)));
    expect(given).toHaveLength(1);
    fs.rmSync(file);
    await until(() => expect(errors).toHaveLength(2));
    fs.writeFileSync(file, textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(messagesOf(errors)).toEqual(Array(2).fill('must be a file that can be read, and this does not exist'));
  });

  it('that is refused is told once, and tried again only when it is another', async () => {
    const { deadlines, given, errors } = watchIt({ pollMs: 10 });
    moveThere(REFUSED);
    await until(() => expect(errors).toHaveLength(1));
    await untilLooked(5);
    expect(messagesOf(errors)).toEqual(['must not be given to an operation that is in use by its own name']);
    expect(given).toHaveLength(2);
    await seen(textOf(1_000), () => moveThere(textOf(1_000)));
    expect(given).toHaveLength(2);
    // It was in force in between, so this is another change.
    moveThere(REFUSED);
    await until(() => expect(given).toHaveLength(3));
    moveThere(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toHaveLength(2);
  });

  it('is told as a warning of the process when nobody else wants to hear', async () => {
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
  it.each(hooks)('is survived when who is told %s', async (_, onError) => {
    const warn = vi.spyOn(process, 'emitWarning').mockReturnValue();
    onTestFinished(() => warn.mockRestore());
    const { deadlines } = watchIt({ onError, settleMs: 5 });
    fs.writeFileSync(file, '{');
    await until(() => expect(warn).toHaveBeenCalledWith(new RangeError('the hook fails')));
    moveThere(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });
});

describe('a file that is found by links', () => {
  /** Mounts a config map: a directory of the day, a link to it that is moved there, and links to the files in that. */
  function mount(day: string, text: string): void {
    fs.mkdirSync(at(day));
    fs.writeFileSync(at(day, 'holdfast.json'), text);
    fs.symlinkSync(day, at('..data_tmp'));
    fs.renameSync(at('..data_tmp'), at('..data'));
  }

  it('is followed through a config map of Kubernetes', async () => {
    mount('..2024_1', textOf(1_000));
    fs.symlinkSync('..data/holdfast.json', file);
    const { deadlines, errors } = watchIt();
    await untilWatching();
    for (const day of [2, 3, 4]) {
      mount(`..2024_${day}`, textOf(day * 1_000));
      fs.rmSync(at(`..2024_${day - 1}`), { recursive: true });
      await until(() => expect(deadlines.at(-1)).toBe(day * 1_000));
    }
    expect(deadlines).toEqual([1_000, 2_000, 3_000, 4_000]);
    // Mounted anew with the same content, it is the same config.
    await seen(textOf(4_000), () => mount('..2024_5', textOf(4_000)));
    mount('..2024_6', textOf(6_000));
    await until(() => expect(deadlines.at(-1)).toBe(6_000));
    expect(deadlines).toHaveLength(5);
    expect(errors).toEqual([]);
  });

  it('is followed when the old directory stays where it is', async () => {
    mount('..2024_1', textOf(1_000));
    fs.mkdirSync(at('app'));
    fs.symlinkSync('..data/holdfast.json', file);
    fs.symlinkSync(file, at('app', 'config.json'));
    const { deadlines } = watchIt({}, at('app', 'config.json'));
    await untilWatching();
    mount('..2024_2', textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    fs.writeFileSync(at('..2024_2', 'holdfast.json'), textOf(3_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000]));
    fs.symlinkSync('../..2024_1/holdfast.json', at('app', 'new'));
    fs.renameSync(at('app', 'new'), at('app', 'config.json'));
    await until(() => expect(deadlines).toEqual([1_000, 2_000, 3_000, 1_000]));
  });

  it('is followed when a directory on the way is another', async () => {
    for (const release of [1, 2]) {
      fs.mkdirSync(at(`release-${release}`, 'config'), { recursive: true });
      fs.writeFileSync(at(`release-${release}`, 'config', 'holdfast.json'), textOf(release * 1_000));
    }
    fs.symlinkSync('release-1', at('current'));
    const { deadlines } = watchIt({}, at('current', 'config', 'holdfast.json'));
    await untilWatching();
    fs.symlinkSync('release-2', at('new'));
    fs.renameSync(at('new'), at('current'));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
  });

  it('is found again when its directory was deleted and made anew', async () => {
    const path = at('etc', 'holdfast', 'holdfast.json');
    const make = (deadlineMs: number) => {
      fs.mkdirSync(at('etc', 'holdfast'), { recursive: true });
      fs.writeFileSync(path, textOf(deadlineMs));
    };
    make(1_000);
    const { deadlines, errors } = watchIt({ settleMs: 5 }, path);
    await untilWatching();
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

describe('where the system does not tell', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('a look from time to time finds what has changed', async () => {
    vi.mocked(fs.watch).mockImplementation(() => {
      throw Object.assign(new Error('no space left on device'), { code: 'ENOSPC' });
    });
    const { deadlines, errors } = watchIt({ pollMs: 10 });
    for (const deadlineMs of [2_000, 3_000]) {
      moveThere(textOf(deadlineMs));
      await until(() => expect(deadlines.at(-1)).toBe(deadlineMs));
    }
    expect(errors).toEqual([]);
  });

  it('any more, looking goes on', async () => {
    const { deadlines, errors } = watchIt({ pollMs: 10 });
    await untilWatching();
    const { calls, results } = vi.mocked(fs.watch).mock;
    for (const { value } of results) value?.emit('error', new Error('gone'));
    await until(() => expect(calls.length).toBeGreaterThan(1));
    moveThere(textOf(2_000));
    await until(() => expect(deadlines).toEqual([1_000, 2_000]));
    expect(errors).toEqual([]);
  });
});

describe('closing', () => {
  beforeEach(() => {
    fs.writeFileSync(file, textOf(1_000));
  });

  it('ends it, at any time and as often as one likes', async () => {
    const closed = [watchIt(), watchIt(), watchIt()];
    closed[0]?.watching.close();
    await until(() => expect(looks()).toBeGreaterThan(1));
    closed[1]?.watching.close();
    fs.writeFileSync(file, '{');
    closed[2]?.watching.close();
    for (const { watching } of closed) watching.close();
    await until(() => expect(open.size).toBe(0));
    fs.writeFileSync(file, textOf(2_000));
    // Another one sees what they would have seen.
    const { deadlines } = watchIt();
    moveThere(textOf(3_000));
    await until(() => expect(deadlines).toEqual([2_000, 3_000]));
    expect(closed.map(({ given, errors }) => [given.length, errors.length])).toEqual(Array(3).fill([1, 0]));
  });

  it('is possible from where an error is told', async () => {
    const { configure, given } = target();
    const onError = vi.fn(() => watching.close());
    const watching = watchConfig({ configure }, file, { onError, settleMs: 5, pollMs: 10 });
    fs.writeFileSync(file, '{');
    await until(() => expect(onError).toHaveBeenCalled());
    moveThere(textOf(2_000));
    const other = watchIt();
    moveThere(textOf(3_000));
    await until(() => expect(other.deadlines).toEqual([2_000, 3_000]));
    expect(given).toHaveLength(1);
    expect(onError).toHaveBeenCalledOnce();
  });

  it('comes by itself when the Resilience is closed', async () => {
    const { resilience, given, errors } = watchIt();
    await untilWatching();
    await resilience.close();
    moveThere(textOf(1_500));
    await until(() => expect(errors).toHaveLength(1));
    expect(errors[0]).toBeInstanceOf(ResilienceClosedError);
    await until(() => expect(open.size).toBe(0));
    moveThere(textOf(2_000));
    const other = watchIt();
    moveThere(textOf(3_000));
    await until(() => expect(other.deadlines).toEqual([2_000, 3_000]));
    expect(given).toHaveLength(2);
  });
});
