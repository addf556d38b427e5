import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { FORBIDDEN_PATTERNS, type SecurityResult, validateSecurity } from '../../src/config/security/index.js';
import { runs } from '../support/seed.js';
import { junk } from './junk.js';

/** What attacks are made of, beside ordinary words. */
const fragment = fc.constantFrom(
  ...[
    'a',
    'chat',
    ' ',
    '_',
    '__',
    '.',
    '..',
    '../',
    '/',
    '<',
    '<%',
    '%>',
    '%',
    '$',
    '${',
    '}',
    '(',
    ')',
    '=',
    ':',
    '\\',
  ],
  ...[
    '\\x',
    '\\u',
    '41',
    'on',
    'onload',
    'data',
    'javascript',
    'vbscript',
    'script',
    'eval',
    'exec',
    'import',
    'require',
  ],
  ...['é', '\u0301', 'ｅ', '\ufdfa', '\u202e', '\ud800', '\u{1f4c8}', '\u{1f600}', '\n', '\0', '"', '{', '['],
);

const hostileText = fc.oneof(
  fc.array(fragment, { maxLength: 8 }).map((parts) => parts.join('')),
  fc.tuple(fragment, fc.nat(300)).map(([part, count]) => part.repeat(count)),
);

const text = fc.oneof({ weight: 3, arbitrary: fc.string({ maxLength: 12 }) }, { weight: 1, arbitrary: hostileText });

const key = fc.oneof(
  { weight: 6, arbitrary: fc.constantFrom('a', 'b', 'preset', 'operations', 'chat', 'retry') },
  { weight: 1, arbitrary: fc.constantFrom('__proto__', 'constructor', 'prototype', 'toString', '') },
  { weight: 1, arbitrary: hostileText },
);

const number = fc.constantFrom('0', '-0', '7', '0.5', '1e21', '9007199254740993', '1e101', '1e-101', '1e999', '-1e999');

/** JSON as text, since text can hold what no value can: the same key twice, and escapes wherever they are allowed. */
const { json } = fc.letrec<{ json: string; list: string; object: string }>((tie) => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    fc.constantFrom('true', 'false', 'null', '""'),
    number,
    text.map((one) => JSON.stringify(one)),
    tie('list'),
    tie('object'),
  ),
  list: fc.array(tie('json'), { maxLength: 4 }).map((items) => `[${items.join(',')}]`),
  object: fc
    .array(fc.tuple(key, tie('json')), { maxLength: 4 })
    .map((fields) => `{${fields.map(([name, value]) => `${JSON.stringify(name)}:${value}`).join(' ,')}}`),
}));

/** The same many times over, or wrapped many times. */
const bulky = fc
  .tuple(json, fc.nat(25), fc.nat(13))
  .map(
    ([inner, count, depth]) => `${'['.repeat(depth)}[${new Array(count).fill(inner).join(',')}]${']'.repeat(depth)}`,
  );

const anyJson = fc.oneof({ weight: 9, arbitrary: json }, { weight: 1, arbitrary: bulky });

const PROTOTYPES = [Object.prototype, Array.prototype, String.prototype, Function.prototype];
const BEFORE = PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length);

function assertNothingPolluted(): void {
  assert.deepEqual(
    PROTOTYPES.map((prototype) => Reflect.ownKeys(prototype).length),
    BEFORE,
  );
  assert.equal(Object.getPrototypeOf({}), Object.prototype);
}

function assertSound({ valid, errors, warnings, suggestions, value }: SecurityResult): void {
  assert.equal(valid, errors.length === 0);
  if (!valid) assert.equal(value, undefined);
  const issues = [...errors, ...warnings];
  for (const { path, message, received } of issues) {
    assert(path.startsWith('config') && message !== '' && received !== '');
    assert(!/[\p{C}\p{Zl}\p{Zp}]/u.test(path + received), 'shows characters that cannot be seen');
  }
  assert.equal(suggestions.length, issues.filter(({ suggestion }) => suggestion !== undefined).length);
}

/** Fails for what no valid config may hold, worked out in the simplest way. */
function assertHarmless(value: unknown, depth = 0): void {
  if (typeof value === 'string') assertHarmlessText(value);
  if (typeof value === 'number') assert(Number.isFinite(value));
  if (typeof value !== 'object' || value === null) return;
  assert(depth <= 10);
  const entries = Object.entries(value);
  assert(entries.length <= (Array.isArray(value) ? 20 : 50));
  for (const [name, inner] of entries) {
    assert(!['__proto__', 'constructor', 'prototype'].includes(name));
    assertHarmlessText(name);
    assertHarmless(inner, depth + 1);
  }
}

function assertHarmlessText(text: string): void {
  assert(text.length <= 200);
  assert(!/\p{Cs}/u.test(text));
  assert([...text].every((character) => (character.codePointAt(0) ?? 0) <= 0x1f4ff));
  assert(!FORBIDDEN_PATTERNS.some(({ pattern }) => pattern.test(text)));
}

/** What careless code does with a config. */
function merge(to: Record<string, unknown>, from: object): void {
  for (const [name, value] of Object.entries(from)) {
    const known = to[name];
    if (isFields(value) && isFields(known)) merge(known, value);
    else to[name] = value;
  }
}

function isFields(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null;
}

test('validateSecurity accepts only harmless JSON, and returns it unchanged', () => {
  let valid = 0;
  fc.assert(
    fc.property(anyJson, (text) => {
      const result = validateSecurity(text);
      assertSound(result);
      assert.equal(result.sizeBytes > 4_096, text.length > 4_096 || Buffer.byteLength(text) > 4_096);
      if (!result.valid) return;
      valid += 1;
      const parsed: unknown = JSON.parse(text);
      assert.deepEqual(result.value, parsed);
      assertHarmless(parsed);
      if (isFields(result.value)) merge({}, result.value);
    }),
    runs(100_000),
  );
  // Of neither kind so few that little was tried.
  assert(valid > 20_000 && valid < 90_000, `${valid} of 100 000 were valid`);
  assertNothingPolluted();
});

test('validateSecurity gives the same result for a parsed value as for its text', () => {
  fc.assert(
    fc.property(anyJson, (text) => {
      const parsed: unknown = JSON.parse(text);
      // Written anew, no key is there twice, and nothing is longer than it must be.
      const ofText = validateSecurity(JSON.stringify(parsed));
      const ofValue = validateSecurity(parsed);
      assertSound(ofValue);
      // A string is text itself, and JSON writes no infinity and no -0.
      if (typeof parsed === 'string' || /1e999|-0/.test(text)) return;
      assert.equal(ofValue.valid, ofText.valid);
      if (ofValue.valid) assert.deepEqual(ofValue, ofText);
    }),
    runs(20_000),
  );
  assertNothingPolluted();
});

test('validateSecurity never throws for anything that is not JSON', () => {
  fc.assert(
    fc.property(fc.oneof(junk, fc.string()), (given) => {
      const result = validateSecurity(given);
      assertSound(result);
      if (result.valid) assertHarmless(JSON.parse(JSON.stringify(result.value)));
    }),
    runs(20_000),
  );
  assertNothingPolluted();
});

test('validateSecurity never throws for JSON that is truncated or changed', () => {
  fc.assert(
    fc.property(anyJson, fc.nat(), fc.string({ maxLength: 2 }), (text, at, instead) => {
      const place = at % (text.length + 1);
      assertSound(validateSecurity(text.slice(0, place)));
      assertSound(validateSecurity(text.slice(0, place) + instead + text.slice(place + 1)));
    }),
    runs(10_000),
  );
});

/** The least of several, so that what else the machine does counts as little as possible. */
function leastMs(work: () => unknown, tries = 5): number {
  let least = Infinity;
  for (let time = 0; time < tries; time++) {
    const startedMs = performance.now();
    work();
    least = Math.min(least, performance.now() - startedMs);
  }
  return least;
}

/** JSON as large as it may be, made of one thing over and over. */
function fullOf(unit: string): string {
  const strings: string[] = [];
  const longest = unit.repeat(Math.max(1, Math.floor(200 / unit.length)));
  for (;;) {
    const next = JSON.stringify([...strings, longest]);
    if (strings.length === 20 || Buffer.byteLength(next) > 4_096) return JSON.stringify(strings);
    strings.push(longest);
  }
}

const UNITS = [
  ...[
    'a',
    '_',
    '__a',
    '__',
    '<',
    '<%',
    '< ',
    '</',
    '..',
    '.',
    '%2e',
    '\\',
    '\\u',
    '\\x',
    '$',
    '$ {',
    ' ',
    'on',
    'on ',
    'on_',
  ],
  ...[
    'onx ',
    'onxonx',
    'data ',
    'javascript ',
    'vbscript ',
    'eval ',
    'exec ',
    'require ',
    'imports',
    '\ufdfa',
    '\u0301',
  ],
];

test('validateSecurity takes no longer for any text than parsing a large one a thousand times', () => {
  const ordinary = JSON.stringify(
    Array.from({ length: 20 }, (_, index) => ({ [`operation${index}`]: 'x'.repeat(180) })),
  );
  const yardstickMs = leastMs(() => {
    for (let time = 0; time < 1_000; time++) JSON.parse(ordinary);
  });
  const texts = [
    ...UNITS.map(fullOf),
    '['.repeat(2_048) + ']'.repeat(2_048),
    `${'{"a":'.repeat(600)}1${'}'.repeat(600)}`,
    `{${new Array(800).fill('"a":1').join(',')}}`,
    `[${new Array(20).fill(`[${new Array(20).fill('1e999').join(',')}]`).join(',')}]`,
    '"'.repeat(4_096),
    '\\'.repeat(4_096),
    'x'.repeat(5_000_000),
  ];
  for (const text of texts) {
    const ms = leastMs(() => validateSecurity(text));
    assert(ms < yardstickMs, `${ms} ms for ${text.slice(0, 20)}…, and ${yardstickMs} ms are allowed`);
  }
});

test('forbidden patterns take linear time: eight times the text takes far less than 64 times as long', () => {
  const timeOf = (text: string) => leastMs(() => FORBIDDEN_PATTERNS.filter(({ pattern }) => pattern.test(text)), 9);
  for (const unit of UNITS) {
    // An end at which everything that was begun comes to nothing.
    const textOf = (length: number) => `${unit.repeat(Math.ceil(length / unit.length))}!`;
    const [short, long] = [timeOf(textOf(8_000)), timeOf(textOf(64_000))];
    assert(long < Math.max(short, 0.05) * 24, `'${unit}': ${short} ms and ${long} ms`);
  }
});
