import { describe, expect, it } from 'vitest';
import { type MigrationNote, migrate } from '../../../src/migrate/index.js';
import { LEGACY_VARIABLES } from '../../../src/migrate/legacy.js';

const SIMPLE = {
  RETRY_MAX_ATTEMPTS: '3',
  CIRCUIT_BREAKER_FAILURE_THRESHOLD: '5',
  CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '60',
  DEFAULT_RESILIENCE_STRATEGY: 'balanced',
};

describe('migrate({ env }) without legacy variables', () => {
  it.each([{}, { PATH: '/bin' }, { RETRY_MAX_ATTEMPTS: undefined }, { RETRY_MAX_ATTEMPTS: ' ' }])(
    'chooses the preset simple with full confidence for %o',
    (env) => {
      expect(migrate({ env })).toMatchObject({
        config: { preset: 'simple' },
        preset: 'simple',
        confidence: 1,
        level: 'high',
        warnings: [],
        notes: [],
        differences: [],
      });
    },
  );
});

describe('migrate({ env }) with a legacy variable', () => {
  it.each([
    ['RETRY_MAX_ATTEMPTS', '4', { retry: { maxAttempts: 4 } }],
    ['CIRCUIT_BREAKER_FAILURE_THRESHOLD', '7', { breaker: { trip: { consecutiveFailures: 7 } } }],
    ['CIRCUIT_BREAKER_RECOVERY_TIMEOUT', '45', { breaker: { openMs: 45_000 } }],
    ['RETRY_MAX_DELAY', '90', { retry: { maxElapsedMs: 90_000 } }],
    ['RETRY_MAX_DELAY', '300', { deadlineMs: 300_000, retry: { maxElapsedMs: 300_000 } }],
    ['RETRY_EXPONENTIAL_MULTIPLIER', '1.5', { retry: { multiplier: 0.75 } }],
    ['RETRY_EXPONENTIAL_MIN', '4', { retry: { minDelayMs: 4_000, multiplier: 0.25 } }],
    ['RETRY_EXPONENTIAL_MIN', '.5', { retry: { minDelayMs: 500, multiplier: 2, jitterMaxMs: 2_000 } }],
    ['RETRY_EXPONENTIAL_MAX', '1.5e1', { retry: { maxDelayMs: 15_000 } }],
    ['RETRY_JITTER_MAX', '2.5', { retry: { jitterMaxMs: 2_500 } }],
    ['RETRY_JITTER_ENABLED', 'true', { retry: { jitter: 'additive' } }],
    ['RETRY_JITTER_ENABLED', '1', { retry: { jitter: 'additive' } }],
    ['RETRY_JITTER_ENABLED', 'yes', { retry: { jitter: 'additive' } }],
    ['RETRY_JITTER_ENABLED', ' ON ', { retry: { jitter: 'additive' } }],
    ['RETRY_JITTER_ENABLED', 'false', { retry: { jitter: 'none' } }],
    ['RETRY_JITTER_ENABLED', 'perhaps', { retry: { jitter: 'none' } }],
    ['CIRCUIT_BREAKER_ENABLED', 'false', { breaker: false }],
    ['RETRY_ENABLED', '0', { retry: false }],
    ['RESILIENCE_ENABLED', 'off', { retry: false, breaker: false }],
  ])('turns %s=%s into the setting that means the same', (variable, text, defaults) => {
    const { preset, config, notes } = migrate({ env: { [variable]: text } });
    // Those that can be compared choose the preset that comes nearest.
    expect(config).toEqual({ preset, defaults });
    expect(notes.map(({ option }) => option)).toEqual([variable]);
  });

  it.each(['CIRCUIT_BREAKER_ENABLED', 'RETRY_ENABLED', 'RESILIENCE_ENABLED'])(
    'changes nothing for %s=true',
    (variable) => {
      expect(migrate({ env: { [variable]: 'true' } }).config).toEqual({ preset: 'simple' });
    },
  );

  it.each([
    ['SUMMARIZE_RESILIENCE_STRATEGY', 'summarize'],
    ['SENTIMENT_RESILIENCE_STRATEGY', 'sentiment'],
    ['KEY_POINTS_RESILIENCE_STRATEGY', 'key_points'],
    ['QUESTIONS_RESILIENCE_STRATEGY', 'questions'],
    ['QA_RESILIENCE_STRATEGY', 'qa'],
  ])('turns %s into the strategy of the operation %s', (variable, operation) => {
    const { config } = migrate({ env: { ...SIMPLE, [variable]: ' Critical ' } });
    expect(config).toEqual({ preset: 'simple', operations: { [operation]: { strategy: 'critical' } } });
  });

  it('turns DEFAULT_RESILIENCE_STRATEGY into the strategy of all operations', () => {
    const { config } = migrate({ env: { ...SIMPLE, DEFAULT_RESILIENCE_STRATEGY: 'critical' } });
    expect(config.strategy).toBe('critical');
  });

  it('reads twenty variables and no other one', () => {
    const read: (string | symbol)[] = [];
    const env = new Proxy<Record<string, string>>(
      { OPENAI_API_KEY: 'sk-secret', RETRY_MAX_ATTEMPTS: '4' },
      {
        get: (all, name) => {
          read.push(name);
          return typeof name === 'string' ? all[name] : undefined;
        },
        ownKeys: () => expect.fail('the variables of the environment are listed'),
      },
    );
    expect(JSON.stringify(migrate({ env }))).not.toContain('secret');
    expect(read).toEqual(LEGACY_VARIABLES);
    expect(new Set(LEGACY_VARIABLES).size).toBe(20);
  });

  it('accepts process.env', () => {
    expect(migrate({ env: process.env }).preset).toBe('simple');
  });
});

describe('migrate({ env }) with texts that it cannot read', () => {
  it.each<readonly [string, string]>([
    ...['RETRY_MAX_ATTEMPTS', 'CIRCUIT_BREAKER_FAILURE_THRESHOLD', 'RETRY_MAX_DELAY'].flatMap((name) =>
      ['3.5', '0', '-1', 'three', '1e3', '0x10', 'NaN', '5s', '9'.repeat(400)].map((text) => [name, text] as const),
    ),
    ...['RETRY_EXPONENTIAL_MIN', 'RETRY_JITTER_MAX'].flatMap((name) =>
      ['0', '0.0', '-2', 'Infinity', 'nan', '1,5', '.', '1e999'].map((text) => [name, text] as const),
    ),
    ['DEFAULT_RESILIENCE_STRATEGY', 'turbo'],
    ['QA_RESILIENCE_STRATEGY', 'constructor'],
    ['RETRY_ENABLED', 'perhaps'],
  ])('skips %s=%s with a warning', (variable, text) => {
    const { config, confidence, level, warnings, notes } = migrate({ env: { [variable]: text } });
    expect(config).toEqual({ preset: 'simple' });
    expect([confidence, level]).toEqual([0.5, 'low']);
    expect(warnings).toEqual([expect.stringMatching(new RegExp(`^${variable} was skipped: it is no`))]);
    expect(notes).toMatchObject([{ option: variable, outcome: 'lost' }]);
  });

  it('maps the other variables if it skips one', () => {
    const { config, warnings } = migrate({ env: { ...SIMPLE, RETRY_MAX_ATTEMPTS: 'x', RETRY_MAX_DELAY: '20' } });
    expect(config).toEqual({ preset: 'simple', defaults: { retry: { maxElapsedMs: 20_000 } } });
    expect(warnings).toHaveLength(1);
  });
});

describe('migrate({ env }) on top of the preset', () => {
  it('adds nothing if the preset covers everything', () => {
    const { config, steps } = migrate({ env: SIMPLE });
    expect(config).toEqual({ preset: 'simple' });
    expect(steps).toContain('No HOLDFAST_CONFIG is needed: the preset covers everything.');
  });

  it('adds the numbers that differ, and every wait and jitter', () => {
    const { config } = migrate({
      env: {
        ...SIMPLE,
        CIRCUIT_BREAKER_FAILURE_THRESHOLD: '6',
        RETRY_MAX_DELAY: '60',
        RETRY_EXPONENTIAL_MULTIPLIER: '1.0',
        RETRY_EXPONENTIAL_MIN: '2.0',
        RETRY_EXPONENTIAL_MAX: '10.0',
        RETRY_JITTER_ENABLED: 'true',
        RETRY_JITTER_MAX: '2.0',
      },
    });
    expect(config).toEqual({
      preset: 'simple',
      defaults: {
        retry: {
          minDelayMs: 2_000,
          maxDelayMs: 10_000,
          multiplier: 0.5,
          jitter: 'additive',
          jitterMaxMs: 2_000,
          maxElapsedMs: 60_000,
        },
        breaker: { trip: { consecutiveFailures: 6 } },
      },
    });
  });

  it('omits the strategy that the preset has for an operation', () => {
    const env = {
      RETRY_MAX_ATTEMPTS: '5',
      CIRCUIT_BREAKER_FAILURE_THRESHOLD: '10',
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '120',
      DEFAULT_RESILIENCE_STRATEGY: 'conservative',
      QA_RESILIENCE_STRATEGY: 'critical',
      SENTIMENT_RESILIENCE_STRATEGY: 'aggressive',
      KEY_POINTS_RESILIENCE_STRATEGY: 'conservative',
    };
    expect(migrate({ env })).toMatchObject({
      config: { preset: 'production', operations: { key_points: { strategy: 'conservative' } } },
      confidence: 0.966667,
    });
  });

  it('repeats the numbers of the preset that a strategy would replace', () => {
    const { config } = migrate({ env: { ...SIMPLE, DEFAULT_RESILIENCE_STRATEGY: 'aggressive' } });
    expect(config).toEqual({
      preset: 'simple',
      strategy: 'aggressive',
      defaults: { retry: { maxAttempts: 3 }, breaker: { trip: { consecutiveFailures: 5 }, openMs: 60_000 } },
    });
  });

  it.each([
    [
      'a longest wait below the shortest',
      { RETRY_EXPONENTIAL_MIN: '9', RETRY_EXPONENTIAL_MAX: '3' },
      { maxDelayMs: 9_000 },
    ],
    ['less time than the shortest wait', { RETRY_EXPONENTIAL_MIN: '9', RETRY_MAX_DELAY: '3' }, { maxElapsedMs: 9_000 }],
    ['more attempts than there can be', { RETRY_MAX_ATTEMPTS: '5000' }, { maxAttempts: 1_000 }],
    ['more time than a timer can hold', { RETRY_MAX_DELAY: '99999999' }, { maxElapsedMs: 2 ** 31 - 1 }],
    ['a growth out of all proportion', { RETRY_EXPONENTIAL_MULTIPLIER: '1e300' }, { multiplier: 1_000 }],
  ])('limits %s to what the setting allows, and says so in the note', (_, env, retry) => {
    const { config, notes } = migrate({ env });
    expect(config.defaults?.retry).toMatchObject(retry);
    expect(notes.filter(({ outcome, why }) => outcome === 'changed' && why.includes('limited to'))).toHaveLength(1);
  });

  it('adds nothing for a stage that is switched off', () => {
    const env = { RETRY_ENABLED: 'no', RETRY_MAX_DELAY: '20', RETRY_JITTER_ENABLED: 'true', RETRY_MAX_ATTEMPTS: 'x' };
    const { config, notes } = migrate({ env });
    expect(config).toEqual({ preset: 'simple', defaults: { retry: false } });
    expect(outcomes(notes)).toEqual([
      ['RETRY_MAX_ATTEMPTS', 'lost'],
      ['RETRY_MAX_DELAY', 'lost'],
      ['RETRY_JITTER_ENABLED', 'lost'],
      ['RETRY_ENABLED', 'mapped'],
    ]);
  });
});

describe('migrate({ env }) with the settings of waits', () => {
  it.each([
    { RETRY_EXPONENTIAL_MULTIPLIER: '2', RETRY_EXPONENTIAL_MIN: '1', RETRY_EXPONENTIAL_MAX: '60' },
    { RETRY_EXPONENTIAL_MULTIPLIER: '0.3', RETRY_EXPONENTIAL_MIN: '4', RETRY_EXPONENTIAL_MAX: '30' },
    { RETRY_EXPONENTIAL_MULTIPLIER: '3', RETRY_EXPONENTIAL_MIN: '4' },
  ])('keeps the waits of %o in milliseconds', (env) => {
    const { retry } = migrate({ env }).config.defaults ?? {};
    if (retry === undefined || retry === false) throw new Error('the config has no retries');
    const { minDelayMs = Number.NaN, maxDelayMs = 10_000, multiplier = Number.NaN } = retry;
    const [factor, min] = [Number(env.RETRY_EXPONENTIAL_MULTIPLIER), Number(env.RETRY_EXPONENTIAL_MIN)];
    const max = Number(env.RETRY_EXPONENTIAL_MAX ?? 10);
    for (let nth = 1; nth <= 8; nth++) {
      const before = Math.max(min, Math.min(factor * 2 ** (nth - 1), max));
      const after = Math.min(Math.max(minDelayMs * multiplier * 2 ** (nth - 1), minDelayMs), maxDelayMs);
      expect(after).toBeCloseTo(before * 1_000, 6);
    }
  });
});

describe('migrate({ env }) with the preset of the old library', () => {
  const custom = (config: unknown) => ({
    RESILIENCE_PRESET: 'production',
    RESILIENCE_CUSTOM_CONFIG: JSON.stringify(config),
  });

  it.each(['simple', 'development', 'production'])(
    'turns RESILIENCE_PRESET=%s into the preset of the same name',
    (preset) => {
      expect(migrate({ env: { RESILIENCE_PRESET: ` ${preset} ` } })).toMatchObject({
        config: { preset },
        preset,
        confidence: 1,
        level: 'high',
        reasons: [`RESILIENCE_PRESET names ${preset}.`],
        warnings: [],
        notes: [{ option: 'RESILIENCE_PRESET', outcome: 'mapped', to: 'preset' }],
      });
    },
  );

  it('skips an unknown preset with a warning', () => {
    const { config, confidence, warnings, notes } = migrate({ env: { RESILIENCE_PRESET: 'turbo' } });
    expect([config, confidence]).toEqual([{ preset: 'simple' }, 0.5]);
    expect(warnings).toEqual(['RESILIENCE_PRESET was skipped: it is not one of simple, development, production.']);
    expect(notes).toMatchObject([{ option: 'RESILIENCE_PRESET', outcome: 'lost' }]);
  });

  it('turns RESILIENCE_CUSTOM_CONFIG into settings on top of the preset, with a note for each key', () => {
    const env = custom({
      retry_attempts: 4,
      circuit_breaker_threshold: 10,
      recovery_timeout: 45,
      exponential_multiplier: 1,
      exponential_min: 4,
      exponential_max: 40,
      jitter_enabled: false,
      jitter_max: 0.5,
      max_delay_seconds: 60,
      default_strategy: 'balanced',
      operation_overrides: { qa: 'balanced', summarize: 'critical' },
    });
    const { config, notes, warnings } = migrate({ env });
    expect(warnings.filter((warning) => warning.includes('skipped'))).toEqual([]);
    expect(config).toEqual({
      preset: 'production',
      strategy: 'balanced',
      defaults: {
        retry: {
          maxAttempts: 4,
          minDelayMs: 4_000,
          maxDelayMs: 40_000,
          multiplier: 0.25,
          jitter: 'none',
          jitterMaxMs: 500,
          maxElapsedMs: 60_000,
        },
        breaker: { trip: { consecutiveFailures: 10 }, openMs: 45_000 },
      },
      operations: { summarize: { strategy: 'critical' } },
    });
    expect(notes).toHaveLength(13);
    expect(notes).toContainEqual(
      expect.objectContaining({ option: 'RESILIENCE_CUSTOM_CONFIG.retry_attempts', received: '4', outcome: 'mapped' }),
    );
    expect(notes.map(({ option }) => option)).toContain('RESILIENCE_CUSTOM_CONFIG.operation_overrides.qa');
  });

  it('adds RESILIENCE_CUSTOM_CONFIG without a preset to simple, as before', () => {
    const { config, confidence } = migrate({ env: { RESILIENCE_CUSTOM_CONFIG: '{ "retry_attempts": 4 }' } });
    expect(config).toEqual({ preset: 'simple', defaults: { retry: { maxAttempts: 4 } } });
    expect(confidence).toBe(1);
  });

  it.each<[string, string]>([
    ['{ "retry_attempts": ', 'it is not a JSON object'],
    ['[4]', 'it is not a JSON object'],
    ['{}', 'it has no settings'],
    ['{ "retry_attempts": 11 }', 'retry_attempts must be a whole number from 1 to 10'],
    ['{ "retry_attempts": 4, "jitter_max": "1" }', 'jitter_max must be a number from 0.1 to 10'],
    ['{ "jitter_enabled": "yes" }', 'jitter_enabled must be true or false'],
    ['{ "default_strategy": "turbo" }', 'default_strategy must be one of aggressive'],
    ['{ "retry_attempts": 4, "retries": 4 }', 'retries is unknown'],
    ['{ "operation_overrides": { "chat": "critical" } }', 'operation_overrides.chat is unknown'],
    ['{ "operation_overrides": [] }', 'operation_overrides must be a plain object'],
    ['{ "__proto__": { "retry_attempts": 4 } }', '__proto__ is unknown'],
  ])('skips RESILIENCE_CUSTOM_CONFIG=%s as a whole, as the old library did', (text, why) => {
    const env = { RESILIENCE_PRESET: 'production', RESILIENCE_CUSTOM_CONFIG: text };
    const { config, warnings } = migrate({ env });
    expect(config).toEqual({ preset: 'production' });
    expect(warnings).toEqual([expect.stringMatching(/^RESILIENCE_CUSTOM_CONFIG was skipped: /)]);
    expect(warnings[0]).toContain(why);
  });

  it('reports the preset and the custom config as lost if another variable had taken precedence', () => {
    const { config, notes } = migrate({ env: { ...custom({ retry_attempts: 9 }), RETRY_MAX_ATTEMPTS: '3' } });
    expect(config).toEqual({ preset: 'simple' });
    expect(outcomes(notes)).toEqual([
      ['RETRY_MAX_ATTEMPTS', 'mapped'],
      ['RESILIENCE_PRESET', 'lost'],
      ['RESILIENCE_CUSTOM_CONFIG', 'lost'],
    ]);
  });

  it('combines RESILIENCE_ENABLED with the preset', () => {
    const { config } = migrate({ env: { RESILIENCE_PRESET: 'production', RESILIENCE_ENABLED: 'no' } });
    expect(config).toEqual({ preset: 'production', defaults: { retry: false, breaker: false } });
  });
});

describe('the comparison of migrate({ env }) with the old settings', () => {
  const ADDED = ['attemptTimeoutMs', 'breaker.openMaxMs', 'deadlineMs', 'quota', 'retry.budget'];
  const changesOf = (env: Record<string, string>) =>
    migrate({ env }).changes.flatMap(({ operation, setting, from, to }) =>
      operation === undefined && !ADDED.includes(setting) ? [[setting, from, to]] : [],
    );

  it('lists what changes where a variable was not set', () => {
    expect(changesOf({ RETRY_MAX_ATTEMPTS: '4' })).toEqual([
      ['breaker.openMs', 60_000, 120_000],
      ['breaker.trialLeaseMs', expect.any(Number), expect.any(Number)],
      ['breaker.trip', { consecutiveFailures: 5 }, { consecutiveFailures: 10 }],
      ['retry.jitterMaxMs', 1_000, 2_000],
      ['retry.kinds.overloaded.minDelayMs', 2_000, 4_000],
      ['retry.kinds.unknown', true, undefined],
      ['retry.maxDelayMs', 60_000, 30_000],
      ['retry.maxElapsedMs', 60_000, 100_000],
      ['retry.minDelayMs', 1_000, 2_000],
      ['retry.multiplier', 2, 0.75],
    ]);
  });

  it('lists the limits that the old library did not have', () => {
    const { changes } = migrate({ env: { RESILIENCE_PRESET: 'simple' } });
    expect(changes).toEqual(
      expect.arrayContaining([
        { setting: 'deadlineMs', from: false, to: 120_000 },
        { setting: 'attemptTimeoutMs', from: false, to: 60_000 },
        { setting: 'quota', from: false, to: true },
      ]),
    );
  });

  it.each(['simple', 'development', 'production'])('lists no number if the preset %s was named', (preset) => {
    const numbers = changesOf({ RESILIENCE_PRESET: preset }).map(([setting]) => setting);
    expect(numbers).toEqual(['breaker.trialLeaseMs', 'retry.kinds.unknown']);
  });

  it('lists no number that a variable or a custom config has set', () => {
    const set = {
      RETRY_MAX_ATTEMPTS: '3',
      CIRCUIT_BREAKER_FAILURE_THRESHOLD: '5',
      CIRCUIT_BREAKER_RECOVERY_TIMEOUT: '60',
      RETRY_MAX_DELAY: '50',
      RETRY_EXPONENTIAL_MULTIPLIER: '3',
      RETRY_EXPONENTIAL_MIN: '0.5',
      RETRY_EXPONENTIAL_MAX: '20',
      RETRY_JITTER_ENABLED: 'no',
      RETRY_JITTER_MAX: '3',
    };
    expect(changesOf(set).map(([setting]) => setting)).toEqual(['breaker.trialLeaseMs', 'retry.kinds.unknown']);
    const custom = { RESILIENCE_CUSTOM_CONFIG: '{ "retry_attempts": 5, "exponential_min": 2 }' };
    expect(changesOf(custom).map(([setting]) => setting)).toEqual(['breaker.trialLeaseMs', 'retry.kinds.unknown']);
  });

  it('leaves jitter as long as it was when a wait is shorter, by writing it out', () => {
    const custom = { RESILIENCE_CUSTOM_CONFIG: '{ "exponential_min": 1 }' };
    expect(changesOf(custom).map(([setting]) => setting)).not.toContain('retry.jitterMaxMs');
    expect(migrate({ env: custom }).config.defaults?.retry).toMatchObject({ minDelayMs: 1_000, jitterMaxMs: 2_000 });
    const given = { RESILIENCE_CUSTOM_CONFIG: '{ "exponential_min": 1, "jitter_max": 0.5 }' };
    expect(migrate({ env: given }).config.defaults?.retry).toMatchObject({ minDelayMs: 1_000, jitterMaxMs: 500 });
  });

  it('lists an operation whose strategy changes its numbers', () => {
    const { changes } = migrate({ env: { RESILIENCE_PRESET: 'production' } });
    expect(changes).toContainEqual({ operation: 'qa', setting: 'retry.maxAttempts', from: 5, to: 7 });
  });

  it('takes a text that could not be read for the default, as the old library did', () => {
    expect(changesOf({ RETRY_MAX_ATTEMPTS: 'x' })).toEqual(changesOf({ RETRY_MAX_DELAY: 'x' }));
  });
});

describe('migrate({ env }) with risky values', () => {
  it.each<[string, Record<string, string>, RegExp[]]>([
    [
      'more than seven attempts',
      { RETRY_MAX_ATTEMPTS: '8', CIRCUIT_BREAKER_FAILURE_THRESHOLD: '8' },
      [/^config\.defaults\.retry\.maxAttempts .*\b8\b/],
    ],
    ['seven attempts', { RETRY_MAX_ATTEMPTS: '7', CIRCUIT_BREAKER_FAILURE_THRESHOLD: '7' }, []],
    [
      'a breaker that opens after two',
      { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '2' },
      [/^config\.defaults\.breaker\.trip\.consecutiveFailures /],
    ],
    ['a breaker that opens after three', { CIRCUIT_BREAKER_FAILURE_THRESHOLD: '3' }, []],
    [
      'more attempts than failures that open the breaker',
      { RETRY_MAX_ATTEMPTS: '4', CIRCUIT_BREAKER_FAILURE_THRESHOLD: '3' },
      [/^config\.defaults\.retry\.maxAttempts .*\b4\b.*\b3\b/],
    ],
    ['strategy aggressive', { DEFAULT_RESILIENCE_STRATEGY: 'aggressive' }, [/strategy is aggressive/]],
    ['strategy balanced', { DEFAULT_RESILIENCE_STRATEGY: 'balanced' }, []],
    ['many attempts that are switched off', { RETRY_MAX_ATTEMPTS: '9', RETRY_ENABLED: 'false' }, []],
  ])('given %s warns once of each risk, and of nothing else', (_, env, patterns) => {
    const { warnings } = migrate({ env });
    expect(warnings).toEqual(patterns.map((pattern) => expect.stringMatching(pattern)));
  });
});

describe('the steps of migrate({ env })', () => {
  it('are six, from setting the preset to tuning', () => {
    const { steps } = migrate({ env: { ...SIMPLE, RETRY_MAX_ATTEMPTS: '4' } });
    expect(steps.map((step) => step.split(/[ :=,]/)[0])).toEqual(['Set', 'Remove', 'Set', 'Test', 'Watch', 'Tune']);
    expect(steps[0]).toBe('Set HOLDFAST_PRESET=simple.');
    for (const variable of Object.keys(SIMPLE)) expect(steps[1]).toContain(variable);
    expect(steps[2]).toContain('{"defaults":{"retry":{"maxAttempts":4}}}');
  });
});

function outcomes(notes: readonly MigrationNote[]): (readonly [string, string])[] {
  return notes.map(({ option, outcome }) => [option, outcome] as const);
}
