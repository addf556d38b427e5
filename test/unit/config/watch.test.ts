import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createResilience } from 'holdfast';
import { type WatchedConfig, type WatchOptions, watchConfig } from 'holdfast/config';
import { afterEach, beforeEach, expect, it, onTestFinished, vi } from 'vitest';

// With synchronous reads, fake timers alone drive a watch.
vi.mock('node:fs/promises', async (original) => {
  const { statSync, readFileSync } = await import('node:fs');
  return {
    ...(await original<typeof import('node:fs/promises')>()),
    stat: vi.fn(async (path: string) => statSync(path)),
    readFile: async (path: string) => readFileSync(path),
  };
});

let directory: string;
let file: string;
let watching: WatchedConfig | undefined;

beforeEach(() => {
  vi.useFakeTimers();
  directory = fs.mkdtempSync(join(tmpdir(), 'holdfast-watch-'));
  file = join(directory, 'holdfast.json');
  write(1_000);
});
afterEach(() => {
  watching?.close();
  vi.useRealTimers();
  fs.rmSync(directory, { recursive: true });
});

const write = (deadlineMs: number) => fs.writeFileSync(file, JSON.stringify({ defaults: { deadlineMs } }));
const advance = (ms: number) => vi.advanceTimersByTimeAsync(ms);

/** Watches the file, with the defaults. */
function watchIt(options: WatchOptions = {}) {
  const resilience = createResilience();
  const errors: unknown[] = [];
  watching = watchConfig(resilience, file, { onError: (error) => errors.push(error), ...options });
  return { errors, deadline: () => resilience.config().settings['deadlineMs']?.value };
}

it('watchConfig looks every second and puts a change in force that has lasted for 50 ms', async () => {
  const { deadline } = watchIt();
  write(2_000);
  await advance(1_049);
  expect(deadline()).toBe(1_000);
  await advance(1);
  expect(deadline()).toBe(2_000);
});

it('watchConfig waits until two looks in a row find the same text', async () => {
  const { deadline } = watchIt({ settleMs: 100 });
  write(2_000);
  await advance(1_000);
  write(3_000);
  await advance(100);
  expect(deadline()).toBe(1_000);
  await advance(100);
  expect(deadline()).toBe(3_000);
});

it('watchConfig puts a file in force that keeps changing after twenty times settleMs', async () => {
  const { deadline } = watchIt({ settleMs: 100, pollMs: 10 });
  for (let step = 0; step < 30; step++) {
    write(2_000 + step);
    await advance(100);
    expect(deadline() === 1_000).toBe(step < 20);
  }
});

it('watchConfig looks as often as pollMs says', async () => {
  const { stat } = vi.mocked(await import('node:fs/promises'));
  watchIt({ pollMs: 20_000 });
  stat.mockClear();
  await advance(60_000);
  expect(stat).toHaveBeenCalledTimes(3);
});

it('watchConfig reports a broken file after twenty times settleMs, and then once', async () => {
  const { errors } = watchIt();
  fs.writeFileSync(file, '{');
  await advance(1_999);
  expect(errors).toHaveLength(0);
  await advance(1);
  expect(errors).toHaveLength(1);
  await advance(600_000);
  expect(errors).toHaveLength(1);
});

it('watchConfig reports another error after it has lasted as long', async () => {
  const { errors } = watchIt({ settleMs: 10, pollMs: 10 });
  fs.writeFileSync(file, '{');
  await advance(210);
  expect(errors).toHaveLength(1);
  fs.rmSync(file);
  await advance(200);
  expect(errors).toHaveLength(1);
  await advance(10);
  expect(errors).toHaveLength(2);
});

it('watchConfig does not report a file that is missing for a moment', async () => {
  const { errors, deadline } = watchIt();
  for (const deadlineMs of [2_000, 3_000]) {
    fs.rmSync(file);
    await advance(1_500);
    write(deadlineMs);
    await advance(1_500);
    expect(deadline()).toBe(deadlineMs);
  }
  expect(errors).toHaveLength(0);
});

it('watchConfig reports an unexpected error and goes on', async () => {
  const { errors, deadline } = watchIt();
  const parse = vi.spyOn(JSON, 'parse');
  onTestFinished(() => parse.mockRestore());
  parse.mockImplementationOnce(() => {
    throw new RangeError('a bug');
  });
  write(2_000);
  await advance(1_000);
  expect(errors).toEqual([new RangeError('a bug')]);
  await advance(1_050);
  expect(deadline()).toBe(2_000);
});

it('closing a watched config leaves no timer behind, also in the middle of a look', async () => {
  watchIt();
  const before = vi.getTimerCount();
  watching?.close();
  expect(vi.getTimerCount()).toBe(before - 1);
  const { deadline } = watchIt();
  const { stat } = vi.mocked(await import('node:fs/promises'));
  stat.mockImplementationOnce(async (path) => {
    watching?.close();
    return fs.statSync(path);
  });
  write(2_000);
  await advance(5_000);
  expect(vi.getTimerCount()).toBe(before - 1);
  expect(deadline()).toBe(1_000);
});
