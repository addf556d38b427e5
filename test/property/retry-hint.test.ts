import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { MAX_HINT_MS, readHint } from '../../src/classify/hint.js';
import { ResponseHeaders } from '../../src/classify/response.js';
import { runs } from '../support/seed.js';

const NOW = Date.parse('2026-11-21T08:00:00Z');
const HEADERS = [
  'retry-after-ms',
  'x-ms-retry-after-ms',
  'retry-after',
  'x-amz-retry-after',
  'anthropic-ratelimit-unified-reset',
  'anthropic-ratelimit-tokens-reset',
  'x-ratelimit-reset-requests',
  'x-ratelimit-reset-tokens',
  'x-ratelimit-reset',
];

const MORE_HEADERS = [
  'date',
  'x-request-id',
  'anthropic-ratelimit-unified-status',
  'anthropic-ratelimit-tokens-remaining',
  'anthropic-ratelimit-requests-remaining',
  'anthropic-ratelimit-requests-reset',
  'x-ratelimit-remaining-requests',
  'x-ratelimit-remaining-tokens',
];

/** Texts made of parts of hints, so that some are nearly valid. */
const pieces = fc
  .array(
    fc.oneof(
      fc.constantFrom('s', 'ms', 'm', 'h', '.', '-', '+', ':', ',', ' ', 'e', 'T', 'Z', 'GMT', 'Nov', 'Sat,', 'NaN'),
      fc.constantFrom('try again in ', 'Please retry in ', 'retry after ', ' seconds', 'µs', '\n', '\u0000', '٣'),
      fc.nat(10_000).map(String),
      fc.double().map(String),
    ),
    { maxLength: 8 },
  )
  .map((parts) => parts.join(''));
const anyText = fc.oneof(
  pieces,
  fc.string({ unit: 'binary' }),
  fc.date().map((date) => date.toUTCString()),
  fc.date({ noInvalidDate: true }).map((date) => date.toISOString()),
);

function assertBelievable(text: string, header: string, date: string | undefined): void {
  const fields: Readonly<Record<string, string | undefined>> = {
    [header]: text,
    date,
    'anthropic-ratelimit-tokens-remaining': '0',
  };
  const places = { headers: new ResponseHeaders(fields), retryDelay: text, texts: [text], limited: true };
  const hint = readHint(places, () => NOW);
  if (hint !== undefined) assert(hint.ms > 0 && hint.ms <= MAX_HINT_MS, `${text} gives ${hint.ms} ms`);
}

test('readHint never returns a hint that is negative, not a number, or longer than a year', () => {
  fc.assert(
    fc.property(anyText, fc.constantFrom(...HEADERS), fc.option(anyText, { nil: undefined }), assertBelievable),
    runs(100_000),
  );
});

test('readHint reads seconds, milliseconds, dates and durations exactly', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: MAX_HINT_MS / 1_000 }), (seconds) => {
      const readMs = (header: string, text: string) =>
        readHint({ headers: new ResponseHeaders({ [header]: text }), limited: true }, () => NOW)?.ms;
      const instant = new Date(NOW + seconds * 1_000);
      assert.equal(readMs('retry-after', String(seconds)), seconds * 1_000);
      assert.equal(readMs('retry-after-ms', String(seconds)), seconds);
      assert.equal(readMs('retry-after', instant.toUTCString()), seconds * 1_000);
      assert.equal(readMs('x-ratelimit-reset', instant.toISOString()), seconds * 1_000);
      assert.equal(readMs('x-ratelimit-reset', String(instant.getTime())), seconds * 1_000);
      assert.equal(readMs('x-ratelimit-reset-tokens', formatGoDuration(seconds)), seconds * 1_000);
    }),
    runs(10_000),
  );
});

/** Headers that can only be read by `get`, such as those of another copy of undici. */
class Foreign {
  readonly #fields: Headers;

  constructor(fields: Headers) {
    this.#fields = fields;
  }

  get(name: string): string | null {
    return this.#fields.get(name);
  }
}

/** Headers of a framework that overrides `get`. */
function overrideGet(fields: Headers): Headers {
  return Object.assign(new Headers(), { get: (name: string) => fields.get(name) });
}

test('readHint returns the same for native headers, foreign headers, Maps and plain objects', () => {
  const value = fc.oneof(
    fc.constantFrom('0', '1', '7', '5s', '15ms', '6m0s', 'allowed', '-1', 'soon'),
    fc.integer({ min: -10, max: 100 }).map((seconds) => String(NOW / 1_000 + seconds)),
    fc.integer({ min: -10, max: 100 }).map((seconds) => new Date(NOW + seconds * 1_000).toISOString()),
    fc.integer({ min: -10, max: 100 }).map((seconds) => new Date(NOW + seconds * 1_000).toUTCString()),
  );
  const name = fc.constantFrom(...HEADERS, ...MORE_HEADERS);
  const fields = fc.dictionary(name, value, { noNullPrototype: true, maxKeys: 17, size: 'max' });
  fc.assert(
    fc.property(fields, fc.boolean(), (plain, limited) => {
      const headers = new Headers(plain);
      const expected = readHint({ headers: new ResponseHeaders(plain), limited }, () => NOW);
      for (const same of [headers, new Foreign(headers), overrideGet(headers), new Map(headers)]) {
        assert.deepEqual(
          readHint({ headers: new ResponseHeaders(same), limited }, () => NOW),
          expected,
        );
      }
    }),
    runs(10_000),
  );
});

test('readHint takes linear time for long texts', () => {
  fc.assert(
    fc.property(fc.constantFrom('1', 'retry in ', '1m', ' ', 'try again in 1', '9.', 'a1'), (piece) => {
      const text = piece.repeat(100_000);
      // An expression that backtracks would take hours and exceed the time limit of the test.
      for (const header of HEADERS) assertBelievable(text, header, undefined);
    }),
    runs(20),
  );
});

/** Formats whole seconds as Go does. */
function formatGoDuration(seconds: number): string {
  const hours = Math.floor(seconds / 3_600);
  const minutes = Math.floor((seconds % 3_600) / 60);
  return `${hours > 0 ? `${hours}h` : ''}${hours + minutes > 0 ? `${minutes}m` : ''}${seconds % 60}s`;
}
