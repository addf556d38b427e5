import type { ConfigInput } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { listPresets, listStrategies, type OwnPresets } from '../../../src/config/presets/catalog.js';
import type { Preset } from '../../../src/config/presets/presets.js';
import { validateConfig } from '../../../src/config/validation/index.js';

/** What one rule has against a config. */
function byRule(rule: string, config: ConfigInput, own?: OwnPresets) {
  const { valid, errors, warnings } = validateConfig(config, own);
  expect({ valid, errors }).toEqual({ valid: true, errors: [] });
  return warnings.filter((warning) => warning.rule === rule);
}

const defaults = 'config.defaults';
const retryAt = `${defaults}.retry`;

/** A config against which a rule has something, and one beside it against which it has nothing. */
interface Row {
  readonly rule: string;
  readonly bad: ConfigInput;
  readonly good: ConfigInput;
  readonly path: string;
  readonly message: string;
  readonly suggestion: string;
}

const rows: readonly Row[] = [
  {
    rule: 'no-wait',
    bad: { defaults: { retry: { minDelayMs: 0, jitter: 'full' } } },
    good: { defaults: { retry: { minDelayMs: 0, jitter: 'additive' } } },
    path: `${retryAt}.minDelayMs`,
    message: 'is 0 and no jitter is added, so retries do not wait at all',
    suggestion: "Write at least 500, or set jitter to 'additive'.",
  },
  {
    rule: 'open-for-hours',
    bad: { defaults: { breaker: { openMs: 3_600_001 } } },
    good: { defaults: { breaker: { openMs: 3_600_000 } } },
    path: `${defaults}.breaker.openMs`,
    message: 'rejects calls for more than an hour, even if the service has recovered',
    suggestion: 'Write at most 300000: after that, one trial shows whether the service has recovered.',
  },
  {
    rule: 'many-attempts',
    bad: { defaults: { retry: { maxAttempts: 8 } } },
    good: { defaults: { retry: { maxAttempts: 7 } } },
    path: `${retryAt}.maxAttempts`,
    message: 'is high: 8 attempts take long and burden a failing service',
    suggestion: 'Write at most 7; 3 suits most calls.',
  },
  {
    rule: 'sensitive-breaker',
    bad: { defaults: { breaker: { trip: { consecutiveFailures: 2 } } } },
    good: { defaults: { breaker: { trip: { consecutiveFailures: 3 } } } },
    path: `${defaults}.breaker.trip.consecutiveFailures`,
    message: 'is low: the breaker opens on occasional failures',
    suggestion: 'Write at least 3; 5 suits most services.',
  },
  {
    rule: 'attempts-open-breaker',
    bad: { defaults: { retry: { maxAttempts: 6 } } },
    good: { defaults: { retry: { maxAttempts: 5 } } },
    path: `${retryAt}.maxAttempts`,
    message: 'lets one failing call open the breaker: 6 attempts, and it opens after 5 failures',
    suggestion: 'Write 8 for breaker.trip.consecutiveFailures.',
  },
  {
    rule: 'short-elapsed',
    bad: { defaults: { retry: { maxAttempts: 4, maxElapsedMs: 7_999 } } },
    good: { defaults: { retry: { maxAttempts: 4, maxElapsedMs: 8_000 } } },
    path: `${retryAt}.maxElapsedMs`,
    message: 'leaves too little time for 4 attempts: maxElapsedMs is 7999',
    suggestion: 'Write at least 8000 for retry.maxElapsedMs.',
  },
  {
    rule: 'deadline-cuts-waits',
    bad: { preset: 'none', defaults: { deadlineMs: 6_000 } },
    good: { preset: 'none', defaults: { deadlineMs: 6_001 } },
    path: `${defaults}.deadlineMs`,
    message: 'cuts retries off: the waits between 3 attempts add up to 6000 ms, and deadlineMs is 6000',
    suggestion: 'Write a longer deadlineMs, fewer attempts, or shorter waits.',
  },
  {
    rule: 'attempt-outlasts-deadline',
    bad: { defaults: { deadlineMs: 20_000, attemptTimeoutMs: 20_000 } },
    good: { defaults: { deadlineMs: 20_000, attemptTimeoutMs: 19_999 } },
    path: `${defaults}.attemptTimeoutMs`,
    message: 'has no effect: deadlineMs, which is 20000, passes first',
    suggestion: 'Write less, such as 10000.',
  },
  {
    rule: 'no-time-limit',
    bad: { defaults: { deadlineMs: false, attemptTimeoutMs: false } },
    good: { defaults: { deadlineMs: false } },
    path: `${defaults}.deadlineMs`,
    message: 'lets a call hang forever: neither the call nor an attempt has a time limit',
    suggestion: 'Leave deadlineMs or attemptTimeoutMs on.',
  },
  {
    rule: 'no-growth',
    bad: { defaults: { retry: { minDelayMs: 6_000, maxDelayMs: 6_000 } } },
    good: { defaults: { retry: { minDelayMs: 6_000, maxDelayMs: 6_000, strategy: 'fixed' } } },
    path: `${retryAt}.minDelayMs`,
    message: 'leaves the waits no room to grow: minDelayMs and maxDelayMs are the same',
    suggestion: 'Write 3000 for minDelayMs, or 12000 for maxDelayMs.',
  },
  {
    rule: 'synchronised-retries',
    bad: { defaults: { retry: { jitter: 'none' } } },
    good: { defaults: { retry: { jitter: 'none', maxAttempts: 2 } } },
    path: `${retryAt}.jitter`,
    message: 'synchronises retries: without jitter, calls that fail together retry together, 2 times',
    suggestion: "Write 'equal' for retry.jitter.",
  },
  {
    rule: 'unbounded-retries',
    bad: { defaults: { retry: { budget: false } } },
    good: { defaults: { retry: { budget: false, maxAttempts: 1 } } },
    path: `${retryAt}.budget`,
    message: 'lets retries multiply the load of an outage by 3: no budget limits them',
    suggestion: 'Leave it out: by default, each success pays for a fifth of a retry.',
  },
  {
    rule: 'aggressive-production',
    bad: { preset: 'production', strategy: 'aggressive' },
    good: { preset: 'simple', strategy: 'aggressive' },
    path: 'config.strategy',
    message: 'is aggressive in production: calls fail that one more attempt would have saved',
    suggestion: "Write 'conservative' or 'balanced', and 'aggressive' for single operations.",
  },
  {
    rule: 'patient-development',
    bad: { preset: 'development', strategy: 'conservative', defaults: { retry: { maxAttempts: 4 } } },
    good: { preset: 'development', strategy: 'conservative', defaults: { retry: { maxAttempts: 3 } } },
    path: 'config.strategy',
    message: 'is conservative in development, with 4 attempts: errors take long to show',
    suggestion: "Write 'aggressive', or 3 for retry.maxAttempts.",
  },
];

describe('the lint rule', () => {
  it.each(rows)(
    '$rule warns about one config, and not about a similar one',
    ({ rule, bad, good, path, message, suggestion }) => {
      const [warning, ...others] = byRule(rule, bad);
      expect(others).toEqual([]);
      expect(warning).toMatchObject({ rule, path, message, suggestion });
      expect(validateConfig(bad).suggestions).toContainEqual({ path, text: suggestion });
      expect(byRule(rule, good)).toEqual([]);
    },
  );

  it('no-wait warns about additive jitter of 0', () => {
    const retry = { minDelayMs: 0, jitter: 'additive', jitterMaxMs: 0 } as const;
    expect(byRule('no-wait', { defaults: { retry } })).toHaveLength(1);
  });

  it.each(['disabled', 'forced_open'] as const)(
    'attempts-open-breaker does not warn about a breaker that is %s',
    (mode) => {
      const settings = { retry: { maxAttempts: 6 }, breaker: { mode } };
      expect(byRule('attempts-open-breaker', { defaults: settings })).toEqual([]);
    },
  );

  it.each([{ deadlineMs: false } as const, { retry: false } as const])(
    'deadline-cuts-waits does not warn without a deadline or retries: %o',
    (settings) => {
      expect(byRule('deadline-cuts-waits', { defaults: { deadlineMs: 10, ...settings } })).toEqual([]);
    },
  );

  it('aggressive-production does not warn about single operations', () => {
    const config = { preset: 'production', operations: { sentiment: { strategy: 'aggressive' } } };
    expect(byRule('aggressive-production', config)).toEqual([]);
  });
});

describe('the built-in presets and strategies', () => {
  const manners = ['aggressive-production', 'patient-development'];
  const pairs = Object.keys(listPresets()).flatMap((preset) =>
    Object.keys(listStrategies()).map((strategy) => ({ preset, strategy })),
  );

  it.each(pairs)('give no warnings together: preset $preset, strategy $strategy', ({ preset, strategy }) => {
    const { valid, warnings } = validateConfig({ preset, strategy });
    expect(valid).toBe(true);
    expect(warnings.filter(({ rule }) => !manners.includes(rule))).toEqual([]);
  });

  it.each(['simple', 'development', 'production', 'auto', 'none'])(
    'give no warnings with preset %s alone',
    (preset) => {
      expect(validateConfig({ preset }).warnings).toEqual([]);
    },
  );
});

describe('a lint warning', () => {
  it('names the place in the operation rather than that in the defaults', () => {
    const config = {
      defaults: { retry: { maxAttempts: 5 } },
      operations: { chat: { breaker: { trip: { consecutiveFailures: 4 } } } },
    };
    expect(byRule('attempts-open-breaker', config)).toEqual([
      {
        rule: 'attempts-open-breaker',
        path: 'config.operations.chat.breaker.trip.consecutiveFailures',
        message: "lets one failing call open the breaker: 5 attempts, and it opens after 4 failures (operation 'chat')",
        value: 4,
        suggestion: 'Write 7 for breaker.trip.consecutiveFailures.',
      },
    ]);
  });

  it('names the place in the config if the preset sets the other half', () => {
    const config = { preset: 'production', defaults: { retry: { maxAttempts: 11 } } };
    const [warning] = byRule('attempts-open-breaker', config);
    expect(warning).toMatchObject({ path: `${retryAt}.maxAttempts`, value: 11 });
    expect(warning?.message).toContain('it opens after 10 failures');
    expect(byRule('attempts-open-breaker', { ...config, preset: 'none' })[0]?.message).toContain(
      'opens after 5 failures',
    );
  });

  it('names the value rather than the strategy beside it', () => {
    const chat = { strategy: 'aggressive', retry: { maxAttempts: 7 } };
    const config = { defaults: { retry: { maxAttempts: 6 } }, operations: { chat } };
    expect(byRule('short-elapsed', config)).toEqual([
      {
        rule: 'short-elapsed',
        path: 'config.operations.chat.retry.maxAttempts',
        message: "leaves too little time for 7 attempts: maxElapsedMs is 10000 (operation 'chat')",
        value: 7,
        suggestion: 'Write at least 14000 for retry.maxElapsedMs.',
      },
    ]);
  });

  it('names the strategy of the operation if that sets the value', () => {
    const config = { defaults: { retry: { maxAttempts: 6 } }, operations: { chat: { strategy: 'aggressive' } } };
    const [warning, ...others] = byRule('short-elapsed', config);
    expect([warning, others]).toMatchObject([{ path: 'config.operations.chat.strategy', value: 'aggressive' }, []]);
  });

  it('names the preset or strategy that sets the value if nothing else is written', () => {
    const hasty = { description: 'Once.', settings: { retry: { jitter: 'none' } } } as const;
    const strategies = { 'hasty-test': hasty };
    const found = { rule: 'synchronised-retries', value: 'hasty-test' };
    expect(byRule('synchronised-retries', { strategy: 'hasty-test' }, { strategies })).toMatchObject([
      { ...found, path: 'config.strategy' },
    ]);
    const preset: Preset = { ...hasty, strategy: 'aggressive', operations: {}, environments: ['production'] };
    const presets = { 'hasty-test': preset };
    expect(byRule('synchronised-retries', { preset: 'hasty-test' }, { presets })).toMatchObject([
      { ...found, path: 'config.preset' },
    ]);
    expect(byRule('aggressive-production', { preset: 'hasty-test' }, { presets })[0]?.path).toBe('config.preset');
  });

  it('is given once, however many operations it applies to', () => {
    const config = {
      defaults: { retry: { maxAttempts: 9 } },
      operations: { one: { deadlineMs: 110_000 }, other: { deadlineMs: 115_000 } },
    };
    expect(byRule('many-attempts', config)).toHaveLength(1);
  });

  it('is not repeated for an operation that sets nothing of it', () => {
    const config = { defaults: { retry: { maxAttempts: 12 } }, operations: { chat: { strategy: 'critical' } } };
    const [warning, ...others] = byRule('attempts-open-breaker', config);
    expect([warning?.path, others]).toEqual([`${retryAt}.maxAttempts`, []]);
    const many = { maxAttempts: 9, kinds: { network: { maxAttempts: 8 } } };
    expect(byRule('many-attempts', { defaults: { retry: many } }).map(({ path }) => path)).toEqual([
      `${retryAt}.maxAttempts`,
      `${retryAt}.kinds.network.maxAttempts`,
    ]);
  });

  it('is given for each operation that sets the value itself', () => {
    const own = { retry: { maxAttempts: 9 } };
    const paths = byRule('many-attempts', { operations: { one: own, other: own } }).map(({ path }) => path);
    expect(paths).toEqual(['config.operations.one.retry.maxAttempts', 'config.operations.other.retry.maxAttempts']);
  });

  it('covers the settings of a kind of failure together with those it inherits', () => {
    const retry = { jitter: 'none', maxAttempts: 2, kinds: { network: { maxAttempts: 4 } } } as const;
    const [warning] = byRule('synchronised-retries', { defaults: { retry } });
    expect(warning?.path).toBe(`${retryAt}.jitter`);
    const breaker = { trip: { consecutiveFailures: 3 } };
    const [opening] = byRule('attempts-open-breaker', { defaults: { retry, breaker } });
    expect(opening).toMatchObject({ path: `${retryAt}.kinds.network.maxAttempts`, value: 4 });
  });

  it('is not given if the stage is switched off', () => {
    const config = { operations: { chat: { retry: false } } } as const;
    expect(byRule('unbounded-retries', config)).toEqual([]);
    const off = { defaults: { retry: false, breaker: false, quota: false } } as const;
    expect(validateConfig(off)).toEqual({ valid: true, errors: [], warnings: [], suggestions: [] });
  });
});

describe('a lint hint', () => {
  it('suggests once to switch off the retries of the SDK', () => {
    const own = { retry: { maxAttempts: 5 } };
    const { suggestions } = validateConfig({ operations: { one: own, other: own } });
    expect(suggestions).toEqual([
      {
        path: 'config.operations.one.retry.maxAttempts',
        text: 'Switch off the retries of your SDK: if it also retries twice, a call makes up to 15 requests.',
      },
    ]);
    expect(validateConfig({ defaults: { retry: { maxAttempts: 3 } } }).suggestions).toEqual([]);
  });

  it('suggests a limit for attempts that may take all of the time', () => {
    const text =
      'Set attemptTimeoutMs as well, such as 10000: otherwise an attempt that hangs leaves no time for a retry.';
    const { suggestions } = validateConfig({ defaults: { deadlineMs: 30_000 } });
    expect(suggestions).toEqual([{ path: 'config.defaults.deadlineMs', text }]);
    expect(validateConfig({ defaults: { deadlineMs: 60_001 } }).suggestions).toEqual([]);
    expect(validateConfig({ defaults: { deadlineMs: 30_000, retry: false } }).suggestions).toEqual([]);
  });
});
