import { describe, expect, it } from 'vitest';
import { Check, copyOnce } from '../../../src/input/index.js';
import { RETRIED, RETRY_SETTINGS, type RetrySettings } from '../../../src/retry/settings.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { listSettings } from '../../support/wrong-values.js';

/** What is wrong with settings of any shape, each for itself. */
const refused = (value: unknown) =>
  issuesOf(() => {
    const check = new Check();
    check.settings('retry', value, RETRY_SETTINGS);
    check.throwIfInvalid();
  });

/** What is wrong with settings taken together. */
const refusedTogether = (settings: RetrySettings) =>
  issuesOf(() => {
    const check = new Check();
    check.conflicts('retry', settings, RETRY_SETTINGS);
    check.throwIfInvalid();
  });

const WAIT = 'must be a number from 0 to 2147483647';
const BY_WORD = {
  strategy: 'must be one of fixed, linear, exponential, fibonacci',
  jitter: 'must be one of none, full, equal, decorrelated, additive',
};
const OF_A_KIND = {
  ...BY_WORD,
  maxAttempts: 'must be a whole number from 1 to 1000',
  minDelayMs: WAIT,
  maxDelayMs: WAIT,
  multiplier: 'must be a number above 0 to 1000',
  jitterMaxMs: WAIT,
};
const OF_A_BUDGET = {
  ratio: 'must be a number from 0 to 1',
  floorPerSecond: 'must be a number from 0 to 1000000',
  burst: 'must be a number from 1 to 1000000',
};

/** What is allowed, by the path of the setting. */
const ALLOWED = new Map([
  ...Object.entries(OF_A_KIND),
  ...Object.entries(OF_A_KIND).map(([key, message]) => [`kinds.rate_limited.${key}`, message] as const),
  ...Object.entries(OF_A_BUDGET).map(([key, message]) => [`budget.${key}`, message] as const),
  ['maxElapsedMs', 'must be a number from 1 to 2147483647, or false'] as const,
]);

const SETTINGS_LIST = listSettings(RETRY_SETTINGS);

describe('retry settings', () => {
  it.each(SETTINGS_LIST)('are refused for every wrong value of $path, saying what is allowed', ({ path, ...each }) => {
    for (const { value, received } of each.wrong) {
      expect(refused(each.holding(value))).toMatchObject([{ path: `retry.${path}`, message: each.allowed, received }]);
    }
  });

  it.each(SETTINGS_LIST)('take undefined in $path for the default', ({ holding }) => {
    expect(refused(holding(undefined))).toEqual([]);
  });

  it('have these bounds', () => {
    const allowed = new Map(SETTINGS_LIST.map((each) => [each.path, each.allowed]));
    expect(new Map([...ALLOWED.keys()].map((path) => [path, allowed.get(path)]))).toEqual(ALLOWED);
  });
});

describe('the bounds of retry settings', () => {
  it.each([
    {},
    { maxAttempts: 1, minDelayMs: 0, maxDelayMs: 0, jitterMaxMs: 0, maxElapsedMs: 1 },
    { maxAttempts: 1000, minDelayMs: 2 ** 31 - 1, maxDelayMs: 2 ** 31 - 1, maxElapsedMs: 2 ** 31 - 1 },
    { multiplier: Number.MIN_VALUE },
    { multiplier: 1000, maxElapsedMs: false },
    { budget: false },
    { budget: {} },
    { budget: { ratio: 0, floorPerSecond: 0, burst: 1 } },
    { budget: { ratio: 1, floorPerSecond: 1_000_000, burst: 1_000_000 } },
    { kinds: {} },
    { kinds: { unknown: true, timeout: false, network: {}, auth: undefined } },
  ])('allow %j', (settings) => {
    expect(refused(settings)).toEqual([]);
  });

  it.each([
    { settings: { maxAttempts: 0 }, path: 'retry.maxAttempts' },
    { settings: { maxAttempts: 2.5 }, path: 'retry.maxAttempts' },
    { settings: { maxAttempts: 1001 }, path: 'retry.maxAttempts' },
    { settings: { minDelayMs: 2 ** 31 }, path: 'retry.minDelayMs' },
    { settings: { multiplier: 0 }, path: 'retry.multiplier' },
    { settings: { multiplier: 1000.1 }, path: 'retry.multiplier' },
    { settings: { maxElapsedMs: 0.5 }, path: 'retry.maxElapsedMs' },
    { settings: { budget: { ratio: 1.01 } }, path: 'retry.budget.ratio' },
    { settings: { budget: { burst: 0.99 } }, path: 'retry.budget.burst' },
    { settings: { budget: true }, path: 'retry.budget' },
    { settings: { kinds: [] }, path: 'retry.kinds' },
    { settings: { kinds: { network: 3 } }, path: 'retry.kinds.network' },
    { settings: { kinds: { network: null } }, path: 'retry.kinds.network' },
    { settings: { kinds: { nobody: 3 } }, path: 'retry.kinds.nobody' },
    { settings: 3, path: 'retry' },
    { settings: false, path: 'retry' },
  ])('refuse $settings', ({ settings, path }) => {
    expect(refused(settings).map((issue) => issue.path)).toEqual([path]);
  });
});

describe('the names of retry settings', () => {
  it.each([
    { settings: { maxAttempt: 3 }, path: 'retry.maxAttempt', suggestion: "Did you mean 'maxAttempts'?" },
    { settings: { jitter: 'ful' }, path: 'retry.jitter', suggestion: "Did you mean 'full'?" },
    {
      settings: { kinds: { ratelimited: {} } },
      path: 'retry.kinds.ratelimited',
      suggestion: "Did you mean 'rate_limited'?",
    },
    { settings: { budget: { ration: 0.1 } }, path: 'retry.budget.ration', suggestion: "Did you mean 'ratio'?" },
  ])('that are misspelt in $settings get the right suggestion', ({ settings, path, suggestion }) => {
    expect(refused(settings)).toMatchObject([{ path, suggestion }]);
  });

  it('that belong outside of a kind are refused in a kind', () => {
    expect(refused({ kinds: { network: { maxElapsedMs: 5, budget: false } } }).map(({ path }) => path)).toEqual([
      'retry.kinds.network.maxElapsedMs',
      'retry.kinds.network.budget',
    ]);
  });

  it.each([true, false, {}])('of kinds do not include cancelled calls, with whatever settings: %j', (cancelled) => {
    expect(refused({ kinds: { cancelled } })).toMatchObject([
      { path: 'retry.kinds.cancelled', message: `is unknown; expected one of ${Object.keys(RETRIED).join(', ')}` },
    ]);
  });
});

describe('retry settings taken together', () => {
  it.each([
    {
      settings: { minDelayMs: 5, maxDelayMs: 4 },
      issue: {
        path: 'retry.maxDelayMs',
        message: 'must not be shorter than minDelayMs',
        received: '4',
        suggestion: 'Write 2 for minDelayMs, or 10 for maxDelayMs.',
      },
    },
    {
      settings: { kinds: { network: { minDelayMs: 5, maxDelayMs: 4 } } },
      issue: {
        path: 'retry.kinds.network.maxDelayMs',
        message: 'must not be shorter than minDelayMs',
        received: '4',
        suggestion: 'Write 2 for minDelayMs, or 10 for maxDelayMs.',
      },
    },
    {
      settings: { minDelayMs: 1001, maxElapsedMs: 1000 },
      issue: {
        path: 'retry.minDelayMs',
        message: 'must not be longer than maxElapsedMs: there would be no retries',
        received: '1001',
      },
    },
    {
      settings: { maxElapsedMs: 1000, kinds: { timeout: { minDelayMs: 1001 } } },
      issue: {
        path: 'retry.kinds.timeout.minDelayMs',
        message: 'must not be longer than maxElapsedMs: there would be no retries',
        received: '1001',
      },
    },
    {
      settings: { budget: { ratio: 0, floorPerSecond: 0 } },
      issue: {
        path: 'retry.budget',
        message: 'must have a ratio or a floorPerSecond above 0',
        received: 'an object',
        suggestion: "Write 'maxAttempts: 1' for no retries.",
      },
    },
  ])('$settings are refused', ({ settings, issue }) => {
    expect(refused(settings)).toEqual([]);
    expect(refusedTogether(settings)).toMatchObject([issue]);
  });

  it.each([
    {},
    { minDelayMs: 5, maxDelayMs: 5, maxElapsedMs: 5 },
    { minDelayMs: 100_000 },
    { maxDelayMs: 1 },
    { minDelayMs: 100_000, maxElapsedMs: false as const },
    { minDelayMs: 100, kinds: { network: { maxDelayMs: 50 }, timeout: true, auth: false, unknown: undefined } },
    { budget: false as const },
    { budget: { ratio: 0 } },
    { budget: { floorPerSecond: 0 } },
  ])('%j are allowed', (settings) => {
    expect(refusedTogether(settings)).toEqual([]);
  });
});

describe('reading retry settings', () => {
  it('copies everything, however deep', () => {
    const network = { maxAttempts: 2 };
    const kinds = { network, timeout: false, unknown: true } as const;
    const budget = { ratio: 0.5 };
    const given = { maxAttempts: 4, kinds, budget };
    const own = copyOnce('retry', given);
    expect(own).toEqual(given);
    expect([own === given, own.kinds === kinds, own.kinds.network === network, own.budget === budget]).toEqual([
      false,
      false,
      false,
      false,
    ]);
  });

  it('calls every getter once', () => {
    let asked = 0;
    const once = <T>(value: T) => ({
      enumerable: true,
      get: () => {
        asked += 1;
        return value;
      },
    });
    const network = Object.defineProperty({}, 'maxAttempts', once(2));
    const kinds = Object.defineProperty({}, 'network', once(network));
    const own = copyOnce('retry', Object.defineProperties({}, { kinds: once(kinds), maxAttempts: once(4) }));
    expect(own).toEqual({ kinds: { network: { maxAttempts: 2 } }, maxAttempts: 4 });
    expect(asked).toBe(4);
  });

  it.each(['retry', 'retry.kinds', 'retry.kinds.network', 'retry.budget'])(
    'refuses a getter of %s that throws',
    (path) => {
      const hostile = Object.defineProperty({}, 'x', {
        enumerable: true,
        get: () => {
          throw new Error('no');
        },
      });
      const given = [
        ['retry', hostile],
        ['retry.kinds', { kinds: hostile }],
        ['retry.kinds.network', { kinds: { network: hostile } }],
        ['retry.budget', { budget: hostile }],
      ].find(([where]) => where === path)?.[1];
      expect(issuesOf(() => Reflect.apply(copyOnce, undefined, ['retry', given]))).toMatchObject([
        { path, message: 'must be readable, but one of its getters throws' },
      ]);
    },
  );

  it.each([undefined, null, 3, 'retry', [], { kinds: null }, { kinds: 3, budget: null }, { budget: true }])(
    'leaves %j for the check to refuse',
    (given) => {
      expect(Reflect.apply(copyOnce, undefined, ['retry', given])).toEqual(given);
    },
  );
});
