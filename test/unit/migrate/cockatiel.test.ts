import {
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  DelegateBackoff,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  fullJitterGenerator,
  halfJitterGenerator,
  type IBackoffFactory,
  IterableBackoff,
  noJitterGenerator,
  SamplingBreaker,
  TimeoutStrategy,
} from 'cockatiel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { type CockatielBreaker, type CockatielRetry, migrate } from '../../../src/migrate/migrate.js';
import { backoffMs } from '../../../src/retry/backoff.js';
import { jitteredMs } from '../../../src/retry/jitter.js';
import type { RetrySettings } from '../../../src/retry/settings.js';
import { randomFrom, SEED } from '../../support/seed.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const OFF = { deadlineMs: false, attemptTimeoutMs: false, retry: false, quota: false, breaker: false };
const FIXED = { strategy: 'fixed', jitter: 'none', multiplier: 1, maxElapsedMs: false };

describe('what was never there stays off', () => {
  it.each([
    [{ timeout: 500 }, { ...OFF, attemptTimeoutMs: 500 }],
    [{ timeout: { duration: 500, strategy: TimeoutStrategy.Aggressive } }, { ...OFF, attemptTimeoutMs: 500 }],
    [
      { breaker: { breaker: 5, halfOpenAfter: 1_000 } },
      { ...OFF, breaker: { trip: { consecutiveFailures: 5 }, openMs: 1_000, openMaxMs: 1_000 } },
    ],
    [
      { retry: { maxAttempts: 2 } },
      {
        ...OFF,
        retry: { ...FIXED, maxAttempts: 3, minDelayMs: 0, maxDelayMs: 0, kinds: { unknown: true }, budget: false },
      },
    ],
    [{ bulkhead: 5, fallback: 'none' }, OFF],
  ])('%o', (cockatiel, defaults) => {
    expect(migrate({ cockatiel }).config.defaults).toEqual(defaults);
  });
});

describe('retries', () => {
  it.each<[string, CockatielRetry['backoff'], object]>([
    ['a constant', new ConstantBackoff(50), { strategy: 'fixed', minDelayMs: 50, maxDelayMs: 50, jitter: 'none' }],
    ['a number', 50, { strategy: 'fixed', minDelayMs: 50, maxDelayMs: 50, jitter: 'none' }],
    ['a list', new IterableBackoff([100, 200, 300, 400]), { strategy: 'linear', minDelayMs: 100, maxDelayMs: 400 }],
    ['a list of numbers', [100, 200, 400, 800], { strategy: 'exponential', minDelayMs: 100, maxDelayMs: 800 }],
    ['a list of one', [70], { strategy: 'fixed', minDelayMs: 70, maxDelayMs: 70 }],
    [
      'an exponential',
      new ExponentialBackoff(),
      { strategy: 'exponential', minDelayMs: 128, maxDelayMs: 30_000, jitter: 'full' },
    ],
    ['its options', {}, { strategy: 'exponential', minDelayMs: 128, maxDelayMs: 30_000, jitter: 'full' }],
    [
      'its options, as JSON has them',
      { generator: 'halfJitterGenerator', maxDelay: 5_000 },
      { maxDelayMs: 5_000, jitter: 'equal' },
    ],
    [
      'no jitter',
      new ExponentialBackoff({ generator: noJitterGenerator, initialDelay: 10 }),
      { minDelayMs: 10, jitter: 'none' },
    ],
    [
      'no end of waiting',
      new ExponentialBackoff({ generator: noJitterGenerator, maxDelay: Infinity }),
      { maxDelayMs: 2 ** 31 - 1 },
    ],
    ['an exponent of its own', new ExponentialBackoff({ exponent: 1.001 }), { strategy: 'fixed', jitter: 'full' }],
    [
      'an exponent that has no effect',
      new ExponentialBackoff({ generator: fullJitterGenerator, exponent: 1.001 }),
      { strategy: 'exponential', jitter: 'full' },
    ],
    [
      'a generator of one’s own',
      new ExponentialBackoff<number>({ generator: () => [1, 1] }),
      { strategy: 'exponential', jitter: 'full' },
    ],
  ])('%s', (_, backoff, retry) => {
    expect(retryOf({ maxAttempts: 3, backoff })).toMatchObject({ maxAttempts: 4, ...retry });
  });

  it.each([
    ['a function', () => 5],
    ['a delegate', new DelegateBackoff(() => 5)],
    [
      'a class of one’s own',
      new (class {
        next(): unknown {
          return this;
        }
      })(),
    ],
  ])('lose %s: the waits are those of the preset', (_, backoff) => {
    const { config, notes } = migrate({ cockatiel: { retry: { maxAttempts: 2, backoff } } });
    expect(config.defaults?.retry).not.toHaveProperty('minDelayMs');
    expect(notes).toContainEqual(expect.objectContaining({ option: 'retry.backoff', outcome: 'lost' }));
  });

  it('without a number have no end, but for what is allowed', () => {
    const { config, notes, warnings } = migrate({ cockatiel: { retry: {} } });
    expect(config.defaults?.retry).toMatchObject({ maxAttempts: 1_000 });
    expect(notes).toContainEqual(expect.objectContaining({ option: 'retry.maxAttempts', outcome: 'changed' }));
    expect(warnings).toContainEqual(expect.stringContaining('1000 attempts are many'));
  });

  it.each([
    ['none', noJitterGenerator],
    ['full', fullJitterGenerator],
    ['half', halfJitterGenerator],
  ])('wait as those of cockatiel do: %s', (_, generator) => {
    const backoff = new ExponentialBackoff({ generator, initialDelay: 100, maxDelay: 3_000 });
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    const theirs = waitsOf(backoff, 8);
    const settings = retryOf({ backoff });
    const ours = theirs.map((__, index) => Math.floor(waitOf(settings, index + 1, () => 0.25)));
    expect(ours).toEqual(theirs);
  });

  it('spread waits most like the decorrelated ones of cockatiel by full jitter, and not by what has the same name', () => {
    const random = randomFrom(SEED);
    vi.spyOn(Math, 'random').mockImplementation(random);
    const generator = decorrelatedJitterGenerator;
    const theirs = spreadOf(() =>
      waitsOf(new ExponentialBackoff({ generator, initialDelay: 1_000, maxDelay: 60_000 }), 5),
    );
    const settings = { strategy: 'exponential', minDelayMs: 1_000, maxDelayMs: 60_000, multiplier: 1 } as const;
    const full = spreadOf(() => chain({ ...settings, jitter: 'full' }, random));
    const decorrelated = spreadOf(() => chain({ ...settings, jitter: 'decorrelated' }, random));
    // The first waits are half as long in the middle; from then on they are as long, and as long at most.
    for (const nth of [1, 2, 3, 4]) {
      expect(Math.abs(ratio(full.middle[nth], theirs.middle[nth]) - 1)).toBeLessThan(0.2);
      expect(Math.abs(ratio(full.most[nth], theirs.most[nth]) - 1)).toBeLessThan(0.2);
      expect(ratio(decorrelated.most[nth], theirs.most[nth])).toBeGreaterThan(1.4);
    }
  });
});

describe('the breaker', () => {
  it.each<[string, CockatielBreaker['breaker'], object]>([
    ['consecutive failures', new ConsecutiveBreaker(3), { consecutiveFailures: 3 }],
    ['a number of them', 3, { consecutiveFailures: 3 }],
    ['its argument by its name', { threshold: 3 }, { consecutiveFailures: 3 }],
    [
      'a sample',
      new SamplingBreaker({ threshold: 0.2, duration: 10_000 }),
      { failureRate: 0.2, minimumCalls: 250, windowMs: 10_000 },
    ],
    [
      'its options',
      { threshold: 0.5, duration: 30_000, minimumRps: 2 },
      { failureRate: 0.5, minimumCalls: 60, windowMs: 30_000 },
    ],
    [
      'with its own minimum',
      new SamplingBreaker({ threshold: 0.5, duration: 30_000, minimumRps: 2 }),
      { failureRate: 0.5, minimumCalls: 60, windowMs: 30_000 },
    ],
    ['a count', new CountBreaker({ threshold: 0.3, size: 50 }), { failureRate: 0.3, minimumCalls: 50 }],
    ['its options', { threshold: 0.3, size: 50, minimumNumberOfCalls: 10 }, { failureRate: 0.3, minimumCalls: 10 }],
  ])('opens by %s', (_, breaker, trip) => {
    const { config } = migrate({ cockatiel: { breaker: { breaker, halfOpenAfter: 1_000 } } });
    expect(config.defaults?.breaker).toEqual({ trip, openMs: 1_000, openMaxMs: 1_000 });
  });

  it.each<[string, CockatielBreaker['halfOpenAfter'], object]>([
    ['a constant', new ConstantBackoff(2_000), { openMs: 2_000, openMaxMs: 2_000 }],
    [
      'a growing time',
      new ExponentialBackoff({ initialDelay: 1_000, maxDelay: 8_000 }),
      { openMs: 1_000, openMaxMs: 8_000 },
    ],
    ['a list', [1_000, 3_000, 2_000], { openMs: 1_000, openMaxMs: 3_000 }],
    ['no time', 0, { openMs: 1, openMaxMs: 1 }],
    ['what a function says', () => 5, {}],
  ])('stays open for %s', (_, halfOpenAfter, openings) => {
    const { config } = migrate({ cockatiel: { breaker: { breaker: 3, halfOpenAfter } } });
    expect(config.defaults?.breaker).toEqual({ trip: { consecutiveFailures: 3 }, ...openings });
  });

  it('loses one of one’s own, and a state', () => {
    const breaker = { success: () => undefined, failure: () => true, state: 0 };
    const own = new (class {
      success = breaker.success;
      failure = breaker.failure;
    })();
    const { config, notes } = migrate({
      cockatiel: { breaker: { breaker: own, halfOpenAfter: 5_000, initialState: {} } },
    });
    expect(config.defaults?.breaker).toEqual({ openMs: 5_000, openMaxMs: 5_000 });
    const lost = notes.filter(({ outcome }) => outcome === 'lost').map(({ option }) => option);
    expect(lost).toEqual(['breaker.breaker', 'breaker.initialState']);
  });
});

describe('the rest', () => {
  it('is told: what changes, and what is lost', () => {
    const { notes } = migrate({
      cockatiel: {
        timeout: { duration: 500, strategy: TimeoutStrategy.Cooperative, abortOnReturn: false },
        bulkhead: { limit: 5, queue: 10 },
        fallback: 'none',
      },
    });
    expect(notes.map(({ option, outcome }) => [option, outcome])).toEqual([
      ['timeout', 'changed'],
      ['timeout.abortOnReturn', 'lost'],
      ['bulkhead', 'lost'],
      ['fallback', 'lost'],
    ]);
  });
});

function retryOf(retry: CockatielRetry): RetrySettings {
  const settings = migrate({ cockatiel: { retry } }).config.defaults?.retry;
  if (settings === undefined || settings === false) throw new Error('there are retries');
  return settings;
}

/** The wait before the nth retry. */
function waitOf(settings: RetrySettings, nth: number, random: () => number, previousMs?: number): number {
  const { strategy = 'fixed', minDelayMs = 0, maxDelayMs = 0, multiplier = 0, jitter = 'none' } = settings;
  const rules = { strategy, minDelayMs, maxDelayMs, multiplier, jitter, jitterMaxMs: 0 };
  return jitteredMs(rules, backoffMs(rules, nth), previousMs, random);
}

/** Five waits, each of which knows the last. */
function chain(settings: RetrySettings, random: () => number): number[] {
  const waits: number[] = [];
  for (let nth = 1; nth <= 5; nth++) waits.push(waitOf(settings, nth, random, waits.at(-1)));
  return waits;
}

/** The first waits of a backoff of cockatiel. */
function waitsOf(factory: IBackoffFactory<unknown>, count: number): number[] {
  const waits: number[] = [];
  let backoff = factory.next(undefined);
  for (let index = 0; index < count; index++) {
    waits.push(backoff.duration);
    backoff = backoff.next(undefined);
  }
  return waits;
}

/** Of each wait, what half and what nine of ten are below. */
function spreadOf(draw: () => readonly number[]): { readonly middle: number[]; readonly most: number[] } {
  const draws = Array.from({ length: 4_000 }, draw);
  const below = (share: number) =>
    [0, 1, 2, 3, 4].map(
      (nth) => draws.map((waits) => waits[nth] ?? 0).sort((one, other) => one - other)[share * 4_000] ?? 0,
    );
  return { middle: below(0.5), most: below(0.9) };
}

function ratio(one = 0, other = 0): number {
  return one / other;
}
