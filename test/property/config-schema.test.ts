import assert from 'node:assert/strict';
import fc from 'fast-check';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { checkedDocument } from '../../src/config/checked-document.js';
import { configJsonSchema } from '../../src/config/schema/json-schema.js';
import { configSchema } from '../../src/config/schema/schema.js';
import type { JsonSchema } from '../../src/config/schema/worded.js';
import { ConfigurationError } from '../../src/errors/index.js';
import { schemaPaths, sorted } from '../support/schema-paths.js';
import { runs } from '../support/seed.js';
import { mutation, NUMBERS, put, rightConfig, strangeKey } from './config-documents.js';
import { junk } from './junk.js';

const { stackTraceLimit } = Error;

/** A stack for each of a hundred thousand errors takes longer than the rest. */
beforeEach(() => {
  Error.stackTraceLimit = 0;
});

afterEach(() => {
  Error.stackTraceLimit = stackTraceLimit;
});

/** What `createResilience` refuses of a config: its paths; none when it takes it. */
function refused(given: unknown): string[] {
  try {
    Reflect.apply(checkedDocument, undefined, ['config', given]);
    return [];
  } catch (error) {
    assert(error instanceof ConfigurationError, String(error));
    return sorted(error.issues.map(({ path }) => path));
  }
}

function refusedBySchema(given: unknown): string[] {
  const { error } = configSchema.safeParse(given);
  return error === undefined ? [] : schemaPaths(error);
}

/** How many of the configs were taken and refused: a test that only sees one of them proves little. */
function compare(configs: fc.Arbitrary<unknown>, numRuns: number): { taken: number; refused: number } {
  const seen = { taken: 0, refused: 0 };
  fc.assert(
    fc.property(configs, (given) => {
      const expected = refused(given);
      assert.deepEqual(refusedBySchema(given), expected);
      seen[expected.length === 0 ? 'taken' : 'refused'] += 1;
    }),
    runs(numRuns),
  );
  return seen;
}

/** What is changed: half of the time nothing but what is put into it, which is quicker. */
const base = fc.oneof(fc.constant({}), rightConfig);
const several = fc.tuple(
  base,
  fc.array(fc.oneof(mutation.ofNumber, mutation.ofOthers, strangeKey), { minLength: 2, maxLength: 4 }),
);

/** Where a part of the schema stands in a config. */
const PLACES: Readonly<Record<string, string>> = {
  settings: 'defaults',
  operation: 'operations.chat',
  retry: 'defaults.retry',
  kinds: 'defaults.retry.kinds',
  kind: 'defaults.retry.kinds.network',
  budget: 'defaults.retry.budget',
  quota: 'defaults.quota',
  breaker: 'defaults.breaker',
  trip: 'defaults.breaker.trip',
};

/** Every field by its path in a config. */
function fieldsOf({ properties = {}, definitions = {} }: JsonSchema): [path: string, field: JsonSchema][] {
  const parts = Object.entries(definitions).flatMap(([part, schema]) =>
    isWhole(schema)
      ? Object.entries(schema.properties ?? {}).map(([name, field]) => [`${PLACES[part]}.${name}`, field] as const)
      : [],
  );
  return [...Object.entries(properties), ...parts].flatMap(([path, field]) => (isWhole(field) ? [[path, field]] : []));
}

function isWhole(schema: JsonSchema | boolean | undefined): schema is JsonSchema {
  return typeof schema === 'object';
}

/** A value that a field takes. */
function example(field: JsonSchema): unknown {
  if (field.default !== undefined) return field.default;
  const option = field.anyOf?.find(isWhole) ?? field;
  const { const: only, enum: words, maximum, type } = option;
  return only ?? (Array.isArray(words) ? words[0] : undefined) ?? maximum ?? (type === 'string' ? 'x' : {});
}

test('the check knows every field of the schema', () => {
  const fields = fieldsOf(configJsonSchema());
  expect(fields.length).toBeGreaterThan(60);
  const trip = { defaults: { breaker: { trip: { consecutiveFailures: 1, slowCallMs: 1 } } } };
  const unknown = fields.filter(([path, field]) => {
    const base = path.startsWith(`${PLACES['trip']}.`) ? trip : {};
    return refused(put(base, { path: path.split('.'), value: example(field) })).length > 0;
  });
  expect(unknown).toEqual([]);
});

test('every number of the schema is among those that are changed', () => {
  const numbers = fieldsOf(configJsonSchema()).filter(([path, { anyOf = [], ...field }]) => {
    const options = [field, ...anyOf.filter(isWhole)];
    return path.startsWith('defaults.') && options.some((option) => option['maximum'] !== undefined);
  });
  expect(numbers.map(([path]) => path.slice('defaults.'.length)).sort()).toEqual(NUMBERS.map(([path]) => path).sort());
});

test('the schema takes every config that is right', () => {
  expect(compare(rightConfig, 15_000)).toEqual({ taken: 15_000, refused: 0 });
});

test.each([
  ['number', mutation.ofNumber],
  ['other value', mutation.ofOthers],
])('of a config with one %s changed, the schema takes what the check takes, and names the same path', (_, changed) => {
  const seen = compare(
    fc.tuple(base, changed).map(([config, change]) => put(config, change)),
    20_000,
  );
  expect(seen.taken).toBeGreaterThan(1_000);
  expect(seen.refused).toBeGreaterThan(10_000);
});

test('of a config with a key that may not belong there, it names the same path', () => {
  const seen = compare(
    fc.tuple(base, strangeKey).map(([config, change]) => put(config, change)),
    20_000,
  );
  expect(seen.taken).toBeGreaterThan(100);
  expect(seen.refused).toBeGreaterThan(10_000);
});

test('of a config with several mistakes, it names the same paths', () => {
  const seen = compare(
    several.map(([config, changes]) => changes.reduce(put, config)),
    15_000,
  );
  expect(seen.refused).toBeGreaterThan(10_000);
});

test('of whatever else, it takes what the check takes', () => {
  const seen = compare(fc.oneof(fc.jsonValue(), fc.json().map(parsed), junk), 10_000);
  expect(seen.refused).toBeGreaterThan(8_000);
});

function parsed(text: string): unknown {
  return JSON.parse(text);
}
