import { describe, expect, it } from 'vitest';
import { validateSecurity } from '../../../src/config/security/index.js';
import { describeUntrusted } from '../../../src/config/security/walk.js';

const errorsOf = (given: unknown) => validateSecurity(given).errors.map(({ path, message }) => `${path} ${message}`);

describe('validateSecurity with prototype keys', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('refuses %s at any depth, as text and as value', (key) => {
    for (const text of [
      `{"${key}":{"x":1}}`,
      `{"a":[{"b":{"${key}":1}}]}`,
      `{"a":{"${key.replace('o', '\\u006f')}":1}}`,
    ]) {
      for (const given of [text, JSON.parse(text)]) {
        const { valid, errors, value } = validateSecurity(given);
        expect({ valid, value }).toEqual({ valid: false, value: undefined });
        expect(errors).toMatchObject([
          { message: `must not exist: '${key}' reaches into prototypes`, suggestion: 'Remove the field.' },
        ]);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('accepts the names of such keys as values', () => {
    expect(validateSecurity({ a: ['constructor', 'prototype'] }).valid).toBe(true);
  });
});

describe('validateSecurity with JSON text', () => {
  it('refuses a repeated key, because parsers differ in which one they keep', () => {
    const repeatedAt = (column: number) => [
      `config must be JSON without repeated keys: found a repeated key at line 1, column ${column}`,
    ];
    expect(errorsOf('{"a":1,"b":{"c":1},"a":2}')).toEqual(repeatedAt(20));
    expect(errorsOf('{"x":[{},{"c":1,"\\u0063":[]}]}')).toEqual(repeatedAt(17));
    expect(errorsOf('{"a":{"__proto__":{"x":1}},"a":{}}')).toEqual(repeatedAt(28));
    expect(errorsOf(`{"a":${'['.repeat(90)}${']'.repeat(90)},"a":1}`)).toEqual(repeatedAt(187));
  });

  it('accepts equal keys in different objects, and brackets in strings', () => {
    expect(errorsOf('{"a":{"a":[{"a":1},{"a":1}]},"b":"a","c":"{\\"a\\":1,[","d":["a","a"]}')).toEqual([]);
  });

  it.each([
    ['', 'a value at line 1, column 1'],
    ['{', 'a key in double quotes or } at line 1, column 2'],
    ['{"a":1,}', 'a key in double quotes at line 1, column 8'],
    ["{'a':1}", 'a key in double quotes or } at line 1, column 2'],
    ['\ufeff{}', 'a value at line 1, column 1'],
    ['undefined', 'a value at line 1, column 1'],
  ])('reports the position where text is not JSON: %j', (text, where) => {
    expect(errorsOf(text)).toEqual([`config must be JSON: expected ${where}`]);
  });

  it('handles text that is deep and long', () => {
    const nest = (depth: number) => '['.repeat(depth) + ']'.repeat(depth);
    expect(errorsOf(nest(100))).toEqual([`config${'[0]'.repeat(11)} must not be nested deeper than 10`]);
    expect(errorsOf(nest(2_048))).toEqual([
      'config must be JSON that is nested at most 100 levels deep: found more at line 1, column 101',
    ]);
  });
});

describe('validateSecurity with values that are not JSON', () => {
  it.each([
    { given: () => 1, received: 'a function' },
    { given: Symbol('x'.repeat(1_000)), received: 'a symbol' },
    { given: 10n ** 1_000n, received: 'a bigint' },
    { given: undefined, received: 'undefined' },
  ])('refuses $received', ({ given, received }) => {
    expect(validateSecurity(given).errors).toEqual([{ path: 'config', message: 'must be a JSON value', received }]);
    expect(validateSecurity([given]).errors[0]?.path).toBe('config[0]');
  });

  it.each([new Map(), new Date(0), /x/, new Error('x'), Object.create({ deadlineMs: 5 }), new (class Config {})()])(
    'refuses %o',
    (given) => {
      expect(errorsOf({ a: given })).toEqual(['config.a must be a plain object or an array']);
    },
  );

  it('reads holes of arrays as undefined', () => {
    expect(errorsOf(new Array(2))).toEqual(['config[0] must be a JSON value', 'config[1] must be a JSON value']);
  });
});

describe('validateSecurity with hostile objects', () => {
  it('refuses objects that throw', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const no = () => {
      throw new RangeError('no');
    };
    const throwing = (trap: string) => new Proxy({}, { [trap]: no });
    const message = 'config must be readable, but throws when it is read';
    expect(errorsOf(proxy)).toEqual([message]);
    for (const trap of ['getPrototypeOf', 'ownKeys']) expect(errorsOf(throwing(trap))).toEqual([message]);
    const getter = Object.defineProperty({}, 'a', { enumerable: true, get: no });
    expect(errorsOf({ b: getter, c: '<%' })).toEqual([
      'config.b must be readable, but throws when it is read',
      'config.c must not contain a template tag (<% %>)',
    ]);
  });

  it('reads each field once and returns what it read', () => {
    let readings = 0;
    const config = {
      get a(): string {
        readings += 1;
        return readings === 1 ? 'harmless' : 'eval(';
      },
    };
    expect(validateSecurity(config).value).toEqual({ a: 'harmless' });
    expect(readings).toBe(1);
  });

  it('never calls toJSON', () => {
    expect(errorsOf({ toJSON: () => ({}) })).toEqual(['config.toJSON must be a JSON value']);
  });

  it('refuses an object that contains itself', () => {
    const one: Record<string, unknown> = {};
    one['self'] = one;
    expect(validateSecurity(one).errors).toMatchObject([{ message: 'must not be nested deeper than 10' }]);
  });

  it('reads no more of nested copies than the size allows', () => {
    let reads = 0;
    const counted = (items: unknown[]): unknown[] =>
      new Proxy(items, {
        get(target, key, receiver) {
          reads += 1;
          return Reflect.get(target, key, receiver);
        },
      });
    let bomb: unknown = 'boom';
    for (let level = 0; level < 9; level++) bomb = counted(Array.from({ length: 20 }, () => bomb));
    expect(errorsOf(bomb)).toContain('config must be at most 4096 bytes of JSON');
    expect(reads).toBeLessThan(5_000);
  });

  it('lists the fields of an object only once if they are too many', () => {
    let listings = 0;
    const many = new Proxy(Object.fromEntries(Array.from({ length: 5_000 }, (_, index) => [`k${index}`, 1])), {
      ownKeys(target) {
        listings += 1;
        return Reflect.ownKeys(target);
      },
    });
    expect(errorsOf(Array.from({ length: 20 }, () => many))).toContain('config must be at most 4096 bytes of JSON');
    expect(listings).toBe(1);
  });

  it('reads no more items than allowed, whatever length an array claims', () => {
    const read: PropertyKey[] = [];
    const long = new Proxy([], {
      get(_, key) {
        read.push(key);
        return key === 'length' ? 2 ** 32 - 1 : 1;
      },
    });
    expect(errorsOf(long)).toEqual(['config must be an array of at most 20 items']);
    expect(read).toHaveLength(21);
  });

  it('describes hostile values without touching them', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(describeUntrusted(proxy)).toBe('an object or an array');
    expect(describeUntrusted('x'.repeat(201))).toBe('a string of 201 characters');
    expect(describeUntrusted(null)).toBe('null');
    expect(describeUntrusted(true)).toBe('true');
  });
});
