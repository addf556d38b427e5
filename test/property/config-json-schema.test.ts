import assert from 'node:assert/strict';
import { Ajv } from 'ajv';
import fc from 'fast-check';
import { expect, test } from 'vitest';
import { configJsonSchema } from '../../src/config/json-schema.js';
import { configSchema } from '../../src/config/schema.js';
import { runs } from '../support/seed.js';
import { mutation, put, rightConfig, strangeKey } from './config-documents.js';

const validate = new Ajv({ strict: true, strictRequired: false }).compile(configJsonSchema());

/** Whether the schema takes it, but for names that nobody knows: those are free in JSON Schema. */
function taken(given: unknown): boolean {
  const { error } = configSchema.safeParse(given);
  return error === undefined || error.issues.every(isAboutName);
}

/** Whether a name is refused only because nothing has it. */
function isAboutName({ path, message }: { readonly path: readonly PropertyKey[]; readonly message: string }): boolean {
  const [field] = path.slice(-1);
  return (
    (field === 'preset' || field === 'strategy') && !path.includes('retry') && message.startsWith('must be one of ')
  );
}

/** What is left of it in a file. */
const inJson = (given: unknown): unknown =>
  JSON.parse(JSON.stringify(given, (_, value: unknown) => (typeof value === 'bigint' ? String(value) : value)));

test('the JSON Schema accepts every valid config', () => {
  fc.assert(
    fc.property(rightConfig, (given) => {
      assert(validate(inJson(given)), JSON.stringify(validate.errors));
    }),
    runs(3_000),
  );
});

test('the JSON Schema accepts a changed config exactly when the schema does', () => {
  const seen = { taken: 0, refused: 0 };
  const base = fc.oneof(fc.constant({}), rightConfig);
  const changes = fc.array(fc.oneof(mutation.ofNumber, mutation.ofOthers, strangeKey), { minLength: 1, maxLength: 2 });
  fc.assert(
    fc.property(base, changes, (config, several) => {
      const given = inJson(several.reduce(put, config));
      const expected = taken(given);
      assert.equal(validate(given), expected, JSON.stringify(validate.errors));
      seen[expected ? 'taken' : 'refused'] += 1;
    }),
    runs(8_000),
  );
  expect(seen.taken).toBeGreaterThan(500);
  expect(seen.refused).toBeGreaterThan(3_000);
});

test('the JSON Schema accepts any other JSON exactly when the schema does', () => {
  fc.assert(
    fc.property(fc.jsonValue(), (given) => assert.equal(validate(given), taken(given))),
    runs(3_000),
  );
});
