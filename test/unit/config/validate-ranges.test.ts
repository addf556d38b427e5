import { describe, expect, it } from 'vitest';
import { validateConfig } from '../../../src/config/validation/index.js';

type Retry = Readonly<Record<string, unknown>>;

/** The warnings about the size of single values: rule and path. */
function sizesIn(config: unknown): string[] {
  const { valid, warnings } = validateConfig(config);
  expect(valid).toBe(true);
  const rules = ['recommended-range', 'looks-like-seconds', 'no-wait', 'many-attempts', 'sensitive-breaker'];
  return warnings
    .filter(({ rule }) => rules.includes(rule) || rule === 'open-for-hours')
    .map(({ rule, path }) => `${rule} ${path}`);
}

/** A value of one setting, with neighbours that leave room for it. */
function withRetry(name: string, value: number): object {
  const room: Retry = name === 'minDelayMs' ? { maxDelayMs: 120_000 } : { minDelayMs: 500 };
  return { defaults: { deadlineMs: false, retry: { jitter: 'additive', ...room, [name]: value } } };
}

describe('the rule recommended-range for retries', () => {
  it.each([
    { name: 'minDelayMs', min: 500, max: 10_000 },
    { name: 'maxDelayMs', min: 5_000, max: 120_000 },
    { name: 'multiplier', min: 0.1, max: 5 },
    { name: 'jitterMaxMs', min: 100, max: 10_000 },
    { name: 'maxElapsedMs', min: 5_000, max: 600_000 },
  ])('warns about $name outside of $min to $max', ({ name, min, max }) => {
    const path = `config.defaults.retry.${name}`;
    expect(sizesIn(withRetry(name, min))).toEqual([]);
    expect(sizesIn(withRetry(name, max))).toEqual([]);
    expect(sizesIn(withRetry(name, max + 0.01))).toEqual([`recommended-range ${path}`]);
    const below = sizesIn(withRetry(name, min - 0.01));
    expect(below).toEqual([`${name === 'jitterMaxMs' ? 'looks-like-seconds' : 'recommended-range'} ${path}`]);
  });

  it.each([
    [1, undefined],
    [7, undefined],
    [8, 'many-attempts'],
    [10, 'many-attempts'],
    [11, 'recommended-range'],
    [1_000, 'recommended-range'],
  ])('warns about maxAttempts above 10, while many-attempts warns above 7: %d', (maxAttempts, rule) => {
    const expected = rule === undefined ? [] : [`${rule} config.defaults.retry.maxAttempts`];
    expect(sizesIn({ defaults: { retry: { maxAttempts } } })).toEqual(expected);
  });

  it('suggests the nearest recommended value', () => {
    const [below] = validateConfig(withRetry('maxDelayMs', 4_000)).warnings;
    expect(below).toEqual({
      rule: 'recommended-range',
      path: 'config.defaults.retry.maxDelayMs',
      message: 'is below the recommended range of 5000 to 120000',
      value: 4_000,
      suggestion: 'Write 5000, or leave it out.',
    });
    const [above] = validateConfig(withRetry('maxElapsedMs', 700_000)).warnings;
    expect(above).toMatchObject({
      message: 'is above the recommended range of 5000 to 600000',
      suggestion: 'Write 600000, or leave it out.',
    });
  });

  it('applies to the settings of a kind of failure as well', () => {
    const kinds = { rate_limited: { maxAttempts: 12 }, network: { maxDelayMs: 200_000 }, auth: true, timeout: false };
    expect(sizesIn({ defaults: { deadlineMs: false, retry: { kinds } } })).toEqual([
      'recommended-range config.defaults.retry.kinds.rate_limited.maxAttempts',
      'recommended-range config.defaults.retry.kinds.network.maxDelayMs',
    ]);
  });
});

describe('the rule recommended-range for the breaker', () => {
  it.each([
    [1, 'sensitive-breaker'],
    [2, 'sensitive-breaker'],
    [3, undefined],
    [20, undefined],
    [21, 'recommended-range'],
  ])(
    'warns about consecutiveFailures above 20, while sensitive-breaker warns below 3: %d',
    (consecutiveFailures, rule) => {
      const config = { defaults: { retry: false, breaker: { trip: { consecutiveFailures } } } };
      const path = 'config.defaults.breaker.trip.consecutiveFailures';
      expect(sizesIn(config)).toEqual(rule === undefined ? [] : [`${rule} ${path}`]);
    },
  );

  it.each([
    [999, 'looks-like-seconds'],
    [1_000, 'recommended-range'],
    [9_999, 'recommended-range'],
    [10_000, undefined],
    [300_000, undefined],
    [300_001, 'recommended-range'],
    [3_600_000, 'recommended-range'],
    [3_600_001, 'open-for-hours'],
  ])('warns about openMs outside of 10000 to 300000: %d', (openMs, rule) => {
    const expected = rule === undefined ? [] : [`${rule} config.defaults.breaker.openMs`];
    expect(sizesIn({ defaults: { breaker: { openMs } } })).toEqual(expected);
  });
});

describe('the rule looks-like-seconds', () => {
  it.each([
    ['deadlineMs', 100],
    ['attemptTimeoutMs', 100],
    ['retry.minDelayMs', 100],
    ['retry.maxDelayMs', 100],
    ['retry.jitterMaxMs', 100],
    ['retry.maxElapsedMs', 1_000],
    ['quota.maxWaitMs', 100],
    ['quota.exhaustedMs', 1_000],
    ['quota.maxHoldMs', 1_000],
    ['breaker.trip.windowMs', 1_000],
    ['breaker.openMs', 1_000],
    ['breaker.openMaxMs', 1_000],
    ['breaker.trialLeaseMs', 100],
  ])('warns about %s below %d', (setting, fromMs) => {
    const first = 10;
    for (const value of [first, fromMs - 1]) {
      const seconds = sizesIn(withSetting(setting, value)).filter((size) => size.startsWith('looks-like-seconds'));
      expect(seconds).toEqual([`looks-like-seconds config.defaults.${setting}`]);
    }
    const enough = sizesIn(withSetting(setting, fromMs));
    expect(enough.filter((size) => size.startsWith('looks-like-seconds'))).toEqual([]);
  });

  it('suggests the same duration in milliseconds', () => {
    const [warning] = validateConfig({ defaults: { deadlineMs: 30 } }).warnings;
    expect(warning).toMatchObject({
      message: 'is in milliseconds, and 30 looks like seconds',
      value: 30,
      suggestion: 'Write 30000 for 30 s.',
    });
  });

  it.each([
    ['quota.spreadMs', 5],
    ['breaker.trip.slowCallMs', 5],
    ['quota.maxWaitMs', 0],
  ])('does not warn about %s of %d, which may well be meant', (setting, value) => {
    expect(sizesIn(withSetting(setting, value))).toEqual([]);
  });
});

/** A config with one setting, by its path. */
function withSetting(path: string, value: number): object {
  const names = path.split('.').toReversed();
  const trip = path.startsWith('breaker.trip') ? { failureRate: 0.5 } : {};
  const settings = names.reduce<unknown>(
    (inner, name, index) => ({ ...(index === 0 ? trip : {}), [name]: inner }),
    value,
  );
  return { defaults: settings };
}
