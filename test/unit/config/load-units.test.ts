import { describe, expect, it } from 'vitest';
import { parseDurations } from '../../../src/config/load/durations.js';
import { parseConfig } from '../../../src/config/load/parse.js';
import { readConfigFromEnv } from '../../../src/config/load/variables.js';
import { BUILT_IN, listPresets, listStrategies } from '../../../src/config/presets/catalog.js';
import { DEFAULTS } from '../../../src/config/settings.js';
import { Check, parseDurationMs, parseMs } from '../../../src/input/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** What is wrong with the units of a config. */
function unitsOf(config: unknown) {
  return issuesOf(() => {
    const check = new Check();
    parseDurations(check, 'config', config, BUILT_IN.config);
    check.throwIfInvalid();
  });
}

/** The path and the value of everything in it that is no object. */
function leaves(value: unknown, path: readonly string[] = []): [readonly string[], unknown][] {
  if (typeof value !== 'object' || value === null) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]) => leaves(inner, [...path, key]));
}

/** An object in which only this value stands. */
function only(path: readonly string[], value: unknown): unknown {
  return path.reduceRight((inner, key) => ({ [key]: inner }), value);
}

const DURATIONS = [
  ...leaves(DEFAULTS).map(([path]) => path),
  ...['openMaxMs', 'trialLeaseMs'].map((name) => ['breaker', name]),
  ...['windowMs', 'slowCallMs'].map((name) => ['breaker', 'trip', name]),
  ['retry', 'maxElapsedMs'],
  ...['minDelayMs', 'maxDelayMs', 'jitterMaxMs'].map((name) => ['retry', 'kinds', 'overloaded', name]),
].filter((path) => path.at(-1)?.endsWith('Ms'));

describe('durations as text', () => {
  it.each(DURATIONS.map((path) => path.join('.')))('are refused with a suggestion in milliseconds: %s', (path) => {
    for (const place of ['defaults', 'operations.chat']) {
      const config = only([...place.split('.'), ...path.split('.')], '2 minutes');
      expect(unitsOf(config)).toEqual([
        {
          path: `config.${place}.${path}`,
          message: 'must be a number of milliseconds',
          received: 'the string "2 minutes"',
          suggestion: 'Did you mean 120000?',
        },
      ]);
    }
  });

  it.each([
    ['30s', 30_000],
    ['2 minutes', 120_000],
    ['1h30m', 5_400_000],
    ['1 h, 30 min', 5_400_000],
    ['1.5 sec', 1_500],
    ['.5S', 500],
    ['500ms', 500],
    ['1_000 ms', 1_000],
    ['34.07s', 34_070],
    ['2 Days', 172_800_000],
  ])('are read as people write them: %s', (text, ms) => {
    expect(parseDurationMs(text)).toBe(ms);
  });

  it.each(['', ' ', '30', 's', '30 parsecs', '-5s', '30s later', 'PT30S', '1e3s', `${'1s'.repeat(33)}`])(
    'are not parsed if they are not durations: %j',
    (text) => {
      expect(parseDurationMs(text)).toBeUndefined();
    },
  );

  it('are refused without a suggestion if the suggestion would be refused as well', () => {
    expect(unitsOf({ defaults: { deadlineMs: '100 days' } })[0]).not.toHaveProperty('suggestion');
    expect(unitsOf({ defaults: { quota: { maxWaitMs: '0.0005s' } } })[0]).not.toHaveProperty('suggestion');
  });

  it('are refused with a suggestion in ms as text if the number would look like seconds', () => {
    expect(unitsOf({ defaults: { deadlineMs: '0.05s' } })).toMatchObject([{ suggestion: "Did you mean '50ms'?" }]);
    expect(unitsOf({ defaults: { quota: { maxWaitMs: '0.05s' } } })).toMatchObject([
      { suggestion: 'Did you mean 50?' },
    ]);
  });
});

describe('durations with the unit milliseconds', () => {
  it.each([
    ['50ms', 50],
    [' 1_000 MS ', 1_000],
    ['.5 ms', 0.5],
    ['33.333333333333336ms', 33.333333333333336],
    ['2 milliseconds', 2],
  ])('are parsed as they are: %j', (text, ms) => {
    expect(parseMs(text)).toBe(ms);
  });

  it.each(['', '50', 'ms', '50s', '-5ms', '1s 50ms', '5 ms later', '1e3ms', `${'0'.repeat(64)}ms`])(
    'are not parsed from another text: %j',
    (text) => {
      expect(parseMs(text)).toBeUndefined();
    },
  );

  it.each(DURATIONS)('are accepted for every setting that is a duration: %s', (...path) => {
    for (const place of ['defaults', 'operations.chat']) {
      const whole = [...place.split('.'), ...path];
      const check = new Check();
      const config = parseDurations(check, 'config', only(whole, '300ms'), BUILT_IN.config);
      expect(config).toEqual(only(whole, 300));
      expect(check.issues).toEqual([]);
    }
  });

  it('are accepted in a file and in HOLDFAST_CONFIG', () => {
    const text = 'defaults: { attemptTimeoutMs: 50ms }';
    expect(parseConfig(text, 'yaml', 'a.yaml')).toEqual({ defaults: { attemptTimeoutMs: 50 } });
    const env = { HOLDFAST_CONFIG: '{"defaults":{"attemptTimeoutMs":"50ms"}}' };
    expect(readConfigFromEnv(env)).toEqual({ defaults: { attemptTimeoutMs: 50 } });
  });

  it('are refused like numbers if they are out of bounds', () => {
    const text = '{"defaults":{"attemptTimeoutMs":"0ms"}}';
    expect(issuesOf(() => parseConfig(text, 'json', 'a.json'))).toMatchObject([
      { path: 'a.json.defaults.attemptTimeoutMs', received: '0' },
    ]);
  });
});

describe('numbers that look like seconds', () => {
  it.each(['deadlineMs', 'attemptTimeoutMs', 'retry.maxElapsedMs', 'breaker.openMs'])('are refused for %s', (path) => {
    const of = (value: unknown) => unitsOf({ defaults: only(path.split('.'), value) });
    expect(of(30)).toEqual([
      {
        path: `config.defaults.${path}`,
        message: 'must be in milliseconds, and looks like seconds',
        received: '30',
        suggestion: "Did you mean 30000? If it is intended, write '30ms'.",
      },
    ]);
    expect(of(0.07)).toMatchObject([{ suggestion: "Did you mean 70? If it is intended, write '0.07ms'." }]);
    expect(of('99.5')).toMatchObject([{ suggestion: "Did you mean 99500? If it is intended, write '99.5ms'." }]);
    expect(of('99.5ms')).toEqual([]);
    for (const fine of [
      100,
      30_000,
      '30000',
      0,
      -5,
      false,
      null,
      undefined,
      Number.NaN,
      '',
      'soon',
      [30],
      { ms: 30 },
    ]) {
      expect(of(fine)).toEqual([]);
    }
  });

  it('are accepted where so short a time makes sense', () => {
    expect(unitsOf({ defaults: { retry: { minDelayMs: 5, jitterMaxMs: 1 }, quota: { spreadMs: 10 } } })).toEqual([]);
  });
});

const bothLimits = (ms: number): string =>
  `defaults.deadlineMs: ${ms} for the whole call, or defaults.attemptTimeoutMs: ${ms} for one attempt`;

describe('misnamed keys of durations', () => {
  it.each([
    ['defaults', 'deadlineSeconds', 30, 'Write defaults.deadlineMs: 30000.'],
    ['defaults', 'deadline', 30, 'Write defaults.deadlineMs: 30000, if 30 means seconds.'],
    ['defaults', 'deadline', 30_000, "Did you mean 'deadlineMs'?"],
    ['defaults', 'deadline', '2m', 'Write defaults.deadlineMs: 120000.'],
    ['defaults', 'deadline_ms', 50, 'Write defaults.deadlineMs: 50000, if 50 means seconds.'],
    ['defaults', 'timeout_seconds', 10, `Write ${bothLimits(10_000)}.`],
    ['defaults', 'timeout-in-seconds', '10s', `Write ${bothLimits(10_000)}.`],
    ['defaults', 'attemptTimeoutMinutes', 0.5, 'Write defaults.attemptTimeoutMs: 30000.'],
    ['defaults', 'openSec', 60, 'Write defaults.breaker.openMs: 60000.'],
    ['defaults.breaker', 'openSec', 60, 'Write defaults.breaker.openMs: 60000.'],
    ['defaults.breaker', 'recovery_timeout', 60, 'Write defaults.breaker.openMs: 60000, if 60 means seconds.'],
    ['defaults.breaker', 'windowSeconds', 60, 'Write defaults.breaker.trip.windowMs: 60000.'],
    ['operations.chat.retry', 'max_backoff_sec', 10, 'Write operations.chat.retry.maxDelayMs: 10000.'],
    ['operations.chat.retry.kinds.timeout', 'minDelay', null, "Did you mean 'minDelayMs'?"],
    ['operations.chat.quota', 'maxWaitS', [5], "Did you mean 'maxWaitMs'?"],
  ])('are refused with the right name as suggestion: %s.%s %j', (place, key, value, suggestion) => {
    const text = JSON.stringify(only([...place.split('.'), key], value));
    expect(issuesOf(() => parseConfig(text, 'json', 'a.json'))).toMatchObject([
      { path: `a.json.${place}.${key}`, suggestion },
    ]);
  });

  it('are reported once, however they are spelled', () => {
    const text = '{"defaults":{"timeout seconds":5}}';
    expect(issuesOf(() => parseConfig(text, 'json', 'a.json')).map(({ path }) => path)).toEqual([
      'a.json.defaults["timeout seconds"]',
    ]);
  });
});

it('parseDurations finds nothing wrong with the built-in defaults, strategies and presets', () => {
  expect(unitsOf({ defaults: DEFAULTS })).toEqual([]);
  for (const { settings } of Object.values(listStrategies())) expect(unitsOf({ defaults: settings })).toEqual([]);
  for (const { settings, operations } of Object.values(listPresets())) {
    expect(unitsOf({ defaults: settings, operations })).toEqual([]);
  }
});

it.each([undefined, null, 5, 'text', [], [{ deadlineMs: 5 }], { defaults: [], operations: 5 }])(
  'parseDurations does not throw for %j',
  (config) => {
    expect(unitsOf(config)).toEqual([]);
  },
);
