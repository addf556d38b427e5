import pRetry, { type Options } from 'p-retry';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { validateConfig } from '../../../src/config/validation/index.js';
import { migrate } from '../../../src/migrate/index.js';
import { computeBackoffMs } from '../../../src/retry/backoff.js';
import { computeJitteredMs } from '../../../src/retry/jitter.js';
import type { RetrySettings } from '../../../src/retry/settings.js';

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
  vi.restoreAllMocks();
});

describe('migrate({ pRetry }) with options that mean the same', () => {
  it('keeps the defaults of p-retry, and switches off everything that p-retry never did', () => {
    expect(migrate({ pRetry: {} }).config).toEqual({
      preset: 'none',
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
  ])('keeps the waits of p-retry for %o', async (options) => {
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    expect(waitsOf(retryOf(options))).toEqual(await waited(options));
  });

  it('spreads waits as p-retry does, except for those at the maximum', () => {
    expect(retryOf({ minTimeout: 100, maxTimeout: 700, randomize: true })).toMatchObject({
      minDelayMs: 200,
      maxDelayMs: 700,
      jitter: 'equal',
    });
  });
});

describe('migrate({ pRetry }) with options that change', () => {
  it.each([
    ['a factor of 3', { factor: 3 }, { strategy: 'exponential', maxDelayMs: 19_683_000 }, 'factor'],
    ['a factor of 1.6', { factor: 1.6, retries: 4 }, { strategy: 'linear', maxDelayMs: 4_096 }, 'factor'],
    ['a factor of 1.1', { factor: 1.1, maxTimeout: 60_000 }, { strategy: 'fixed', maxDelayMs: 60_000 }, 'factor'],
    [
      'an unlimited number of retries',
      { retries: Infinity },
      { maxAttempts: 1_000, maxDelayMs: 2 ** 31 - 1 },
      'retries',
    ],
    ['a maxRetryTime', { maxRetryTime: 5_000 }, { maxElapsedMs: 5_000, minDelayMs: 1_000 }, 'maxRetryTime'],
    [
      'a maxRetryTime below the first wait',
      { maxRetryTime: 300 },
      { maxElapsedMs: 300, minDelayMs: 300 },
      'maxRetryTime',
    ],
    ['a maxRetryTime of 0', { maxRetryTime: 0 }, { maxAttempts: 1, maxElapsedMs: false }, 'maxRetryTime'],
    ['a wait longer than a timer can run', { minTimeout: 1e12 }, { minDelayMs: 2 ** 31 - 1 }, 'minTimeout'],
  ])('notes %s as changed', (_, options, retry, option) => {
    expect(retryOf(options)).toMatchObject(retry);
    const { notes } = migrate({ pRetry: options });
    const changed = notes.filter(({ outcome }) => outcome === 'changed').map((note) => note.option);
    expect(changed).toEqual([option, '(every error)']);
  });
});

describe('migrate({ pRetry }) with options that have no counterpart', () => {
  it.each([
    ['onFailedAttempt', () => undefined, 'attempt.failed'],
    ['shouldRetry', () => true, 'classify'],
    ['shouldConsumeRetry', () => true, 'retry.kinds'],
    ['signal', AbortSignal.abort(), '{ signal }'],
    ['unref', true, 'alive'],
  ])('reports %s as lost, and says in the note what to do instead', (option, value, instead) => {
    const { notes } = migrate({ pRetry: { [option]: value } });
    expect(notes.filter(({ outcome }) => outcome === 'lost')).toEqual([
      { option, received: expect.any(String), outcome: 'lost', why: expect.stringContaining(instead) },
    ]);
  });
});

describe('migrate({ pRetry }) with any options', () => {
  it('writes one note for each option, whether it was given or not', () => {
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
    expect(received).toContainEqual(['retries', 'the default, 10']);
    expect(received).toContainEqual(['maxTimeout', 'the default, Infinity']);
  });

  it('warns in the words of validateConfig, for example of a call without a time limit', () => {
    const { config, warnings } = migrate({ pRetry: { retries: 2 } });
    const found = validateConfig(config).warnings;
    expect(found.map(({ rule }) => rule)).toContain('no-time-limit');
    const said = found.map(({ path, message }) => expect.stringContaining(`${path} ${message}`));
    expect(warnings).toEqual([expect.stringContaining('retry.budget is true in the scripts'), ...said]);
  });
});

function retryOf(options: Options): RetrySettings {
  const { retry } = migrate({ pRetry: options }).config.defaults ?? {};
  if (retry === undefined || retry === false) throw new Error('the config has no retries');
  return retry;
}

/** The waits of settings if every random number is 0.25. */
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
    computeJitteredMs(rules, computeBackoffMs(rules, index + 1), undefined, () => 0.25),
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
