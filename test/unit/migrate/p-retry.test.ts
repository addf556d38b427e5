import pRetry, { type Options } from 'p-retry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { migrate } from '../../../src/migrate/migrate.js';
import { backoffMs } from '../../../src/retry/backoff.js';
import { jitteredMs } from '../../../src/retry/jitter.js';
import type { RetrySettings } from '../../../src/retry/settings.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('what does the same', () => {
  it('is kept, and what p-retry never did stays off', () => {
    expect(migrate({ pRetry: {} }).config).toEqual({
      preset: 'production',
      defaults: {
        deadlineMs: false,
        attemptTimeoutMs: false,
        retry: {
          maxAttempts: 11,
          strategy: 'exponential',
          minDelayMs: 1_000,
          maxDelayMs: 512_000,
          multiplier: 1,
          jitter: 'none',
          maxElapsedMs: false,
          kinds: { unknown: true },
          budget: false,
        },
        quota: false,
        breaker: false,
      },
    });
  });

  it.each<Options>([
    {},
    { retries: 0 },
    { retries: 1, minTimeout: 5 },
    { retries: 2.5 },
    { retries: 6, minTimeout: 100, maxTimeout: 1_000 },
    { retries: 6, minTimeout: 100, factor: 1 },
    { retries: 6, minTimeout: 100, factor: 0, maxTimeout: 5_000 },
    { retries: 6, minTimeout: 0 },
    { retries: 6, minTimeout: 500, maxTimeout: 200 },
    { retries: 5, minTimeout: 100, randomize: true },
  ])('waits as p-retry does: %o', async (options) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    expect(waitsOf(retryOf(options))).toEqual(await waited(options));
  });

  it('spreads waits by chance as p-retry does, but for those at the cap', () => {
    expect(retryOf({ minTimeout: 100, maxTimeout: 700, randomize: true })).toMatchObject({
      minDelayMs: 200,
      maxDelayMs: 700,
      jitter: 'equal',
    });
  });
});

describe('what changes', () => {
  it.each([
    ['a factor of 3', { factor: 3 }, { strategy: 'exponential', maxDelayMs: 19_683_000 }, 'factor'],
    ['a factor of 1.6', { factor: 1.6, retries: 4 }, { strategy: 'linear', maxDelayMs: 4_096 }, 'factor'],
    ['a factor of 1.1', { factor: 1.1, maxTimeout: 60_000 }, { strategy: 'fixed', maxDelayMs: 60_000 }, 'factor'],
    ['no end of retries', { retries: Infinity }, { maxAttempts: 1_000, maxDelayMs: 2 ** 31 - 1 }, 'retries'],
    ['a limit of time', { maxRetryTime: 5_000 }, { maxElapsedMs: 5_000, minDelayMs: 1_000 }, 'maxRetryTime'],
    ['one below the first wait', { maxRetryTime: 300 }, { maxElapsedMs: 300, minDelayMs: 300 }, 'maxRetryTime'],
    ['none at all', { maxRetryTime: 0 }, { maxAttempts: 1, maxElapsedMs: false }, 'maxRetryTime'],
    ['a wait that no timer holds', { minTimeout: 1e12 }, { minDelayMs: 2 ** 31 - 1 }, 'minTimeout'],
  ])('%s', (_, options, retry, option) => {
    expect(retryOf(options)).toMatchObject(retry);
    const { notes } = migrate({ pRetry: options });
    const changed = notes.filter(({ outcome }) => outcome === 'changed').map((note) => note.option);
    expect(changed).toEqual([option, '(every error)']);
  });
});

describe('what is lost', () => {
  it.each([
    ['onFailedAttempt', () => undefined, 'attempt.failed'],
    ['shouldRetry', () => true, 'classify'],
    ['shouldConsumeRetry', () => true, 'retry.kinds'],
    ['signal', AbortSignal.abort(), '{ signal }'],
    ['unref', true, 'alive'],
  ])('%s, and what to do instead', (option, value, instead) => {
    const { notes } = migrate({ pRetry: { [option]: value } });
    expect(notes.filter(({ outcome }) => outcome === 'lost')).toEqual([
      { option, received: expect.any(String), outcome: 'lost', why: expect.stringContaining(instead) },
    ]);
  });
});

describe('every option', () => {
  it('is accounted for, given or not', () => {
    const options: Required<Options> = {
      retries: 3,
      factor: 2,
      minTimeout: 1,
      maxTimeout: 2,
      randomize: false,
      maxRetryTime: 5,
      onFailedAttempt: () => undefined,
      shouldRetry: () => true,
      shouldConsumeRetry: () => true,
      signal: AbortSignal.abort(),
      unref: false,
    };
    const noted = migrate({ pRetry: options }).notes.map(({ option }) => option);
    expect(noted.filter((option) => !option.startsWith('('))).toEqual(expect.arrayContaining(Object.keys(options)));
    expect(noted).toHaveLength(Object.keys(options).length + 1);
    const received = migrate({ pRetry: {} }).notes.map((note) => [note.option, note.received]);
    expect(received).toContainEqual(['retries', 'nothing, which means 10']);
    expect(received).toContainEqual(['maxTimeout', 'nothing, which means Infinity']);
  });

  it('that has no limit of time is warned of', () => {
    expect(migrate({ pRetry: { retries: 2 } }).warnings).toEqual([expect.stringContaining('Nothing limits the time')]);
  });
});

function retryOf(options: Options): RetrySettings {
  const { retry } = migrate({ pRetry: options }).config.defaults ?? {};
  if (retry === undefined || retry === false) throw new Error('there are retries');
  return retry;
}

/** The waits of settings with all of their chance at a quarter. */
function waitsOf(settings: RetrySettings): number[] {
  const {
    maxAttempts = 0,
    strategy = 'fixed',
    minDelayMs = 0,
    maxDelayMs = 0,
    multiplier = 0,
    jitter = 'none',
  } = settings;
  const rules = { strategy, minDelayMs, maxDelayMs, multiplier, jitter, jitterMaxMs: 0 };
  return Array.from({ length: maxAttempts - 1 }, (_, index) =>
    jitteredMs(rules, backoffMs(rules, index + 1), undefined, () => 0.25),
  );
}

/** The waits of p-retry. */
async function waited(options: Options): Promise<number[]> {
  const at: number[] = [];
  const ended = pRetry(() => {
    at.push(Date.now());
    throw new Error('again');
  }, options).catch(() => 'ended');
  await vi.runAllTimersAsync();
  expect(await ended).toBe('ended');
  return at.slice(1).map((time, index) => time - (at[index] ?? 0));
}
