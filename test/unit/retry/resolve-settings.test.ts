import { describe, expect, it } from 'vitest';
import type { FailureKind } from '../../../src/pipeline/index.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import { type KindSettings, RETRIED, type RetrySettings } from '../../../src/retry/settings.js';

const LONGEST_MS = 2 ** 31 - 1;

const KINDS: readonly FailureKind[] = [
  'cancelled',
  'timeout',
  'quota_exhausted',
  'context_length',
  'content_policy',
  'overloaded',
  'rate_limited',
  'auth',
  'not_found',
  'invalid_request',
  'network',
  'server_error',
  'unknown',
];

const BALANCED = {
  maxAttempts: 3,
  strategy: 'exponential',
  minDelayMs: 2000,
  maxDelayMs: 10_000,
  multiplier: 1,
  jitter: 'equal',
  jitterMaxMs: 2000,
  always: false,
};

const waitsOf = (settings: RetrySettings, kind: 'timeout' | 'overloaded' = 'timeout') => {
  const rules = resolveRetrySettings(settings).kinds[kind];
  return rules === false ? 'none' : [rules.minDelayMs, rules.maxDelayMs];
};

describe('retry defaults', () => {
  const { kinds, ...rest } = resolveRetrySettings({});

  it('are three attempts within 30 s, and a budget', () => {
    const { always: _, ...waits } = BALANCED;
    expect(rest).toEqual({ ...waits, maxElapsedMs: 30_000, budget: { ratio: 0.2, floorPerSecond: 5, burst: 10 } });
  });

  it.each(Object.keys(RETRIED).filter((kind) => kind !== 'overloaded'))('are the same for %s', (kind) => {
    expect(Object.entries(kinds)).toContainEqual([kind, BALANCED]);
  });

  it('are longer waits when the provider is overloaded', () => {
    expect(kinds.overloaded).toEqual({ ...BALANCED, minDelayMs: 4000 });
  });

  it('never retry a cancelled call', () => {
    expect(kinds.cancelled).toBe(false);
  });

  it('cover every kind', () => {
    expect(Object.keys(kinds).toSorted()).toEqual(KINDS.toSorted());
    expect(['cancelled', ...Object.keys(RETRIED)].toSorted()).toEqual(KINDS.toSorted());
  });
});

describe('retry settings', () => {
  const given = {
    maxAttempts: 5,
    strategy: 'linear' as const,
    minDelayMs: 10,
    maxDelayMs: 100,
    multiplier: 2,
    jitter: 'full' as const,
    jitterMaxMs: 7,
  };

  it('apply to every kind', () => {
    const { kinds } = resolveRetrySettings(given);
    expect(kinds.timeout).toEqual({ ...given, always: false });
    expect(kinds.overloaded).toEqual({ ...given, minDelayMs: 20, always: false });
  });

  it('apply to one kind when they are given for that kind', () => {
    const { kinds } = resolveRetrySettings({ maxAttempts: 4, kinds: { network: given } });
    expect(kinds.network).toEqual({ ...given, always: false });
    expect(kinds.timeout).toEqual({ ...BALANCED, maxAttempts: 4 });
  });

  it('are merged over those for all kinds when they are given for one kind', () => {
    const { kinds } = resolveRetrySettings({ ...given, kinds: { network: { maxAttempts: 9, jitter: undefined } } });
    expect(kinds.network).toEqual({ ...given, maxAttempts: 9, always: false });
  });

  it('are not lengthened for an overloaded provider when they are given for that kind', () => {
    expect(waitsOf({ minDelayMs: 500, kinds: { overloaded: { minDelayMs: 300 } } }, 'overloaded')).toEqual([
      300, 10_000,
    ]);
  });

  it('count as absent when they are undefined', () => {
    const absent: Required<RetrySettings> = {
      maxAttempts: undefined,
      strategy: undefined,
      minDelayMs: undefined,
      maxDelayMs: undefined,
      multiplier: undefined,
      jitter: undefined,
      jitterMaxMs: undefined,
      maxElapsedMs: undefined,
      kinds: { timeout: undefined },
      budget: undefined,
    };
    expect(resolveRetrySettings(absent)).toEqual(resolveRetrySettings({}));
    expect(resolveRetrySettings({ budget: { ratio: undefined } })).toEqual(resolveRetrySettings({}));
  });
});

describe('retry settings of a kind', () => {
  it('forbid every retry when they are false', () => {
    expect(resolveRetrySettings({ kinds: { timeout: false, unknown: false } }).kinds).toMatchObject({
      timeout: false,
      unknown: false,
      network: BALANCED,
    });
  });

  it.each([true, {}, { maxAttempts: 3 }] satisfies (true | KindSettings)[])(
    'enable retries of a kind that is not retried by default when they are %j',
    (own) => {
      const { kinds } = resolveRetrySettings({ kinds: { unknown: own, auth: own } });
      expect(kinds).toMatchObject({ unknown: { ...BALANCED, always: true }, auth: { always: true } });
      expect(kinds).toMatchObject({ not_found: { always: false } });
    },
  );

  it.each(['timeout', 'overloaded', 'rate_limited', 'network', 'server_error'] as const)(
    'leave a kind that is retried by default (%s) to the hints of the provider',
    (kind) => {
      expect(resolveRetrySettings({ kinds: { [kind]: true } }).kinds[kind]).toEqual(
        resolveRetrySettings({}).kinds[kind],
      );
    },
  );
});

describe('retry defaults that adjust to given settings', () => {
  it.each([
    { settings: { maxDelayMs: 1000 }, waits: [1000, 1000], overloaded: [1000, 1000] },
    { settings: { maxDelayMs: 3000 }, waits: [2000, 3000], overloaded: [3000, 3000] },
    { settings: { minDelayMs: 20_000 }, waits: [20_000, 20_000], overloaded: [20_000, 20_000] },
    { settings: { minDelayMs: 0 }, waits: [0, 10_000], overloaded: [0, 10_000] },
    { settings: { minDelayMs: 3000, maxDelayMs: 4000 }, waits: [3000, 4000], overloaded: [4000, 4000] },
    { settings: { kinds: { timeout: { maxDelayMs: 500 } } }, waits: [500, 500], overloaded: [4000, 10_000] },
    { settings: { kinds: { timeout: { minDelayMs: 60_000 } } }, waits: [60_000, 60_000], overloaded: [4000, 10_000] },
    { settings: { maxDelayMs: 9, kinds: { overloaded: { minDelayMs: 30 } } }, waits: [9, 9], overloaded: [30, 30] },
  ])('follow $settings', ({ settings, waits, overloaded }) => {
    expect(waitsOf(settings)).toEqual(waits);
    expect(waitsOf(settings, 'overloaded')).toEqual(overloaded);
  });

  it.each([
    { settings: { maxDelayMs: 100 }, maxElapsedMs: 30_000 },
    { settings: { maxDelayMs: 20_000 }, maxElapsedMs: 60_000 },
    { settings: { minDelayMs: 40_000 }, maxElapsedMs: 120_000 },
    { settings: { kinds: { overloaded: { minDelayMs: 45_000 } } }, maxElapsedMs: 135_000 },
    { settings: { maxDelayMs: LONGEST_MS }, maxElapsedMs: LONGEST_MS },
    { settings: { maxDelayMs: 20_000, maxElapsedMs: 7 }, maxElapsedMs: 7 },
    { settings: { maxElapsedMs: false as const }, maxElapsedMs: false },
  ])('follow $settings with $maxElapsedMs ms in all', ({ settings, maxElapsedMs }) => {
    expect(resolveRetrySettings(settings).maxElapsedMs).toBe(maxElapsedMs);
  });

  it.each([
    { budget: { floorPerSecond: 50 }, burst: 100 },
    { budget: { floorPerSecond: 0 }, burst: 10 },
    { budget: { floorPerSecond: 50, burst: 3 }, burst: 3 },
  ])('follow the budget $budget with a burst of $burst', ({ budget, burst }) => {
    expect(resolveRetrySettings({ budget }).budget).toEqual({
      ratio: 0.2,
      floorPerSecond: budget.floorPerSecond,
      burst,
    });
  });

  it('do not enable a disabled budget', () => {
    expect(resolveRetrySettings({ budget: false }).budget).toBe(false);
  });
});
