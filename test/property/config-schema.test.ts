import assert from 'node:assert/strict';
import fc from 'fast-check';
import { configSchema } from 'holdfast/config/schema';
import { expect, test } from 'vitest';
import { parseDocument } from '../../src/config/parse-document.js';
import { ConfigurationError } from '../../src/errors/index.js';
import { runs } from '../support/seed.js';
import { mutation, put, rightConfig, strangeKey } from './config-documents.js';
import { junk } from './junk.js';

interface Found {
  readonly path: string;
  readonly message: string;
}

const issue = (path: readonly PropertyKey[], message: string): Found => ({ path: path.map(String).join('.'), message });

/** The issues that `createResilience` has with a config. */
function refused(given: unknown): readonly Found[] {
  try {
    Reflect.apply(parseDocument, undefined, ['config', given]);
    return [];
  } catch (error) {
    assert(error instanceof ConfigurationError, String(error));
    return error.issues.map(({ path, message }) => issue([path], message));
  }
}

function refusedBySchema(given: unknown): readonly Found[] {
  const { error } = configSchema.safeParse(given);
  return (error?.issues ?? []).map(({ path, message }) => issue(['config', ...path], message));
}

/** A path without the quotes of unusual keys, which a path of zod does not need. */
const plain = ({ path, message }: Found): string => `${path.replace(/\["(.*?)"\]/g, '.$1')}: ${message}`;
const isPlain = ({ path }: Found): boolean => !/\\|…/.test(path);

const base = fc.oneof(fc.constant({}), rightConfig);
const changes = fc.array(fc.oneof(mutation.ofNumber, mutation.ofOthers, strangeKey), { minLength: 1, maxLength: 4 });

test.each<[string, fc.Arbitrary<unknown>]>([
  ['a valid config', rightConfig],
  ['a config with up to four values changed', fc.tuple(base, changes).map(([config, all]) => all.reduce(put, config))],
  ['anything else', fc.oneof(fc.jsonValue(), junk)],
])('configSchema has the same issues with %s as createResilience, in the same words', (_, configs) => {
  let valid = 0;
  fc.assert(
    fc.property(configs, (given) => {
      const expected = refused(given);
      const found = refusedBySchema(given);
      assert.equal(found.length, expected.length);
      if (expected.every(isPlain)) assert.deepEqual(found.map(plain).sort(), expected.map(plain).sort());
      valid += expected.length === 0 ? 1 : 0;
    }),
    runs(4_000),
  );
  expect(valid).toBeLessThanOrEqual(4_000);
});
