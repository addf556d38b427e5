import assert from 'node:assert/strict';
import fc from 'fast-check';
import { onTestFinished, test, vi } from 'vitest';
import { MAX_HINT_MS } from '../../src/classify/hint.js';
import { type ClassifyRule, classify } from '../../src/classify/index.js';
import { KINDS } from '../../src/classify/kinds.js';
import { KNOWN_ERRORS } from '../../src/classify/providers/index.js';
import type { Failure } from '../../src/pipeline/index.js';
import { runs } from '../support/seed.js';
import { junk } from './junk.js';

/** Every known code, and a few unknown ones. */
const knownCode = fc.constantFrom(
  'x',
  '',
  ...KNOWN_ERRORS.flatMap(({ codes = {}, weakCodes = {} }) => [
    ...Object.values(codes),
    ...Object.values(weakCodes),
  ]).flat(),
);

/** Texts that may contain evidence. */
const text = fc.oneof(
  knownCode,
  fc.string(),
  fc.constantFrom('try again in 20s', 'prompt is too long', '{"error":{"code":429}}', 'request too large', '{', '[]'),
);

const headers = fc.dictionary(
  fc.constantFrom('Retry-After', 'retry-after-ms', 'x-should-retry', 'date', 'x-ratelimit-reset', 'request-id'),
  fc.oneof(fc.constantFrom('5', 'true', 'false', 'Sat, 21 Nov 2026 08:00:00 GMT'), fc.string(), junk),
);

/** An error or something like one: any field may be junk, another error, or missing. */
const { error } = fc.letrec<{ error: unknown; body: unknown }>((tie) => ({
  body: fc.oneof(
    { depthSize: 'small' },
    text,
    junk,
    fc.record(
      { code: knownCode, type: knownCode, status: fc.oneof(knownCode, fc.nat(700)), message: text, error: tie('body') },
      { requiredKeys: [] },
    ),
    fc.array(tie('body'), { maxLength: 3 }),
  ),
  error: fc.oneof(
    { depthSize: 'small', maxDepth: 5 },
    junk,
    fc
      .record(
        {
          name: knownCode,
          message: text,
          code: fc.oneof(knownCode, fc.nat(700), junk),
          type: fc.oneof(knownCode, junk),
          status: fc.oneof(fc.constantFrom(200, 400, 402, 403, 413, 429, 503, '429'), junk),
          headers: fc.oneof(
            headers,
            headers.map((fields) => new Map(Object.entries(fields))),
            junk,
          ),
          error: tie('body'),
          body: tie('body'),
          cause: tie('error'),
          lastError: tie('error'),
          errors: fc.oneof(fc.array(tie('error'), { maxLength: 3 }), junk),
          retryAfterMs: fc.oneof(fc.double(), junk),
          $metadata: junk,
          response: junk,
        },
        { requiredKeys: [] },
      )
      .chain((fields) => fc.constantFrom(fields, Object.assign(new Error('x'), fields), Object.freeze(fields))),
  ),
}));

/** Rules as plain JavaScript may give them. */
const toRules = (given: unknown): readonly ClassifyRule[] => (Array.isArray(given) ? given : []);

/** Asserts what holds for every failure. */
function assertSound(failure: Failure): void {
  assert(KINDS.includes(failure.kind));
  assert(['never', 'backoff', 'after_hint'].includes(failure.retry));
  assert(['failure', 'ignored'].includes(failure.breaker));
  assert.equal(typeof failure.failover, 'boolean');
  const { retryAfterMs, hintSource, hintIsUpperBound, status, unexecuted } = failure;
  if (retryAfterMs !== undefined) assert(retryAfterMs > 0 && retryAfterMs <= MAX_HINT_MS);
  assert.equal(hintSource === undefined, retryAfterMs === undefined);
  assert(hintIsUpperBound === undefined || retryAfterMs !== undefined);
  assert(status === undefined || (Number.isInteger(status) && status >= 100 && status < 600));
  assert(unexecuted === undefined || unexecuted);
  for (const known of [failure.code, failure.provider, failure.requestId]) {
    assert(known === undefined || typeof known === 'string');
  }
}

test('classify returns a valid failure for any value', () => {
  fc.assert(
    fc.property(error, (thrown) => assertSound(classify(thrown))),
    runs(20_000),
  );
});

test('classify returns the same for the same value every time, and does not change the value', () => {
  // The wait until an instant gets shorter, so the clock is stopped.
  vi.useFakeTimers({ toFake: ['Date'], now: Date.parse('2026-11-21T08:00:00Z') });
  onTestFinished(() => void vi.useRealTimers());
  fc.assert(
    fc.property(error, (thrown) => {
      const before = fc.stringify(thrown);
      assert.deepEqual(classify(thrown), classify(thrown));
      assert.equal(fc.stringify(thrown), before);
    }),
    runs(5_000),
  );
});

test('classify with rules returns a valid failure, and the same as without rules if all of them fail', () => {
  const rule = fc.record({
    when: fc.oneof(
      fc.func(fc.oneof(fc.boolean(), junk)),
      fc.record({ code: knownCode, message: text, status: fc.nat(700) }, { requiredKeys: [] }),
      junk,
    ),
    means: fc.oneof(fc.constantFrom(...KINDS), fc.record({ kind: fc.constantFrom(...KINDS), retry: junk }), junk),
  });
  fc.assert(
    fc.property(error, fc.array(rule, { maxLength: 4 }), (thrown, given) => {
      let failed = 0;
      const rules = toRules(given);
      const failure = classify(thrown, { rules, onRuleFailed: () => (failed += 1) });
      assertSound(failure);
      assert(failed <= rules.length);
      if (failed === rules.length) assert.equal(failure.kind, classify(thrown).kind);
    }),
    runs(5_000),
  );
});
