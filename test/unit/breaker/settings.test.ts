import { CircuitBreaker, ConfigurationError } from 'holdfast/breaker';
import { describe, expect, it } from 'vitest';
import { BREAKER_OPTIONS, BREAKER_SETTINGS, resolveBreakerSettings } from '../../../src/breaker/settings.js';
import { Check, copyOnce } from '../../../src/input/index.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { listSettings } from '../../support/wrong-values.js';

/** What the constructor finds wrong with options of any shape, as a JavaScript user may pass them. */
const refused = (...given: readonly unknown[]) => issuesOf(() => Reflect.construct(CircuitBreaker, given));

const DURATION = 'must be a number from 1 to 2147483647';
const COUNT = 'must be a whole number from 1 to 1000000';
const SHARE = 'must be a number above 0 to 1';
const WINDOW = 'must be a number from 10 to 2147483647';

/** What is allowed, where a number stands. */
const NUMBERS = {
  'trip.consecutiveFailures': COUNT,
  'trip.failureRate': SHARE,
  'trip.minimumCalls': COUNT,
  'trip.windowMs': WINDOW,
  'trip.slowCallMs': DURATION,
  'trip.slowCallRate': SHARE,
  openMs: DURATION,
  openMaxMs: DURATION,
  trials: COUNT,
  successesToClose: COUNT,
  trialLeaseMs: DURATION,
};

const OPTIONS_LIST = listSettings(BREAKER_OPTIONS);

describe('the breaker options', () => {
  it.each(OPTIONS_LIST)('refuse every wrong value of $path, saying what is allowed', ({ path, ...each }) => {
    for (const { value, received } of each.wrong) {
      const issue = { path: `options.${path}`, message: each.allowed, received };
      expect(refused(each.holding(value))).toContainEqual(expect.objectContaining(issue));
    }
  });

  it.each(OPTIONS_LIST)('take undefined in $path for the default', ({ holding }) => {
    expect(refused(holding(undefined))).toEqual([]);
  });

  it('have these bounds', () => {
    expect(Object.fromEntries(OPTIONS_LIST.map(({ path, allowed }) => [path, allowed]))).toMatchObject(NUMBERS);
  });
});

describe('the bounds of breaker options', () => {
  it.each([
    { openMs: 1 },
    { openMs: 0.5 + 1 },
    { openMs: 2 ** 31 - 1 },
    { openMs: 1, openMaxMs: 1 },
    { openMs: 10, openMaxMs: 10 },
    { openMaxMs: 60_000 },
    { openMaxMs: 2 ** 31 - 1 },
    { trialLeaseMs: 1 },
    { trialLeaseMs: 2 ** 31 - 1 },
    { trials: 1 },
    { trials: 1_000_000 },
    { successesToClose: 1_000_000 },
    { trip: { consecutiveFailures: 1_000_000 } },
    { trip: { failureRate: Number.MIN_VALUE } },
    { trip: { failureRate: 1 } },
    { trip: { failureRate: 1, minimumCalls: 1, windowMs: 10 } },
    { trip: { slowCallMs: 1 } },
    { trip: { slowCallMs: 1, slowCallRate: 1 } },
    { name: 'x'.repeat(256) },
    { mode: 'observe' as const, random: () => 0, isFailure: () => true },
    {},
  ])('allow %j', (options) => {
    expect(refused(options)).toEqual([]);
  });

  it.each([
    { options: { openMs: 0.999 }, path: 'options.openMs', message: DURATION, received: '0.999' },
    { options: { openMs: 2 ** 31 }, path: 'options.openMs', message: DURATION, received: '2147483648' },
    { options: { trialLeaseMs: 2 ** 31 }, path: 'options.trialLeaseMs', message: DURATION, received: '2147483648' },
    { options: { trials: 1.5 }, path: 'options.trials', message: COUNT, received: '1.5' },
    { options: { trials: 1_000_001 }, path: 'options.trials', message: COUNT, received: '1000001' },
    { options: { trip: { failureRate: 50 } }, path: 'options.trip.failureRate', message: SHARE, received: '50' },
    { options: { trip: { failureRate: 1.001 } }, path: 'options.trip.failureRate', message: SHARE, received: '1.001' },
    {
      options: { trip: { failureRate: 1, windowMs: 9 } },
      path: 'options.trip.windowMs',
      message: WINDOW,
      received: '9',
    },
  ])('refuse $options', ({ options, ...issue }) => {
    expect(refused(options)).toMatchObject([issue]);
  });

  it('suggest the number that a string holds', () => {
    expect(refused({ openMs: '5000' })).toMatchObject([
      {
        path: 'options.openMs',
        message: DURATION,
        received: 'the string "5000"',
        suggestion: 'Did you mean 5000?',
      },
    ]);
  });

  it('suggest what is allowed instead of a number that would be refused as well', () => {
    expect(refused({ trip: { failureRate: '50' } })).toMatchObject([
      {
        path: 'options.trip.failureRate',
        message: SHARE,
        received: 'the string "50"',
        suggestion: 'Write a share: 0.5 opens when half of the calls fail.',
      },
    ]);
  });
});

describe('contradictory breaker options', () => {
  it('are refused if the longest opening is shorter than the first', () => {
    const issue = { path: 'options.openMaxMs', message: 'must not be shorter than openMs' };
    expect(refused({ openMs: 2000, openMaxMs: 1999 })).toMatchObject([{ ...issue, received: '1999' }]);
  });

  it('are refused if the longest opening is shorter than the default opening', () => {
    const issue = { path: 'options.openMaxMs', message: 'must not be shorter than openMs' };
    expect(refused({ openMaxMs: 59_999 })).toMatchObject([{ ...issue, received: '59999' }]);
  });

  it.each([
    { openMs: Number.NaN, received: 'NaN' },
    { openMs: '100', received: 'the string "100"' },
    { openMs: null, received: 'null' },
  ])('are not reported beside a first opening that is invalid: $received', ({ openMs }) => {
    expect(refused({ openMs, openMaxMs: 5000 }).map(({ path }) => path)).toMatchObject(['options.openMs']);
  });

  it('are not reported beside a longest opening that is not a number', () => {
    expect(refused({ openMaxMs: Number.NaN })).toHaveLength(1);
    expect(refused({ openMaxMs: null })).toHaveLength(1);
  });

  it('are refused if a slow-call rate has no duration that says what is slow', () => {
    const message = 'must be set when slowCallRate is given';
    expect(refused({ trip: { consecutiveFailures: 5, slowCallRate: 0.5 } })).toMatchObject([
      { path: 'options.trip.slowCallMs', message, received: 'undefined' },
    ]);
  });

  it.each([{}, { minimumCalls: 5, windowMs: 1000 }, { failureRate: undefined }])(
    'are refused if a trip has no rule: %o',
    (trip) => {
      const message = 'must hold at least one of consecutiveFailures, failureRate, slowCallMs';
      expect(refused({ trip })).toMatchObject([{ path: 'options.trip', message, received: 'an object' }]);
    },
  );
});

describe('breaker options of a wrong kind', () => {
  it.each([
    { given: null, received: 'null' },
    { given: 5, received: '5' },
    { given: 'chat', received: 'the string "chat"' },
    { given: [], received: 'an array' },
    { given: () => ({}), received: 'a function' },
  ])('are refused as a whole: $received', ({ given, received }) => {
    expect(refused(given)).toMatchObject([{ path: 'options', message: 'must be a plain object', received }]);
  });

  it.each(['random', 'isFailure'])('are refused if %s is not a function', (name) => {
    expect(refused({ [name]: 0.5 })).toMatchObject([
      { path: `options.${name}`, message: 'must be a function', received: '0.5' },
    ]);
    expect(refused({ [name]: null })).toMatchObject([
      { path: `options.${name}`, message: 'must be a function', received: 'null' },
    ]);
    expect(refused({ [name]: undefined })).toEqual([]);
  });

  it.each([
    { name: '', received: 'the string ""' },
    { name: null, received: 'null' },
    { name: 7, received: '7' },
    { name: 'two\nlines', received: 'the string "two\\nlines"' },
    { name: 'del\u007f', received: 'the string "del\\u{7f}"' },
    { name: 'x'.repeat(257), received: `the string "${'x'.repeat(59)}…"` },
  ])('are refused if the name is not a short string on one line: $received', ({ name, received }) => {
    const message = 'must be a string of 1 to 256 characters without control characters';
    expect(refused({ name })).toMatchObject([{ path: 'options.name', message, received }]);
  });

  it('are refused if the mode is not one of four, with a suggestion for a mistyped one', () => {
    const message = 'must be one of enforce, observe, forced_open, disabled';
    expect(refused({ mode: 'forced-open' })).toMatchObject([
      {
        path: 'options.mode',
        message,
        received: 'the string "forced-open"',
        suggestion: "Did you mean 'forced_open'?",
      },
    ]);
    expect(refused({ mode: 'chaos' })).toMatchObject([
      { path: 'options.mode', message, received: 'the string "chaos"' },
    ]);
    expect(refused({ mode: 1 })).toMatchObject([{ path: 'options.mode', message, received: '1' }]);
    expect(refused({ mode: null })).toMatchObject([{ path: 'options.mode', message, received: 'null' }]);
  });
});

describe('breaker options that are unknown', () => {
  const OPTIONS = 'name, random, isFailure, trip, openMs, openMaxMs, trials, successesToClose, trialLeaseMs, mode';
  const TRIP = 'consecutiveFailures, failureRate, minimumCalls, windowMs, slowCallMs, slowCallRate';

  it('are refused, with the name that was probably meant', () => {
    expect(refused({ openMS: 5_000 })).toMatchObject([
      {
        path: 'options.openMS',
        message: `is unknown; expected one of ${OPTIONS}`,
        received: '5000',
        suggestion: "Did you mean 'openMs'?",
      },
    ]);
  });

  it('are refused within trip', () => {
    expect(refused({ trip: { failureRate: 0.5, minimumCall: 3 } })).toMatchObject([
      {
        path: 'options.trip.minimumCall',
        message: `is unknown; expected one of ${TRIP}`,
        received: '3',
        suggestion: "Did you mean 'minimumCalls'?",
      },
    ]);
  });

  it('are refused without a suggestion when no name is near', () => {
    expect(refused({ colour: 'red' })).toMatchObject([
      {
        path: 'options.colour',
        message: `is unknown; expected one of ${OPTIONS}`,
        received: 'the string "red"',
      },
    ]);
  });
});

describe('breaker options with several mistakes', () => {
  it('are refused by one error that keeps every mistake', () => {
    const options = { openMs: Number.NaN, trials: 0, mode: 'off', trip: { failureRate: 2, bogus: 1 }, nmae: 'x' };
    const issues = refused(options);
    expect(issues.map(({ path }) => path)).toMatchObject([
      'options.nmae',
      'options.trip.bogus',
      'options.trip.failureRate',
      'options.openMs',
      'options.trials',
      'options.mode',
    ]);
  });

  it('are refused by an error whose message has a line for each mistake', () => {
    const make = () => new CircuitBreaker({ openMs: 0, trials: -3 });
    expect(make).toThrow(ConfigurationError);
    expect(make).toThrow(
      [
        'options.openMs: must be a number from 1 to 2147483647; received 0. ' +
          'Write milliseconds, 10000 to 300000: 60000 suits most services.',
        'options.trials: must be a whole number from 1 to 1000000; received -3. 1 suits most services.',
      ].join('\n'),
    );
  });
});

describe('breaker settings in a config', () => {
  const found = (value: unknown) => {
    const check = new Check();
    check.settings('config.defaults.breaker', value, BREAKER_SETTINGS);
    return issuesOf(() => check.throwIfInvalid());
  };

  it('are checked by the rules for breaker options, under their own path', () => {
    expect(found({ openMs: -5 })).toMatchObject([
      { path: 'config.defaults.breaker.openMs', message: DURATION, received: '-5' },
    ]);
    expect(found({ trip: { consecutiveFailures: 3 }, openMs: 5000 })).toEqual([]);
  });

  it.each(['name', 'random', 'isFailure'])('may not hold %s, which is not plain data or not a setting', (name) => {
    expect(found({ [name]: () => 0 }).map(({ path }) => path)).toMatchObject([`config.defaults.breaker.${name}`]);
  });

  it('are checked one by one: only all layers together show whether two of them contradict each other', () => {
    expect(found({ openMaxMs: 10 })).toEqual([]);
    const check = new Check();
    check.conflicts('config.defaults.breaker', { openMs: 20, openMaxMs: 10 }, BREAKER_SETTINGS);
    expect(issuesOf(() => check.throwIfInvalid())).toMatchObject([
      { path: 'config.defaults.breaker.openMaxMs', message: 'must not be shorter than openMs', received: '10' },
    ]);
  });

  it('must be a plain object', () => {
    expect(found(null)).toMatchObject([
      { path: 'config.defaults.breaker', message: 'must be a plain object', received: 'null' },
    ]);
  });
});

describe('the reader of breaker settings', () => {
  it('reads every value once, so that what was checked is what is used', () => {
    let reads = 0;
    const fickle = {
      get openMs() {
        reads += 1;
        return reads === 1 ? 1000 : -1;
      },
      trip: {
        get consecutiveFailures() {
          reads += 1;
          return reads === 2 ? 3 : Number.NaN;
        },
      },
    };
    const own = copyOnce('options', fickle);
    expect(own).toEqual({ openMs: 1000, trip: { consecutiveFailures: 3 } });
    expect(reads).toBe(2);
  });

  it('makes a copy that later changes do not reach', () => {
    const trip = { consecutiveFailures: 3 };
    const own = copyOnce('options', { trip });
    trip.consecutiveFailures = 4;
    expect(own).toEqual({ trip: { consecutiveFailures: 3 } });
    expect(copyOnce('options', { openMs: 5 })).toEqual({ openMs: 5 });
  });

  it('refuses what cannot be read', () => {
    const broken = {
      get consecutiveFailures(): number {
        throw new Error('no');
      },
    };
    const message = 'must be readable, but one of its getters throws';
    expect(refused({ trip: broken })).toMatchObject([{ path: 'options.trip', message, received: 'an object' }]);
    expect(
      refused(Object.defineProperty({}, 'trip', { enumerable: true, get: () => broken.consecutiveFailures })),
    ).toMatchObject([{ path: 'options', message, received: 'an object' }]);
  });
});

describe('breaker defaults', () => {
  it('are five failures in a row, a minute, and one trial', () => {
    expect(resolveBreakerSettings({})).toEqual({
      trip: {
        consecutiveFailures: 5,
        failureRate: undefined,
        slowCallRate: undefined,
        slowCallMs: undefined,
        minimumCalls: 20,
        windowMs: 60_000,
      },
      openMs: 60_000,
      openMaxMs: 300_000,
      trials: 1,
      successesToClose: 1,
      trialLeaseMs: 60_000,
      mode: 'enforce',
    });
  });

  it('are replaced by every setting', () => {
    const settings = {
      trip: {
        consecutiveFailures: 2,
        failureRate: 0.3,
        slowCallRate: 0.4,
        slowCallMs: 500,
        minimumCalls: 6,
        windowMs: 7000,
      },
      openMs: 8,
      openMaxMs: 9,
      trials: 10,
      successesToClose: 11,
      trialLeaseMs: 12,
      mode: 'observe' as const,
    };
    expect(resolveBreakerSettings(settings)).toEqual(settings);
  });

  it('drop the rule of consecutive failures when another rule is given', () => {
    expect(resolveBreakerSettings({ trip: { failureRate: 0.5 } }).trip.consecutiveFailures).toBeUndefined();
  });

  it('count every slow call when only its duration is given', () => {
    expect(resolveBreakerSettings({ trip: { slowCallMs: 500 } }).trip.slowCallRate).toBe(1);
    expect(resolveBreakerSettings({ trip: { failureRate: 1 } }).trip.slowCallRate).toBeUndefined();
  });

  it('let the longest opening follow the first, up to what a timer can hold', () => {
    expect(resolveBreakerSettings({ openMs: 1000 }).openMaxMs).toBe(5000);
    expect(resolveBreakerSettings({ openMs: 2 ** 30 }).openMaxMs).toBe(2 ** 31 - 1);
  });
});
