import {
  ConsecutiveBreaker,
  ConstantBackoff,
  CountBreaker,
  circuitBreaker,
  DelegateBackoff,
  decorrelatedJitterGenerator,
  ExponentialBackoff,
  fullJitterGenerator,
  halfJitterGenerator,
  handleAll,
  type IBackoffFactory,
  IterableBackoff,
  noJitterGenerator,
  retry,
  SamplingBreaker,
  TimeoutStrategy,
  timeout,
} from 'cockatiel';
import { afterEach, describe, expect, it, vi } from 'vitest';
import {
  type CockatielBackoff,
  type CockatielBreaker,
  type CockatielRetry,
  migrate,
} from '../../../src/migrate/index.js';
import { computeBackoffMs } from '../../../src/retry/backoff.js';
import { computeJitteredMs } from '../../../src/retry/jitter.js';
import type { RetrySettings } from '../../../src/retry/settings.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { randomFrom, SEED } from '../../support/seed.js';

afterEach(() => {
  vi.restoreAllMocks();
});

const OFF = { deadlineMs: false, attemptTimeoutMs: false, retry: false, quota: false, breaker: false };
const FIXED = { strategy: 'fixed', jitter: 'none', multiplier: 1, maxElapsedMs: false };

describe('migrate({ cockatiel }) with one policy', () => {
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
  ])('given %o sets the stage of that policy and switches the others off', (cockatiel, defaults) => {
    expect(migrate({ cockatiel }).config.defaults).toEqual(defaults);
  });
});

describe('migrate({ cockatiel }) with the options of retry()', () => {
  it.each<[string, CockatielBackoff, object]>([
    ['a number', 50, { strategy: 'fixed', minDelayMs: 50, maxDelayMs: 50, jitter: 'none' }],
    ['a linear list', [100, 200, 300, 400], { strategy: 'linear', minDelayMs: 100, maxDelayMs: 400 }],
    ['a doubling list', [100, 200, 400, 800], { strategy: 'exponential', minDelayMs: 100, maxDelayMs: 800 }],
    ['a list of one', [70], { strategy: 'fixed', minDelayMs: 70, maxDelayMs: 70 }],
    [
      'empty options of an ExponentialBackoff',
      {},
      { strategy: 'exponential', minDelayMs: 128, maxDelayMs: 30_000, jitter: 'full' },
    ],
    [
      'a generator by its name',
      { generator: 'halfJitterGenerator', maxDelay: 5_000 },
      { maxDelayMs: 5_000, jitter: 'equal' },
    ],
    ['a generator', { generator: noJitterGenerator, initialDelay: 10 }, { minDelayMs: 10, jitter: 'none' }],
    ['an unlimited wait', { generator: noJitterGenerator, maxDelay: Infinity }, { maxDelayMs: 2 ** 31 - 1 }],
    ['an exponent that hardly grows', { exponent: 1.001 }, { strategy: 'fixed', jitter: 'full' }],
    [
      'an exponent that its generator ignores',
      { generator: fullJitterGenerator, exponent: 1.001 },
      { strategy: 'exponential', jitter: 'full' },
    ],
    ['a generator of one’s own', { generator: () => [1, 1] }, { strategy: 'exponential', jitter: 'full' }],
  ])('turns the backoff %# (%s) into the strategy with the nearest waits', (_, backoff, settings) => {
    expect(retryOf({ maxAttempts: 3, backoff })).toMatchObject({ maxAttempts: 4, ...settings });
  });

  it.each<[string, CockatielBackoff]>([
    ['a function', () => 5],
    ["'custom'", 'custom'],
  ])('reports the backoff %s as lost, and keeps the default waits', (_, backoff) => {
    const { config, notes } = migrate({ cockatiel: { retry: { maxAttempts: 2, backoff } } });
    expect(config.defaults?.retry).not.toHaveProperty('minDelayMs');
    expect(notes).toContainEqual(expect.objectContaining({ option: 'retry.backoff', outcome: 'lost' }));
  });

  it('limits retries without maxAttempts to the most attempts that a setting allows', () => {
    const { config, notes, warnings } = migrate({ cockatiel: { retry: {} } });
    expect(config.defaults?.retry).toMatchObject({ maxAttempts: 1_000 });
    expect(notes).toContainEqual(expect.objectContaining({ option: 'retry.maxAttempts', outcome: 'changed' }));
    expect(warnings).toContainEqual(expect.stringMatching(/^config\.defaults\.retry\.maxAttempts /));
  });

  it.each([
    ['noJitterGenerator', noJitterGenerator],
    ['fullJitterGenerator', fullJitterGenerator],
    ['halfJitterGenerator', halfJitterGenerator],
  ])('keeps the exact waits of an ExponentialBackoff with %s', (_, generator) => {
    const options = { generator, initialDelay: 100, maxDelay: 3_000 };
    vi.spyOn(Math, 'random').mockReturnValue(0.25);
    const theirs = waitsOf(new ExponentialBackoff(options), 8);
    const settings = retryOf({ backoff: options });
    const ours = theirs.map((__, index) => Math.floor(waitOf(settings, index + 1, () => 0.25)));
    expect(ours).toEqual(theirs);
    expect(noteOn('retry.backoff', { retry: { backoff: options } })).toMatchObject({ outcome: 'mapped' });
  });

  it('maps decorrelated jitter to full jitter, which spreads waits like cockatiel, unlike decorrelated jitter', () => {
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
    expect(noteOn('retry.backoff', { retry: { backoff: {} } })).toMatchObject({ outcome: 'changed' });
  });
});

describe('migrate({ cockatiel }) with the options of circuitBreaker()', () => {
  it.each<[string, CockatielBreaker['breaker'], object]>([
    ['a number of failures', 3, { consecutiveFailures: 3 }],
    ['a threshold alone', { threshold: 3 }, { consecutiveFailures: 3 }],
    [
      'the options of a SamplingBreaker',
      { threshold: 0.2, duration: 10_000 },
      { failureRate: 0.2, minimumCalls: 250, windowMs: 10_000 },
    ],
    [
      'the options of a SamplingBreaker with minimumRps',
      { threshold: 0.5, duration: 30_000, minimumRps: 2 },
      { failureRate: 0.5, minimumCalls: 60, windowMs: 30_000 },
    ],
    ['the options of a CountBreaker', { threshold: 0.3, size: 50 }, { failureRate: 0.3, minimumCalls: 50 }],
    [
      'the options of a CountBreaker with minimumNumberOfCalls',
      { threshold: 0.3, size: 50, minimumNumberOfCalls: 10 },
      { failureRate: 0.3, minimumCalls: 10 },
    ],
  ])('turns %s into the trip of the breaker', (_, breaker, trip) => {
    const { config } = migrate({ cockatiel: { breaker: { breaker, halfOpenAfter: 1_000 } } });
    expect(config.defaults?.breaker).toEqual({ trip, openMs: 1_000, openMaxMs: 1_000 });
  });

  it.each<[string, CockatielBackoff, object]>([
    ['a number', 2_000, { openMs: 2_000, openMaxMs: 2_000 }],
    [
      'the options of an ExponentialBackoff',
      { initialDelay: 1_000, maxDelay: 8_000 },
      { openMs: 1_000, openMaxMs: 8_000 },
    ],
    ['a list', [1_000, 3_000, 2_000], { openMs: 1_000, openMaxMs: 3_000 }],
    ['no time at all', 0, { openMs: 1, openMaxMs: 1 }],
    ['a function, which is lost,', () => 5, {}],
  ])('turns halfOpenAfter as %s into how long the breaker stays open', (_, halfOpenAfter, openings) => {
    const { config } = migrate({ cockatiel: { breaker: { breaker: 3, halfOpenAfter } } });
    expect(config.defaults?.breaker).toEqual({ trip: { consecutiveFailures: 3 }, ...openings });
  });

  it('reports a breaker of one’s own and an initial state as lost', () => {
    const { config, notes } = migrate({
      cockatiel: { breaker: { breaker: 'custom', halfOpenAfter: 5_000, initialState: {} } },
    });
    expect(config.defaults?.breaker).toEqual({ openMs: 5_000, openMaxMs: 5_000 });
    const lost = notes.filter(({ outcome }) => outcome === 'lost').map(({ option }) => option);
    expect(lost).toEqual(['breaker.breaker', 'breaker.initialState']);
  });

  it('keeps the default breaker if nothing of the given one can be read', () => {
    const { config } = migrate({ cockatiel: { breaker: { breaker: 'custom', halfOpenAfter: 'custom' } } });
    expect(config.defaults?.breaker).toEqual({});
  });
});

describe('migrate({ cockatiel }) with an instance of cockatiel', () => {
  const backoffs = [
    new ConstantBackoff(50),
    new IterableBackoff([1, 2]),
    new ExponentialBackoff(),
    new DelegateBackoff(() => 5),
  ];
  const breakers = [
    new ConsecutiveBreaker(3),
    new SamplingBreaker({ threshold: 0.2, duration: 10_000 }),
    new CountBreaker({ threshold: 0.3, size: 50 }),
  ];
  const policies = {
    retry: retry(handleAll, { maxAttempts: 3 }),
    breaker: circuitBreaker(handleAll, { breaker: new ConsecutiveBreaker(3), halfOpenAfter: 1_000 }),
    timeout: timeout(500, TimeoutStrategy.Aggressive),
  };

  it.each(backoffs.map((backoff) => [backoff.constructor.name, backoff]))(
    'refuses the backoff %s by its name, and asks for its argument',
    (name, backoff) => {
      for (const [cockatiel, path] of [
        [{ retry: { backoff } }, 'retry.backoff'],
        [{ breaker: { breaker: 3, halfOpenAfter: backoff } }, 'breaker.halfOpenAfter'],
      ] as const) {
        expect(refusalsOf(cockatiel)).toEqual([
          expect.objectContaining({
            path: `from.cockatiel.${path}`,
            message: `must be milliseconds, a list of them, or the options of an ExponentialBackoff, but this is an instance of ${name}`,
            suggestion: expect.stringContaining('Pass the argument that the backoff was created with'),
          }),
        ]);
      }
    },
  );

  it.each(breakers.map((breaker) => [breaker.constructor.name, breaker]))(
    'refuses the breaker %s by its name, and asks for its argument',
    (name, breaker) => {
      expect(refusalsOf({ breaker: { breaker, halfOpenAfter: 1_000 } })).toContainEqual(
        expect.objectContaining({
          path: 'from.cockatiel.breaker.breaker',
          message: `must be a number of failures, or the options of a SamplingBreaker or CountBreaker, but this is an instance of ${name}`,
          suggestion: expect.stringContaining('Pass the argument that the breaker was created with'),
        }),
      );
    },
  );

  it.each(Object.entries(policies))('refuses a %s policy by its name, and asks for its options', (name, policy) => {
    for (const [cockatiel, path] of [
      [policy, 'from.cockatiel'],
      [{ [name]: policy }, `from.cockatiel.${name}`],
    ] as const) {
      const [issue] = refusalsOf(cockatiel);
      const message = `must be a plain object, but this is an instance of ${policy.constructor.name}`;
      expect(issue).toMatchObject({ path, message });
      expect(issue?.suggestion).toContain('the options that the policy was created with');
    }
  });
});

describe('migrate({ cockatiel }) with the other policies', () => {
  it('reports a cooperative timeout as changed, and abortOnReturn, bulkhead and fallback as lost', () => {
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

function refusalsOf(cockatiel: unknown) {
  return issuesOf(() => Reflect.apply(migrate, undefined, [{ cockatiel }]));
}

function noteOn(option: string, cockatiel: { readonly retry: CockatielRetry }) {
  return migrate({ cockatiel }).notes.find((note) => note.option === option);
}

function retryOf(retry: CockatielRetry): RetrySettings {
  const settings = migrate({ cockatiel: { retry } }).config.defaults?.retry;
  if (settings === undefined || settings === false) throw new Error('the config has no retries');
  return settings;
}

/** The wait before the nth retry. */
function waitOf(settings: RetrySettings, nth: number, random: () => number, previousMs?: number): number {
  const { strategy = 'fixed', minDelayMs = 0, maxDelayMs = 0, multiplier = 0, jitter = 'none' } = settings;
  const rules = { strategy, minDelayMs, maxDelayMs, multiplier, jitter, jitterMaxMs: 0 };
  return computeJitteredMs(rules, computeBackoffMs(rules, nth), previousMs, random);
}

/** Five waits in a row, each computed from the last. */
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

/** The median and the 90th percentile of each wait. */
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
