import assert from 'node:assert/strict';
import fc from 'fast-check';
import { ConfigurationError, createResilience } from 'holdfast';
import { test } from 'vitest';
import { createCatalog } from '../../src/config/presets/catalog.js';
import { suggestTemplate } from '../../src/config/templates/suggest.js';
import { validateTemplate } from '../../src/config/templates/validate-template.js';
import { type ValidationResult, validateConfig, validatePreset } from '../../src/config/validation/index.js';
import { NOWHERE } from '../support/configs.js';
import { runs } from '../support/seed.js';
import { junk, nearly, resilienceOptions } from './junk.js';

/** The longest that validation may take. */
const LONGEST_MS = 50;
/** Repeated, since a busy machine can be slow once. */
const TRIES = 5;

const WORDS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'defaults',
  'operations',
  'retry',
  'breaker',
  'trip',
];
const word = fc.oneof(fc.constantFrom(...WORDS, 'preset', 'strategy', 'alias', 'kinds', 'openMs'), fc.string());
const leaf = fc.oneof(fc.integer(), fc.double(), fc.boolean(), fc.constant(null), word);

/** Any JSON, with some meaningful names. It is parsed, so that `__proto__` is a key like others. */
const json: fc.Arbitrary<unknown> = fc
  .letrec<{ text: string; object: string; list: string }>((tie) => ({
    text: fc.oneof({ depthSize: 'small', withCrossShrink: true }, leaf.map(asText), tie('object'), tie('list')),
    object: fc
      .array(fc.tuple(word, tie('text')), { maxLength: 6 })
      .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(',')}}`),
    list: fc.array(tie('text'), { maxLength: 4 }).map((values) => `[${values.join(',')}]`),
  }))
  .text.map((text): unknown => JSON.parse(text));

function asText(value: unknown): string {
  return JSON.stringify(Number.isFinite(value) || typeof value !== 'number' ? value : null);
}

/** Values that are nearly a config. */
const nearlyConfig = resilienceOptions.map((options): unknown =>
  typeof options === 'object' && options !== null && 'config' in options ? options.config : options,
);

/** Prototypes that validation must not change. */
const INHERITED = [Object.prototype, Array.prototype, Function.prototype, Map.prototype];
const names = () => INHERITED.map((prototype) => Reflect.ownKeys(prototype).length).join();

function assertSound(result: ValidationResult, root: string): void {
  assert.equal(result.valid, result.errors.length === 0);
  for (const { path, message, received } of result.errors) {
    assert(path.startsWith(root) && message !== '' && received !== '', path);
  }
  for (const { path, message, rule } of result.warnings) {
    assert(path.startsWith(`${root}.`) && message !== '' && rule !== '', path);
    assert(!/undefined|NaN|Infinity|\[object/.test(message.replaceAll(/'.*'/gs, '')), message);
  }
  for (const { path, text } of result.suggestions) assert(path.startsWith(root) && text !== '', path);
  const places = result.warnings.map(({ rule, path }) => `${rule} ${path}`);
  assert.equal(new Set(places).size, places.length, 'gives a warning twice');
}

test('validateConfig returns within 50 ms for any JSON, and leaves no trace', () => {
  const before = names();
  let slowestMs = 0;
  fc.assert(
    fc.property(fc.oneof({ weight: 9, arbitrary: json }, { weight: 1, arbitrary: nearlyConfig }), (value) => {
      const beganMs = performance.now();
      const result = validateConfig(value);
      const tookMs = performance.now() - beganMs;
      slowestMs = Math.max(slowestMs, tookMs > LONGEST_MS ? shortestMs(value) : tookMs);
      assert.equal(typeof result.valid, 'boolean');
      assert.equal(names(), before);
    }),
    runs(50_000),
  );
  assert(slowestMs <= LONGEST_MS, `took ${slowestMs} ms`);
  assert.equal(names(), before);
});

function shortestMs(value: unknown): number {
  const tries = Array.from({ length: TRIES }, () => {
    const beganMs = performance.now();
    validateConfig(value);
    return performance.now() - beganMs;
  });
  return Math.min(...tries);
}

test('validateConfig and validatePreset return a sound result for any value', () => {
  fc.assert(
    fc.property(fc.oneof(json, junk, nearlyConfig), (value) => {
      assertSound(validateConfig(value), 'config');
      assertSound(validatePreset(value), 'preset');
    }),
    runs(10_000),
  );
});

test('validateConfig returns the same plain data for the same config', () => {
  fc.assert(
    fc.property(nearlyConfig, (value) => {
      const result = validateConfig(value);
      assert.deepEqual(validateConfig(value), result);
      assert.deepEqual(structuredClone(result), result);
    }),
    runs(3_000),
  );
});

test('validateConfig calls a config valid if and only if createResilience accepts it', () => {
  fc.assert(
    fc.property(fc.oneof(nearlyConfig, json), (config) => {
      fc.pre(config !== undefined);
      let taken = true;
      try {
        Reflect.apply(createResilience, undefined, [{ config, environment: NOWHERE }]);
      } catch (error) {
        assert(error instanceof ConfigurationError);
        taken = false;
      }
      assert.equal(validateConfig(config).valid, taken);
    }),
    runs(10_000),
  );
});

const preset = fc.record(
  {
    name: nearly(fc.string({ minLength: 1, maxLength: 60 })),
    description: nearly(fc.string({ minLength: 1, maxLength: 210 })),
    strategy: nearly(fc.constantFrom('aggressive', 'balanced', 'conservative', 'critical')),
    settings: nearlyConfig.map((config): unknown =>
      typeof config === 'object' && config !== null && 'defaults' in config ? config.defaults : {},
    ),
    operations: nearlyConfig.map((config): unknown =>
      typeof config === 'object' && config !== null && 'operations' in config ? config.operations : {},
    ),
    environments: nearly(fc.subarray(['development', 'testing', 'staging', 'production'], { minLength: 1 })),
  },
  { noNullPrototype: true },
);

test('validatePreset calls only presets valid that createResilience accepts', () => {
  let valid = 0;
  fc.assert(
    fc.property(preset, ({ name, ...others }) => {
      let isTaken = true;
      try {
        Reflect.apply(createCatalog, undefined, [{ presets: { [typeof name === 'string' ? name : '']: others } }]);
      } catch (error) {
        assert(error instanceof ConfigurationError);
        isTaken = false;
      }
      if (!validatePreset({ name, ...others }).valid) return;
      valid += 1;
      assert(isTaken);
      assert(typeof name === 'string');
      Reflect.apply(createResilience, undefined, [{ environment: NOWHERE, preset: name, presets: { [name]: others } }]);
    }),
    runs(5_000),
  );
  assert(valid > 100, `${valid} valid ones show nothing`);
});

test('validateTemplate agrees with validateConfig about the merged config, and suggestTemplate accepts any config', () => {
  const template = fc.constantFrom('fast_development', 'low_latency', 'maximum_reliability');
  fc.assert(
    fc.property(template, nearlyConfig, (name, overrides) => {
      const { config, ...result }: ReturnType<typeof validateTemplate> = Reflect.apply(validateTemplate, undefined, [
        name,
        overrides,
      ]);
      assertSound(result, 'config');
      if (config !== undefined) assert.deepEqual(validateConfig(config), result);
      else assert(!result.valid);
      const suggested = suggestionFor(overrides);
      assert(suggested === undefined || (suggested.score >= 0 && suggested.score <= 8), String(suggested?.score));
      assert(suggested === undefined || (suggested.confidence >= 0 && suggested.confidence <= 1));
    }),
    runs(5_000),
  );
});

function suggestionFor(values: unknown): ReturnType<typeof suggestTemplate> | undefined {
  try {
    return Reflect.apply(suggestTemplate, undefined, [values]);
  } catch (error) {
    assert(error instanceof ConfigurationError, String(error));
    return undefined;
  }
}
