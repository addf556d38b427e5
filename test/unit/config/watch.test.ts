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

it('watchConfig looks every second and puts each change in force that has lasted for 50 ms', async () => {
  const { deadline } = watchIt();
  for (const deadlineMs of [2_000, 3_000]) {
    write(deadlineMs);
    await advance(1_049);
    expect(deadline()).toBe(deadlineMs - 1_000);
    await advance(1);
    expect(deadline()).toBe(deadlineMs);
  }
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

it.each([
  ['the text in force', () => write(1_000)],
  ['no file', () => fs.rmSync(file)],
])('watchConfig starts to wait again if a look in between finds %s', async (_, interrupt) => {
  const { deadline } = watchIt({ settleMs: 100, pollMs: 100 });
  write(2_000);
  await advance(100);
  interrupt();
  await advance(100);
  write(2_000);
  await advance(100);
  expect(deadline()).toBe(1_000);
  await advance(100);
  expect(deadline()).toBe(2_000);
});

it('watchConfig waits for a change to last even after an error', async () => {
  const { deadline, errors } = watchIt({ settleMs: 10, pollMs: 10 });
  write(2_000);
  await advance(10);
  fs.rmSync(file);
  await advance(300);
  expect(errors).toHaveLength(1);
  write(3_000);
  await advance(10);
  expect(deadline()).toBe(1_000);
  await advance(10);
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

it('watchConfig reports another error after it has lasted for twenty times settleMs', async () => {
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

it('watchConfig reports errors that alternate only once', async () => {
  const { errors } = watchIt({ settleMs: 10, pollMs: 10 });
  for (let step = 0; step < 100; step++) {
    fs.writeFileSync(file, step % 2 === 0 ? '{' : '[');
    await advance(10);
  }
  expect(errors).toHaveLength(1);
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

it('closing a watched config leaves no timer behind', () => {
  const before = vi.getTimerCount();
  watchIt();
  expect(vi.getTimerCount()).toBe(before + 1);
  watching?.close();
  expect(vi.getTimerCount()).toBe(before);
});

it('closing a watched config from within onError leaves no timer behind', async () => {
  const before = vi.getTimerCount();
  const onError = vi.fn(() => watching?.close());
  watchIt({ onError });
  fs.rmSync(file);
  await advance(2_000);
  expect(onError).toHaveBeenCalledOnce();
  expect(vi.getTimerCount()).toBe(before);
});

it('closing a watched config while it is being read leaves the config in force as it is', async () => {
  const { deadline } = watchIt();
  write(2_000);
  await advance(1_000);
  const { stat } = vi.mocked(await import('node:fs/promises'));
  stat.mockImplementationOnce(async (path) => {
    watching?.close();
    return fs.statSync(path);
  });
  await advance(10_000);
  expect(deadline()).toBe(1_000);
});
