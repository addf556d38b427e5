import { describe, expect, it, vi } from 'vitest';
import type { ConfigInput } from '../../../src/config/document.js';
import { loadConfig, parseConfig } from '../../../src/config/load/index.js';
import { validateSecurity } from '../../../src/config/security/index.js';
import type { Settings } from '../../../src/config/settings.js';
import { validateConfig } from '../../../src/config/validation/index.js';
import { ConfigurationError, createResilience } from '../../../src/entry/root.js';

/** Hammers a failing provider without any limit. */
const HAMMERING: Settings = {
  deadlineMs: false,
  attemptTimeoutMs: false,
  retry: { maxAttempts: 1_000, minDelayMs: 0, maxDelayMs: 0, jitter: 'none', budget: false },
  breaker: false,
  quota: false,
};
const CONFIG: ConfigInput = { preset: 'none', defaults: HAMMERING };
const NO_GUARD: Settings = { breaker: false, deadlineMs: false, retry: { budget: false } };

const parse = (config: object) => parseConfig(JSON.stringify(config), 'json', 'config');
const start = (env: object, config?: ConfigInput) =>
  createResilience({ environment: { env: { HOLDFAST_CONFIG: JSON.stringify(env) } }, config });

/** The issues of a config that is refused. */
function issuesOf(run: () => unknown): ConfigurationError['issues'] {
  try {
    run();
  } catch (error) {
    if (ConfigurationError.is(error)) return error.issues;
    throw error;
  }
  return [];
}
const wrongIn = (settings: Settings) => issuesOf(() => parse({ defaults: settings })).map(({ path }) => path);

describe('a config that would hammer a provider without limit', () => {
  const paths = ['defaults.retry.maxAttempts', 'defaults.retry.minDelayMs', 'defaults.retry.budget'];

  it('is refused as text, by the names of its settings and with what to write instead', () => {
    const issues = issuesOf(() => parse(CONFIG));
    expect(issues.map(({ path }) => path)).toEqual(paths.map((path) => `config.${path}`));
    expect(issues[0]).toEqual({
      path: 'config.defaults.retry.maxAttempts',
      message: 'must be from 1 to 10 in a config from outside',
      received: '1000',
      suggestion: 'Write 10. If it is intended, set it in code.',
    });
    expect(issues[2]).toMatchObject({
      message: expect.stringContaining('no retry.budget, no breaker and no deadlineMs'),
      received: 'retry.budget: false, breaker: false, deadlineMs: false',
      suggestion: expect.stringMatching(/Leave out one of the three.* set it in code\./),
    });
  });

  it('is an error of validateSecurity, as text and as a value', () => {
    for (const given of [CONFIG, JSON.stringify(CONFIG)]) {
      const { valid, value, errors } = validateSecurity(given, 'body');
      expect({ valid, value }).toEqual({ valid: false, value: undefined });
      expect(errors.map(({ path }) => path)).toEqual(paths.map((path) => `body.${path}`));
    }
  });

  it('is a warning of validateConfig, since code may give it', () => {
    const { valid, warnings } = validateConfig(CONFIG);
    expect(valid).toBe(true);
    expect(warnings.map(({ rule }) => rule)).toEqual(
      expect.arrayContaining(['burst-of-attempts', 'unguarded-retries', 'recommended-range']),
    );
  });

  it('is refused in HOLDFAST_CONFIG, at the start', () => {
    const issues = issuesOf(() => start(CONFIG));
    expect(issues.map(({ path }) => path)).toEqual(paths.map((path) => `HOLDFAST_CONFIG.${path}`));
  });

  it('is refused as a change from outside, and the config in force stays', () => {
    const resilience = createResilience({ preset: 'none' });
    const refused = vi.fn();
    resilience.on('config.refused', refused);
    const issues = issuesOf(() => resilience.configure(CONFIG, { untrusted: true }));
    expect(issues.map(({ path }) => path)).toEqual(paths.map((path) => `change.${path}`));
    expect(refused).toHaveBeenCalledOnce();
    expect(resilience.config().settings['retry.maxAttempts']?.value).toBe(3);
    expect(issuesOf(() => resilience.configure(CONFIG, { layer: 'file' }))).toHaveLength(3);
  });

  it('is accepted from code, at the start and as a change', () => {
    const resilience = createResilience({ config: CONFIG });
    expect(resilience.config().settings['retry.maxAttempts']).toEqual({ value: 1_000, layer: 'code' });
    const other = createResilience();
    other.configure(CONFIG);
    expect(other.config().settings['retry.maxAttempts']).toEqual({ value: 1_000, layer: 'runtime' });
  });
});

describe('a single setting from outside', () => {
  it.each<[path: string, settings: Settings]>([
    ['retry.maxAttempts', { retry: { maxAttempts: 11 } }],
    ['retry.minDelayMs', { retry: { minDelayMs: 10_001, maxDelayMs: 20_000 } }],
    ['retry.maxDelayMs', { retry: { maxDelayMs: 120_001 } }],
    ['retry.jitterMaxMs', { retry: { jitterMaxMs: 10_001 } }],
    ['retry.maxElapsedMs', { retry: { maxElapsedMs: 600_001 } }],
    ['retry.budget.floorPerSecond', { retry: { budget: { floorPerSecond: 101 } } }],
    ['retry.budget.burst', { retry: { budget: { burst: 1_001 } } }],
    ['retry.kinds.network.maxAttempts', { retry: { kinds: { network: { maxAttempts: 11 } } } }],
    ['breaker.trip.consecutiveFailures', { breaker: { trip: { consecutiveFailures: 21 } } }],
    ['breaker.trip.minimumCalls', { breaker: { trip: { failureRate: 1, minimumCalls: 1_001 } } }],
    ['breaker.openMs', { breaker: { openMs: 9_999 } }],
    ['breaker.openMs', { breaker: { openMs: 300_001 } }],
    ['breaker.openMaxMs', { breaker: { openMaxMs: 1_500_001 } }],
    ['breaker.trials', { breaker: { trials: 101 } }],
  ])('is refused beyond its range: %s', (path, settings) => {
    expect(wrongIn(settings)).toEqual([`config.defaults.${path}`]);
    expect(issuesOf(() => parse({ operations: { chat: settings } })).map((issue) => issue.path)).toEqual([
      `config.operations.chat.${path}`,
    ]);
    expect(issuesOf(() => createResilience({ config: { defaults: settings } }))).toEqual([]);
  });

  it('is accepted up to the ends of its range', () => {
    const retry = { maxAttempts: 10, minDelayMs: 10_000, maxDelayMs: 120_000, maxElapsedMs: 600_000 };
    const trip = { consecutiveFailures: 20 };
    expect(wrongIn({ retry, breaker: { trip, openMs: 300_000, openMaxMs: 1_500_000, trials: 100 } })).toEqual([]);
    expect(wrongIn({ breaker: { openMs: 10_000 } })).toEqual([]);
  });
});

describe('attempts that hardly wait from outside', () => {
  it.each<[title: string, retry: Settings['retry']]>([
    ['no wait', { maxAttempts: 4, minDelayMs: 0, maxDelayMs: 0 }],
    ['a wait of 1 ms', { maxAttempts: 10, minDelayMs: 1, maxDelayMs: 1 }],
    ['one kind of failure', { kinds: { rate_limited: { maxAttempts: 10, minDelayMs: 0, maxDelayMs: 0 } } }],
  ])('are refused: %s', (_, retry) => {
    expect(issuesOf(() => parse({ preset: 'none', defaults: { retry } }))).toMatchObject([
      { message: expect.stringContaining('attempts in one burst') },
    ]);
  });

  it.each<[title: string, retry: Settings['retry']]>([
    ['few of them', { maxAttempts: 3, minDelayMs: 0, maxDelayMs: 0 }],
    ['a tiny multiplier, since no wait is shorter than minDelayMs', { maxAttempts: 10, multiplier: 0.0001 }],
    ['waits that grow', { maxAttempts: 5, minDelayMs: 50 }],
    ['waits of jitter alone', { maxAttempts: 5, minDelayMs: 0, jitter: 'additive', jitterMaxMs: 500 }],
  ])('are accepted: %s', (_, retry) => {
    expect(issuesOf(() => parse({ preset: 'none', defaults: { retry } }))).toEqual([]);
  });
});

describe('guards that are switched off from outside', () => {
  it.each<[title: string, settings: Settings]>([
    ['of retries', NO_GUARD],
    ['of retries, by a breaker that only counts', { ...NO_GUARD, breaker: { mode: 'observe' } }],
    ['of retries, by a deadline of weeks', { ...NO_GUARD, deadlineMs: 2_000_000_000 }],
    ['of single attempts', { breaker: false, deadlineMs: false, attemptTimeoutMs: false, retry: false }],
  ])('are refused when none is left: %s', (_, settings) => {
    expect(issuesOf(() => parse({ defaults: settings }))).toMatchObject([
      { message: expect.stringContaining('without any guard') },
    ]);
  });

  it.each<[title: string, settings: Settings]>([
    ['the breaker', { ...NO_GUARD, breaker: {} }],
    ['the budget', { ...NO_GUARD, retry: { budget: {} } }],
    ['the deadline', { ...NO_GUARD, deadlineMs: 60_000 }],
    ['the time limit of a single attempt', { breaker: false, deadlineMs: false, retry: false }],
  ])('are accepted when one is left: %s', (_, settings) => {
    expect(wrongIn(settings)).toEqual([]);
  });

  it('are refused when only together with another config from outside none is left', () => {
    const resilience = start({ defaults: { breaker: false, deadlineMs: false } });
    const change = { defaults: { retry: { budget: false } } } as const;
    expect(issuesOf(() => resilience.configure(change, { untrusted: true }))).toMatchObject([
      { path: 'change.defaults.retry.budget' },
    ]);
  });

  it('are refused when the last one is switched off from outside, and the others in code', () => {
    const config: ConfigInput = { operations: { chat: { breaker: false, deadlineMs: false } } };
    const environment = { env: { HOLDFAST_CONFIG: '{ "operations": { "chat": { "retry": { "budget": false } } } }' } };
    expect(issuesOf(() => loadConfig({ config, environment }))).toMatchObject([
      { path: 'HOLDFAST_CONFIG.operations.chat.retry.budget' },
    ]);
  });

  it('are accepted when code has switched off all of them', () => {
    const resilience = start({ defaults: { attemptTimeoutMs: 30_000 } }, { operations: { chat: NO_GUARD } });
    expect(() => resilience.configure({ defaults: { quota: false } }, { untrusted: true })).not.toThrow();
  });
});

describe('validateSecurity', () => {
  it('knows presets of your own', () => {
    const presets = {
      bare: {
        description: 'Nothing.',
        strategy: 'balanced',
        environments: ['development'],
        settings: { breaker: false, deadlineMs: false },
        operations: {},
      },
    } as const;
    const config = { preset: 'bare', defaults: { retry: { budget: false } } };
    expect(validateSecurity(config, 'body', { presets }).errors).toMatchObject([
      { path: 'body.defaults.retry.budget' },
    ]);
  });

  it('finds settings beyond their range beside settings that are not valid', () => {
    const { errors } = validateSecurity({ defaults: { retry: { maxAttempts: 5_000 }, note: 1 } });
    expect(errors).toMatchObject([{ path: 'config.defaults.retry.maxAttempts', received: '5000' }]);
  });
});
