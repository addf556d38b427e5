import { EventEmitter } from 'node:events';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { Directories } from '../../src/config/watch/directories.js';
import { Trouble } from '../../src/config/watch/trouble.js';
import { waysTo } from '../../src/config/watch/ways.js';

vi.mock('node:fs', async (original) => {
  const real = await original<typeof fs>();
  return { ...real, watch: vi.fn(real.watch) };
});

let directory: string;
const at = (...names: readonly string[]) => join(directory, ...names);

beforeEach(() => {
  directory = fs.mkdtempSync(join(tmpdir(), 'holdfast-ways-'));
});
afterEach(() => {
  vi.mocked(fs.watch).mockReset();
  fs.rmSync(directory, { recursive: true });
});

class HandWatcher extends EventEmitter implements fs.FSWatcher {
  readonly close = vi.fn();
  ref(): this {
    return this;
  }
  unref(): this {
    return this;
  }
}

describe('the ways to a file', () => {
  /** Those in the directory of the test, from there. */
  async function waysFromHere(...names: readonly string[]): Promise<Record<string, string[]>> {
    const ways = [...(await waysTo(at(...names)))].filter(([path]) => path.startsWith(directory));
    return Object.fromEntries(ways.map(([path, found]) => [path.slice(directory.length), [...found]]));
  }

  it('are its directory', async () => {
    fs.mkdirSync(at('a', 'b'), { recursive: true });
    fs.writeFileSync(at('a', 'b', 'file'), '');
    expect(await waysFromHere('a', 'b', 'file')).toEqual({ '/a/b': ['file'] });
    expect(await waysFromHere('a', '.', 'x', '..', 'b', 'file')).toEqual({ '/a/b': ['file'] });
  });

  it('end where something is missing', async () => {
    fs.mkdirSync(at('a'));
    expect(await waysFromHere('a', 'b', 'file')).toEqual({ '/a': ['b'] });
    expect(await waysFromHere('a', 'file')).toEqual({ '/a': ['file'] });
    fs.writeFileSync(at('a', 'b'), '');
    expect(await waysFromHere('a', 'b', 'file')).toEqual({ '/a/b': ['file'] });
  });

  it('lead through links, those of files and those of directories, near and far', async () => {
    fs.mkdirSync(at('a', 'day'), { recursive: true });
    fs.mkdirSync(at('b'));
    fs.writeFileSync(at('a', 'day', 'file'), '');
    fs.symlinkSync('day', at('a', 'data'));
    fs.symlinkSync('./data/file', at('a', 'file'));
    fs.symlinkSync(at('a', 'file'), at('b', 'far'));
    fs.symlinkSync('../b/far', at('a', 'near'));
    fs.symlinkSync('a', at('c'));
    expect(await waysFromHere('a', 'file')).toEqual({ '/a': ['file', 'data'], '/a/day': ['file'] });
    expect(await waysFromHere('c', 'near')).toEqual({
      '': ['c'],
      '/a': ['near', 'file', 'data'],
      '/b': ['far'],
      '/a/day': ['file'],
    });
  });

  it('end in links that lead nowhere, or in circles', async () => {
    fs.symlinkSync('gone/file', at('link'));
    fs.symlinkSync('circle', at('circle'));
    expect(await waysFromHere('link')).toEqual({ '': ['link', 'gone'] });
    expect(await waysFromHere('circle')).toEqual({ '': ['circle'] });
  });

  it('begin at the working directory', async () => {
    expect([...(await waysTo('package.json'))].at(-1)).toEqual([process.cwd(), new Set(['package.json'])]);
  });
});

describe('watched directories', () => {
  /** Watches that are told by hand. */
  function byHand() {
    const onChange = vi.fn();
    const watchers: HandWatcher[] = [];
    vi.mocked(fs.watch).mockImplementation(() => {
      const watcher = new HandWatcher();
      watchers.push(watcher);
      return watcher;
    });
    const tell = (name: string | null) => {
      const onEvent: unknown = vi.mocked(fs.watch).mock.calls[0]?.at(-1);
      if (typeof onEvent !== 'function') throw new Error('nothing is watched');
      Reflect.apply(onEvent, undefined, ['rename', name]);
    };
    const closed = () => watchers.map(({ close }) => close.mock.calls.length);
    return { onChange, directories: new Directories(onChange), tell, closed };
  }

  it('tell of what concerns the file, and of nothing else', () => {
    const { onChange, directories, tell } = byHand();
    directories.follow(new Map([['/etc/app', new Set(['file', '..data'])]]), false);
    for (const other of ['service.log', 'app.log', 'file.new', '']) tell(other);
    expect(onChange).not.toHaveBeenCalled();
    // The last one is the directory itself.
    for (const name of ['file', '..data', null, 'app']) tell(name);
    expect(onChange).toHaveBeenCalledTimes(4);
  });

  it('are kept when they are the same, and given up when they are not', () => {
    const { directories, closed } = byHand();
    const names = new Set(['file']);
    directories.follow(
      new Map([
        ['/a', names],
        ['/b', names],
      ]),
      false,
    );
    directories.follow(
      new Map([
        ['/b', names],
        ['/c', names],
      ]),
      false,
    );
    expect(closed()).toEqual([1, 0, 0]);
    directories.follow(new Map([['/b', names]]), true);
    expect(closed()).toEqual([1, 1, 1, 0]);
    directories.close();
    expect(closed()).toEqual([1, 1, 1, 1]);
    expect(vi.mocked(fs.watch).mock.calls.map(([path]) => path)).toEqual(['/a', '/b', '/c', '/b']);
  });

  it('do not keep the process alive', () => {
    const { directories } = byHand();
    directories.follow(new Map([['/a', new Set('b')]]), false);
    expect(vi.mocked(fs.watch).mock.calls[0]?.[1]).toEqual({ persistent: false });
  });

  it('may be none', () => {
    const onChange = vi.fn();
    const directories = new Directories(onChange);
    directories.follow(new Map([[at('gone'), new Set(['file'])]]), false);
    expect(fs.watch).toHaveBeenCalledOnce();
    directories.follow(new Map([[at('gone'), new Set(['file'])]]), false);
    expect(fs.watch).toHaveBeenCalledTimes(2);
    directories.close();
  });
});

describe('trouble with a file', () => {
  beforeEach(() => {
    vi.useFakeTimers();
  });
  afterEach(() => {
    vi.useRealTimers();
  });

  it('is told once, after a while', () => {
    const trouble = new Trouble(1_000);
    expect([trouble.mayPass, trouble.goesOn('broken'), trouble.mayPass]).toEqual([false, false, true]);
    vi.advanceTimersByTime(999);
    expect([trouble.goesOn('broken'), trouble.mayPass]).toEqual([false, true]);
    vi.advanceTimersByTime(1);
    expect([trouble.goesOn('broken in another manner'), trouble.mayPass]).toEqual([true, false]);
    vi.advanceTimersByTime(5_000);
    expect(trouble.goesOn('broken in another manner')).toBe(false);
  });

  it('is another when it has another name, and after it was over', () => {
    const trouble = new Trouble(0);
    expect(trouble.goesOn('broken')).toBe(true);
    expect(trouble.goesOn('gone')).toBe(true);
    expect(trouble.goesOn('gone')).toBe(false);
    trouble.over();
    expect(trouble.mayPass).toBe(false);
    expect(trouble.goesOn('gone')).toBe(true);
  });

  it('that is another must go on for as long', () => {
    const trouble = new Trouble(1_000);
    trouble.goesOn('broken');
    vi.advanceTimersByTime(1_000);
    expect(trouble.goesOn('broken')).toBe(true);
    expect([trouble.goesOn('gone'), trouble.mayPass]).toEqual([false, true]);
    vi.advanceTimersByTime(1_000);
    expect(trouble.goesOn('gone')).toBe(true);
  });
});
