import { describe, expect, it } from 'vitest';
import { SECURITY_LIMITS, validateSecurity } from '../../../src/config/security/index.js';

const listOf = (count: number) => Array.from({ length: count }, (_, index) => index % 7);
const fieldsOf = (count: number) => Object.fromEntries(listOf(count).map((value, index) => [`f${index}`, value]));
/** An object with so many others around the innermost. */
const nested = (depth: number): object => (depth === 0 ? {} : { a: nested(depth - 1) });
/** JSON of exactly so many bytes. */
const jsonOf = (bytes: number) => `{${' '.repeat(bytes - 2)}}`;

const messages = (given: unknown) => validateSecurity(given).errors.map(({ message }) => message);

describe('validateSecurity with a harmless config', () => {
  const config = {
    $schema: './node_modules/holdfast/holdfast.schema.json',
    preset: 'production',
    operations: { chat: { deadlineMs: 30_000, retry: { maxAttempts: 3 }, breaker: false, note: null } },
  };

  it('finds it valid and returns a copy', () => {
    const result = validateSecurity(config);
    expect(result).toMatchObject({ valid: true, errors: [], warnings: [], suggestions: [], fieldCount: 9 });
    expect(result.value).toEqual(config);
    expect(result.value).not.toBe(config);
  });

  it('gives the same result for its text', () => {
    const text = JSON.stringify(config);
    expect(validateSecurity(text)).toEqual(validateSecurity(config));
    expect(validateSecurity(text).sizeBytes).toBe(text.length);
  });

  it('treats undefined fields as absent', () => {
    const { value, sizeBytes } = validateSecurity({ preset: undefined, strategy: 'balanced' });
    expect(value).toStrictEqual({ strategy: 'balanced' });
    expect(sizeBytes).toBe('{"strategy":"balanced"}'.length);
  });
});

describe('the limits of validateSecurity', () => {
  it('are the documented ones and frozen', () => {
    expect(SECURITY_LIMITS).toEqual({
      maxBytes: 4_096,
      maxStringLength: 200,
      maxKeyLength: 200,
      maxItems: 20,
      maxFields: 50,
      maxDepth: 10,
      maxRepeats: 10,
    });
    expect(Object.isFrozen(SECURITY_LIMITS)).toBe(true);
  });

  it.each([
    { what: 'text', fits: jsonOf(4_096), over: jsonOf(4_097), message: 'must be at most 4096 bytes of JSON' },
    {
      what: 'text in bytes, and not in characters',
      fits: JSON.stringify(Array.from({ length: 20 }, () => 'äö'.repeat(50))),
      over: JSON.stringify(Array.from({ length: 20 }, () => 'äö'.repeat(51))),
      message: 'must be at most 4096 bytes of JSON',
    },
    {
      what: 'parsed values',
      fits: Array.from({ length: 20 }, () => 'ab'.repeat(100)),
      over: Array.from({ length: 20 }, () => 'äb'.repeat(100)),
      message: 'must be at most 4096 bytes of JSON',
    },
    {
      what: 'strings',
      fits: { a: 'ab'.repeat(100) },
      over: { a: `${'ab'.repeat(100)}a` },
      message: 'must be a string of at most 200 characters',
    },
    {
      what: 'keys',
      fits: { ['ab'.repeat(100)]: 1 },
      over: { [`${'ab'.repeat(100)}a`]: 1 },
      message: 'must be a key of at most 200 characters',
    },
    { what: 'arrays', fits: listOf(20), over: listOf(21), message: 'must be an array of at most 20 items' },
    { what: 'objects', fits: fieldsOf(50), over: fieldsOf(51), message: 'must be an object of at most 50 fields' },
    { what: 'depth', fits: nested(10), over: nested(11), message: 'must not be nested deeper than 10' },
  ])('allow exactly the limit of $what', ({ fits, over, message }) => {
    expect(messages(fits)).toEqual([]);
    expect(messages(over)).toEqual([message]);
    expect(validateSecurity(over)).toMatchObject({ valid: false, value: undefined });
  });

  it('count arrays as depth as well', () => {
    expect(messages('['.repeat(11) + ']'.repeat(11))).toEqual([]);
    expect(messages('['.repeat(12) + ']'.repeat(12))).toEqual(['must not be nested deeper than 10']);
  });

  it('report the size and what to do', () => {
    expect(validateSecurity('x'.repeat(5_000))).toEqual({
      valid: false,
      errors: [
        {
          path: 'config',
          message: 'must be at most 4096 bytes of JSON',
          received: '5000 characters',
          suggestion: 'Shorten or split it.',
        },
      ],
      warnings: [],
      suggestions: [{ path: 'config', text: 'Shorten or split it.' }],
      value: undefined,
      sizeBytes: 5_000,
      fieldCount: 0,
    });
  });
});

describe('validateSecurity with unusual numbers', () => {
  it.each([
    { text: '9007199254740991', warning: undefined },
    { text: '9007199254740992', warning: 'is a whole number of 2^53 or more, which loses precision' },
    { text: '9007199254740993', warning: 'is a whole number of 2^53 or more, which loses precision' },
    { text: '-1e20', warning: 'is a whole number of 2^53 or more, which loses precision' },
    { text: '1e100', warning: 'is a whole number of 2^53 or more, which loses precision' },
    { text: '1.1e100', warning: 'is beyond 1e+100, which no setting needs' },
    { text: '-2e200', warning: 'is beyond 1e+100, which no setting needs' },
    { text: '1e-100', warning: undefined },
    { text: '9e-101', warning: 'is too close to 0 to mean anything (below 1e-100)' },
    { text: '0', warning: undefined },
    { text: '-0', warning: undefined },
  ])('returns for $text the warning: $warning', ({ text, warning }) => {
    const { valid, warnings } = validateSecurity(`{"n":${text}}`);
    expect(valid).toBe(true);
    expect(warnings.map(({ message }) => message)).toEqual(warning === undefined ? [] : [warning]);
  });

  it.each(['1e999', '-1e999'])('refuses %s, which a number cannot hold', (text) => {
    expect(messages(`{"n":${text}}`)).toEqual(['must be a finite number']);
  });

  it('refuses NaN', () => {
    expect(messages({ n: Number.NaN })).toEqual(['must be a finite number']);
  });
});

describe('issues of validateSecurity', () => {
  it('are reported all at once, each with its path', () => {
    const { errors } = validateSecurity({ operations: { chat: [{ x: '<%' }, { y: 'eval (' }] }, z: () => 1 });
    expect(errors.map(({ path }) => path)).toEqual([
      'config.operations.chat[0].x',
      'config.operations.chat[1].y',
      'config.z',
    ]);
  });

  it('have paths that begin with the given path', () => {
    expect(validateSecurity({ a: '<%' }, 'body').errors[0]?.path).toBe('body.a');
  });

  it('quote keys that could be mistaken for something else or hide', () => {
    const { errors } = validateSecurity({ 'a.b': 1n, 'c"\u202e\n': 1n, ['k'.repeat(100)]: 1n, '': 1n, ü: 1n });
    const paths = errors.filter(({ received }) => received === 'a bigint').map(({ path }) => path);
    expect(paths).toEqual([
      'config["a.b"]',
      'config["c\\"\\u{202e}\\n"]',
      `config["${'k'.repeat(59)}…"]`,
      'config[""]',
      'config["ü"]',
    ]);
  });

  it('contain nothing that a terminal would execute', () => {
    const { errors } = validateSecurity({ a: '\u001b[31m\u202e\u2028\u{e0041}' });
    expect(errors.length).toBeGreaterThan(0);
    for (const { received } of errors) expect(received).toBe('the string "\\u001b[31m\\u{202e}\\u{2028}\\u{e0041}"');
  });

  it('are at most a hundred errors and a hundred warnings', () => {
    const rows = Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => Number.NaN));
    const odd = Array.from({ length: 20 }, () => Array.from({ length: 20 }, () => 1e200));
    expect(validateSecurity(rows).errors).toHaveLength(100);
    expect(validateSecurity([...odd.slice(0, 7), 'eval('])).toMatchObject({
      errors: [{ path: 'config[7]' }],
      warnings: { length: 100 },
    });
  });
});
