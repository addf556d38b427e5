import assert from 'node:assert/strict';
import { parseEnv } from 'node:util';
import fc from 'fast-check';
import { test } from 'vitest';
import { Configuration } from '../../src/config/configuration.js';
import { buildEffectiveConfig } from '../../src/config/effective-config.js';
import { parseConfig } from '../../src/config/load/parse.js';
import { readConfigFromEnv } from '../../src/config/load/variables.js';
import { parseDocument } from '../../src/config/parse-document.js';
import { ConfigurationError } from '../../src/errors/index.js';
import { type Migration, migrate } from '../../src/migrate/index.js';
import { LEGACY_VARIABLES } from '../../src/migrate/legacy.js';
import { isDefault, OPOSSUM_LOST } from '../../src/migrate/opossum.js';
import { runs } from '../support/seed.js';
import { junk, nearly } from './junk.js';

/** Every amount that may be written, however far off. */
const amount = fc.oneof(
  fc.constantFrom(0, 0.001, 0.5, 1, 2, 3, 7, 1_000, 60_000, 2 ** 31, 1e12, Number.MAX_VALUE, Number.MIN_VALUE),
  fc.double({ min: 0, noNaN: true, noDefaultInfinity: true }),
  fc.integer({ min: 0, max: 100_000 }),
);
const unbounded = fc.oneof(amount, fc.constant(Infinity));
const some = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<object> =>
  fc.record(fields, { requiredKeys: [] });

const word = fc.constantFrom(
  'aggressive',
  'balanced',
  'conservative',
  'critical',
  'turbo',
  'true',
  'false',
  'on',
  'no',
  '',
);
const text = fc.oneof(word, amount.map(String), fc.string({ unit: 'binary' }));
const custom = some({
  retry_attempts: fc.integer({ min: 1, max: 10 }),
  circuit_breaker_threshold: fc.integer({ min: 1, max: 20 }),
  recovery_timeout: fc.integer({ min: 10, max: 300 }),
  default_strategy: fc.constantFrom('aggressive', 'balanced', 'conservative', 'critical'),
  max_delay_seconds: fc.integer({ min: 5, max: 600 }),
  exponential_multiplier: fc.double({ min: 0.1, max: 5, noNaN: true }),
  exponential_min: fc.double({ min: 0.5, max: 10, noNaN: true }),
  exponential_max: fc.double({ min: 5, max: 120, noNaN: true }),
  jitter_enabled: fc.boolean(),
  operation_overrides: some({ qa: fc.constantFrom('balanced', 'critical'), key_points: fc.constant('conservative') }),
});
const ofPreset: fc.Arbitrary<Record<string, string>> = fc.record({
  RESILIENCE_PRESET: fc.oneof(fc.constantFrom('simple', 'development', 'production'), text),
  RESILIENCE_CUSTOM_CONFIG: fc.oneof(
    custom.map((config) => JSON.stringify(config)),
    fc.json(),
    text,
  ),
  RESILIENCE_ENABLED: word,
});
const env = fc.oneof(
  fc.dictionary(fc.constantFrom(...LEGACY_VARIABLES, 'PATH'), fc.oneof(word, amount.map(String), text), {
    maxKeys: 21,
  }),
  ofPreset,
);

const opossum = some({
  timeout: fc.oneof(amount, fc.constant(false)),
  errorThresholdPercentage: fc.oneof(fc.double({ min: 0, max: 100, noNaN: true }), fc.integer({ min: 0, max: 100 })),
  volumeThreshold: amount,
  rollingCountTimeout: amount,
  resetTimeout: amount,
  enabled: fc.boolean(),
  name: fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.constantFrom('chat', 'qa', '__proto__', 'constructor', 'summarize_text'),
  ),
  ...Object.fromEntries(Object.keys(OPOSSUM_LOST).map((option) => [option, junk])),
});

const pRetry = some({
  retries: unbounded,
  factor: amount,
  minTimeout: amount,
  maxTimeout: unbounded,
  randomize: fc.boolean(),
  maxRetryTime: unbounded,
  signal: junk,
  shouldRetry: junk,
});

const positive = amount.filter((value) => value > 0);
const share = fc.double({ min: 0, max: 1, minExcluded: true, noNaN: true });
const backoff = fc.oneof(
  amount,
  fc.array(amount, { minLength: 1, maxLength: 10 }),
  some({
    initialDelay: amount,
    maxDelay: unbounded,
    exponent: positive,
    generator: fc.constantFrom(
      'noJitterGenerator',
      'fullJitterGenerator',
      'halfJitterGenerator',
      'decorrelatedJitterGenerator',
    ),
  }),
  fc.constant(() => 5),
);
const breaker = fc.oneof(
  positive,
  fc.record({ threshold: positive }),
  fc.record({ threshold: share, duration: positive, minimumRps: amount }, { requiredKeys: ['threshold', 'duration'] }),
  fc.record({ threshold: share, size: fc.integer({ min: 1, max: 1e9 }) }),
);
const cockatiel = fc
  .tuple(
    some({
      retry: some({ maxAttempts: unbounded, backoff }),
      breaker: fc.record({ breaker, halfOpenAfter: backoff }),
      timeout: amount,
      bulkhead: junk,
    }),
    fc.constant({ fallback: 'none' }),
  )
  .map(([options, fallback]) => ({ ...options, ...fallback }));

const from = fc.oneof(
  env.map((given) => ({ env: given })),
  opossum.map((given) => ({ opossum: given })),
  cockatiel.map((given) => ({ cockatiel: given })),
  pRetry.map((given) => ({ pRetry: given })),
);

test('migrate() turns every valid source into a valid config and accounts for each option', () => {
  fc.assert(
    fc.property(from, (given) => {
      const migration = migrated(given);
      checkResult(migration);
      const [options] = Object.values(given);
      const noted = new Set(migration.notes.map(({ option }) => option.split('.')[0]));
      for (const [option, value] of Object.entries(options ?? {})) {
        const counts = value !== undefined && option !== 'PATH' && !(typeof value === 'string' && value.trim() === '');
        const isFromOpossum =
          'opossum' in given && isDefault(option, value, Reflect.get(given.opossum, 'timeout') ?? 10_000);
        // The notes on cockatiel name the options within a policy.
        if (counts && !isFromOpossum && !('cockatiel' in given))
          assert(noted.has(option), `${option} is not accounted for`);
      }
    }),
    runs(1_000),
  );
});

test('migrate() lists differences and changes that match its config', () => {
  fc.assert(
    fc.property(from, (given) => {
      const { config, preset, differences, changes } = migrated(given);
      const [alone, whole] = [Configuration.single({ preset }), Configuration.single(config)];
      for (const { operation, setting, from: before, to } of [...differences, ...changes]) {
        const after = buildEffectiveConfig(whole, operation).settings[setting]?.value;
        assert.notDeepEqual(before, to);
        // A stage that is on has settings instead of a value of its own.
        if (to !== true) assert.deepEqual(after, to);
      }
      for (const { operation, setting, from: before } of differences) {
        if (before !== true) assert.deepEqual(buildEffectiveConfig(alone, operation).settings[setting]?.value, before);
      }
      assert('env' in given || changes.length === 0);
    }),
    runs(500),
  );
});

test('migrate() writes scripts and a file that holdfast accepts, with the values of its config or a warning', () => {
  let written = 0;
  let limited = 0;
  fc.assert(
    fc.property(from, (given) => {
      const { config, scripts, warnings } = migrated(given);
      const file = parseConfig(scripts.json, 'json', 'holdfast.json');
      assert.deepEqual(readConfigFromEnv(parseEnv(scripts.env)), file);
      if (warnings.some((each) => each.includes('in the scripts'))) limited++;
      else assert.deepEqual(file, config);
      for (const line of scripts.env.split('\n').filter((each) => each.startsWith('HOLDFAST_'))) {
        assert(scripts.bash.includes(`export ${line}`));
        assert(scripts.docker.includes(`ENV ${line}`));
      }
      if (/"\d+(?:\.\d+)?ms"/.test(scripts.json)) written++;
    }),
    runs(1_000),
  );
  // Some of the configs have durations that a file would take for seconds.
  assert(written > 20, String(written));
  // Some say less than their config, and not all.
  assert(limited > 20 && limited < 900, String(limited));
});

test('migrate() gives the same result for the same input and leaves it alone', () => {
  fc.assert(
    fc.property(env, pRetry, (variables, { ...options }) => {
      const before = { ...variables };
      assert.deepEqual(migrate({ env: variables }), migrate({ env: { SECRET: 'x', ...variables } }));
      assert.deepEqual({ ...variables }, before);
      assert.deepEqual(migrated({ pRetry: Object.freeze(options) }), migrated({ pRetry: options }));
    }),
    runs(300),
  );
});

test('migrate() returns a result or throws a ConfigurationError for any input', () => {
  const loose = (fields: readonly string[]) =>
    nearly(some(Object.fromEntries(fields.map((field) => [field, nearly(fc.oneof(amount, backoff, breaker))]))));
  const wild = fc.oneof(
    junk,
    some({ env: nearly(fc.dictionary(fc.constantFrom(...LEGACY_VARIABLES), nearly(text))) }),
    some({ opossum: nearly(opossum), more: junk }),
    some({ pRetry: loose(['retries', 'factor', 'minTimeout', 'maxTimeout', 'maxRetryTime', 'other']) }),
    some({
      cockatiel: nearly(
        some({
          retry: loose(['maxAttempts', 'backoff']),
          breaker: loose(['breaker', 'halfOpenAfter']),
          timeout: loose(['duration', 'strategy']),
          bulkhead: junk,
        }),
      ),
    }),
    fc
      .tuple(fc.constantFrom('env', 'opossum', 'cockatiel', 'pRetry'), junk)
      .map(([source, given]) => ({ [source]: given })),
  );
  fc.assert(
    fc.property(wild, (given) => {
      let migration: Migration;
      try {
        migration = migrated(given);
      } catch (error) {
        assert(error instanceof ConfigurationError, String(error));
        // The input is wrong, never what migrate() made of it.
        assert(error.issues.length > 0 && error.issues.every(({ path }) => path.startsWith('from')), String(error));
        return;
      }
      checkResult(migration);
    }),
    runs(5_000),
  );
});

function migrated(given: unknown): Migration {
  return Reflect.apply(migrate, undefined, [given]);
}

/** The config is valid, by itself and as JSON; no number is out of bounds. */
function checkResult({ config, preset, confidence, level, notes, steps }: Migration): void {
  assert.deepEqual(JSON.parse(JSON.stringify(config)), config);
  assert.deepEqual(JSON.parse(JSON.stringify(parseDocument('config', config))), config);
  Configuration.single(config);
  assert.equal(config.preset, preset);
  assert(confidence >= 0 && confidence <= 1);
  assert.equal(level, confidence >= 0.9 ? 'high' : confidence >= 0.7 ? 'medium' : 'low');
  for (const { outcome, to } of notes) assert.equal(to === undefined, outcome === 'lost');
  assert.equal(steps.length, 6);
}
