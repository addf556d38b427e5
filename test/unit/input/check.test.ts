import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/configuration-error.js';
import { Check, configurationError, isName, readOnce } from '../../../src/input/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

/** What a check finds in the course of some work. */
function found(work: (check: Check) => void) {
  const check = new Check();
  work(check);
  return issuesOf(() => check.throwIfInvalid());
}

function caught(work: () => void): ConfigurationError {
  try {
    work();
  } catch (error) {
    if (ConfigurationError.is(error)) return error;
  }
  return expect.fail('it does not refuse');
}

describe('a check', () => {
  it('does not throw if it has found nothing', () => {
    expect(() => new Check().throwIfInvalid()).not.toThrow();
  });

  it('throws all issues that it has found, in order', () => {
    const issues = found((check) => {
      check.addIssue('a', 'must be better', 5);
      check.addIssue('b', 'must be best', 'x', 'Try harder.');
    });
    expect(issues).toEqual([
      { path: 'a', message: 'must be better', received: '5' },
      { path: 'b', message: 'must be best', received: 'the string "x"', suggestion: 'Try harder.' },
    ]);
  });
});

describe('many issues', () => {
  it('are all kept, and the message lists the first hundred', () => {
    const check = new Check();
    for (let number = 1; number <= 102; number++) check.addIssue(`p${number}`, 'must be better', number);
    const error = caught(() => check.throwIfInvalid());
    expect(error.issues).toHaveLength(102);
    expect(error.message).toMatch(/\np100: must be better; received 100\n… and 2 more$/);
  });
});

describe('a field that is not known', () => {
  it.each([
    ['maxAttempt', 'config.maxAttempt'],
    ['max attempts', 'config["max attempts"]'],
    ['retry.maxAttempts', 'config["retry.maxAttempts"]'],
    ['\u202eretry', 'config["\\u{202e}retry"]'],
    ['', 'config[""]'],
    ['a\u001b[31m\nb', 'config["a\\u001b[31m\\nb"]'],
    ['x'.repeat(100_000), `config["${'x'.repeat(59)}…"]`],
  ])('has a path that is safe to print: %j', (name, path) => {
    expect(found((check) => check.fields('config', { [name]: 1 }, ['a']))).toMatchObject([{ path }]);
  });
});

describe('a number', () => {
  const WHOLE = { min: 1, max: 9, integer: true };

  it.each([
    { rule: { min: 1, max: 9 }, allowed: [1, 1.5, 9, undefined], refused: [0.9, 9.1] },
    { rule: WHOLE, allowed: [1, 9, undefined], refused: [0, 1.5, 10] },
    { rule: { above: 0, max: 1 }, allowed: [Number.MIN_VALUE, 1], refused: [0, -0, 1.1] },
    { rule: { max: 1 }, allowed: [-1e300, 1], refused: [1.1, Number.NEGATIVE_INFINITY] },
    { rule: { min: 0, max: Number.MAX_VALUE }, allowed: [0, -0], refused: [Number.NaN, Number.POSITIVE_INFINITY] },
  ])('must be within its bounds: $rule', ({ rule, allowed, refused }) => {
    for (const value of allowed) expect(found((check) => check.number('n', value, rule))).toEqual([]);
    for (const value of refused) expect(found((check) => check.number('n', value, rule))).toHaveLength(1);
  });

  it.each([
    { rule: { min: 1, max: 9 }, message: 'must be a number from 1 to 9' },
    { rule: { ...WHOLE }, message: 'must be a whole number from 1 to 9' },
    { rule: { above: 0, max: 1 }, message: 'must be a number above 0 to 1' },
    { rule: { max: 1 }, message: 'must be a number from -Infinity to 1' },
  ])('is refused with what it must be: $message', ({ rule, message }) => {
    expect(found((check) => check.number('n', null, rule))).toEqual([{ path: 'n', message, received: 'null' }]);
  });

  it('is suggested for a string that holds an allowed number', () => {
    const [issue] = found((check) => check.number('n', '7', WHOLE));
    expect(issue?.suggestion).toBe('Did you mean 7?');
  });

  it.each(['', ' ', '70', '1.5', 'seven', '7 apples'])('is not suggested for the string %j', (value) => {
    const [issue] = found((check) => check.number('n', value, { ...WHOLE, min: 0 }));
    expect(issue).toMatchObject({ received: `the string ${JSON.stringify(value)}` });
    expect(issue?.suggestion).toBeUndefined();
  });
});

describe('a number or false', () => {
  const RULE = { min: 1, max: 9 };
  const message = 'must be a number from 1 to 9, or false';

  it.each([1, 9, false, undefined])('may be %s', (value) => {
    expect(found((check) => check.numberOrFalse('n', value, RULE))).toEqual([]);
  });

  it.each([
    { value: 0, received: '0' },
    { value: Number.POSITIVE_INFINITY, received: 'Infinity' },
  ])('is refused with how to switch it off when it is $received', ({ value, received }) => {
    expect(found((check) => check.numberOrFalse('n', value, RULE))).toEqual([
      { path: 'n', message, received, suggestion: "Write 'false' to switch it off." },
    ]);
  });

  it.each([true, null, -1, 10, '5', Number.NaN])('may not be %j', (value) => {
    expect(found((check) => check.numberOrFalse('n', value, RULE))).toMatchObject([{ path: 'n', message }]);
  });
});

describe('one of a few words', () => {
  const WORDS = ['enforce', 'observe'];

  it.each(['enforce', 'observe', undefined])('may be %s', (value) => {
    expect(found((check) => check.oneOf('mode', value, WORDS))).toEqual([]);
  });

  it('is suggested for a mistyped word', () => {
    expect(found((check) => check.oneOf('mode', 'obsrve', WORDS))).toEqual([
      {
        path: 'mode',
        message: 'must be one of enforce, observe',
        received: 'the string "obsrve"',
        suggestion: "Did you mean 'observe'?",
      },
    ]);
  });

  it.each([null, 5, '', 'off', ['enforce'], new String('enforce')])('may not be %j', (value) => {
    const [issue] = found((check) => check.oneOf('mode', value, WORDS));
    expect(issue?.message).toBe('must be one of enforce, observe');
    expect(issue?.suggestion).toBeUndefined();
  });
});

describe('a boolean', () => {
  it.each([true, false, undefined])('may be %s', (value) => {
    expect(found((check) => check.boolean('idempotent', value))).toEqual([]);
  });

  it.each([
    { value: null, received: 'null' },
    { value: 0, received: '0' },
    { value: 'false', received: 'the string "false"' },
    { value: new Boolean(false), received: 'an object' },
  ])('may not be $received', ({ value, received }) => {
    expect(found((check) => check.boolean('idempotent', value))).toEqual([
      { path: 'idempotent', message: 'must be true or false', received },
    ]);
  });
});

describe('a function', () => {
  const message = 'must be a function';

  it.each([null, {}, 'fn', 5])('may not be %j', (value) => {
    expect(found((check) => check.func('f', value))).toMatchObject([{ path: 'f', message }]);
    expect(found((check) => check.requiredFunc('f', value))).toMatchObject([{ path: 'f', message }]);
  });

  it('may be absent only where it is not required', () => {
    expect(found((check) => check.func('f', undefined))).toEqual([]);
    expect(found((check) => check.requiredFunc('f', undefined))).toEqual([
      { path: 'f', message, received: 'undefined' },
    ]);
    expect(found((check) => check.requiredFunc('f', () => 1))).toEqual([]);
  });
});

describe('a name', () => {
  it.each(['a', 'chat/eu-1', 'ünïcödé', ' ', '日本', 'x'.repeat(256)])('may be %j', (value) => {
    expect(isName(value)).toBe(true);
    expect(found((check) => check.name('name', value))).toEqual([]);
  });

  const forging = ['a\tb', 'a\u0000', 'a\u001f', 'a\u007f', 'a\u0085b', '\u009b31m', 'a\u2028b', 'a\u202eb', '\u2066a'];

  it.each([...forging, '', 'x'.repeat(257), undefined, null, 5, ['a']])('may not be %j', (value) => {
    expect(isName(value)).toBe(false);
    expect(found((check) => check.name('name', value))).toMatchObject([
      { path: 'name', message: 'must be a string of 1 to 256 characters without control characters' },
    ]);
  });

  it('is accepted with true and refused with false', () => {
    const check = new Check();
    expect(check.name('name', 'chat')).toBe(true);
    expect(check.name('name', '')).toBe(false);
  });
});

describe('an issue', () => {
  it('has no line ends and control characters in any of its texts, so that input cannot forge a line of a log', () => {
    const forged = 'a\u001b[31m\nconfig: fine\u202e';
    const check = new Check();
    check.addIssue(`config.${forged}`, `must not be ${forged}`, forged, `Looked for ${forged}.`);
    const printed = 'a\\u{1b}[31m\\u{a}config: fine\\u{202e}';
    expect(check.issues).toMatchObject([
      { path: `config.${printed}`, message: `must not be ${printed}`, suggestion: `Looked for ${printed}.` },
    ]);
    const { message } = configurationError(forged, 'must be a number', 5);
    expect(message).toBe(`${printed}: must be a number; received 5`);
  });
});

describe('a record', () => {
  it.each([{}, { a: 1 }, Object.create(null), Object.freeze({ a: 1 }), JSON.parse('{"a":1}')])('may be %j', (value) => {
    const check = new Check();
    expect(check.record('config', value)).toBe(value);
    expect(issuesOf(() => check.throwIfInvalid())).toEqual([]);
  });

  it.each([
    { value: undefined, received: 'undefined' },
    { value: null, received: 'null' },
    { value: 5, received: '5' },
    { value: [], received: 'an array' },
    { value: () => 1, received: 'a function' },
    { value: new Map(), received: 'an object' },
    { value: new Date(), received: 'an object' },
    { value: new AbortController().signal, received: 'an object' },
    { value: new Check(), received: 'an object' },
  ])('may not be $received', ({ value, received }) => {
    expect(found((check) => void check.record('config', value))).toEqual([
      { path: 'config', message: 'must be a plain object', received },
    ]);
  });
});

describe('the fields of a record', () => {
  it('are returned when all of them are known', () => {
    const value = { a: 1, b: undefined };
    const check = new Check();
    expect(check.fields('config', value, ['a', 'b', 'c'])).toBe(value);
    expect(issuesOf(() => check.throwIfInvalid())).toEqual([]);
  });

  it('are returned also when one is unknown, so that the others can be checked', () => {
    const value = { openMs: 1, opnMaxMs: 2, bogus: 'x' };
    const check = new Check();
    expect(check.fields('config', value, ['openMs', 'openMaxMs'])).toBe(value);
    const message = 'is unknown; expected one of openMs, openMaxMs';
    expect(issuesOf(() => check.throwIfInvalid())).toEqual([
      { path: 'config.opnMaxMs', message, received: '2', suggestion: "Did you mean 'openMaxMs'?" },
      { path: 'config.bogus', message, received: 'the string "x"' },
    ]);
  });

  it('are undefined when there is no record', () => {
    const check = new Check();
    expect(check.fields('config', null, ['a'])).toBeUndefined();
    expect(issuesOf(() => check.throwIfInvalid())).toHaveLength(1);
  });
});

describe('a listener', () => {
  const TYPES = ['rain', 'sun'];

  it.each(['rain', 'sun', '*'])('may subscribe to %s', (type) => {
    expect(found((check) => check.listener(TYPES, type, () => undefined))).toEqual([]);
  });

  it('must be a function and subscribe to a type', () => {
    expect(found((check) => check.listener(TYPES, undefined, undefined))).toEqual([
      { path: 'type', message: 'must be one of rain, sun, *', received: 'null' },
      { path: 'listener', message: 'must be a function', received: 'undefined' },
    ]);
  });
});

describe('readOnce', () => {
  it('makes a copy that stays as it was checked', () => {
    let reads = 0;
    const fickle = {
      get openMs() {
        reads += 1;
        return reads;
      },
    };
    const copy = readOnce('options', fickle);
    expect([copy.openMs, copy.openMs, reads]).toEqual([1, 1, 1]);
  });

  it('does not change the original', () => {
    const original = Object.freeze({ a: 1 });
    const copy = readOnce('options', original);
    expect(copy).toEqual(original);
    expect(copy).not.toBe(original);
  });

  it('copies nested objects with the given function', () => {
    const original = { inner: { a: 1 } };
    const copy = readOnce('options', original, (own) => ({ inner: readOnce('options.inner', own.inner) }));
    expect(copy).toEqual(original);
    expect(copy.inner).not.toBe(original.inner);
  });

  it('refuses an object with a getter that throws', () => {
    const broken = {
      get openMs(): number {
        throw new Error('no');
      },
    };
    expect(issuesOf(() => readOnce('options', broken))).toEqual([
      { path: 'options', message: 'must be readable, but one of its getters throws', received: 'an object' },
    ]);
  });

  it.each([undefined, null, 5, 'options', [1], new Map()])('returns %o unchanged, for the check to refuse', (given) => {
    expect(readOnce('options', given)).toBe(given);
  });
});
