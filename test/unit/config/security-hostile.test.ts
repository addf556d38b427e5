import { describe, expect, it } from 'vitest';
import { validateSecurity } from '../../../src/config/security/security.js';
import { shown } from '../../../src/config/security/shown.js';

const errorsOf = (given: unknown) => validateSecurity(given).errors.map(({ path, message }) => `${path} ${message}`);

describe('prototype keys', () => {
  it.each(['__proto__', 'constructor', 'prototype'])('%s are refused at any depth, as text and as value', (key) => {
    for (const text of [
      `{"${key}":{"x":1}}`,
      `{"a":[{"b":{"${key}":1}}]}`,
      `{"a":{"${key.replace('o', '\\u006f')}":1}}`,
    ]) {
      for (const given of [text, JSON.parse(text)]) {
        const { valid, errors, value } = validateSecurity(given);
        expect({ valid, value }).toEqual({ valid: false, value: undefined });
        expect(errors).toMatchObject([
          { message: `must not be there: '${key}' reaches into prototypes`, suggestion: 'Leave the field out.' },
        ]);
      }
    }
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it('may be texts, where they name no field', () => {
    expect(validateSecurity({ a: ['constructor', 'prototype'] }).valid).toBe(true);
  });
});

describe('JSON text', () => {
  it('that has a key twice is refused, since readers differ in which they take', () => {
    const twiceAt = (column: number) => [
      `config must be JSON without repeated keys: found a repeated key at line 1, column ${column}`,
    ];
    expect(errorsOf('{"a":1,"b":{"c":1},"a":2}')).toEqual(twiceAt(20));
    expect(errorsOf('{"x":[{},{"c":1,"\\u0063":[]}]}')).toEqual(twiceAt(17));
    expect(errorsOf('{"a":{"__proto__":{"x":1}},"a":{}}')).toEqual(twiceAt(28));
    expect(errorsOf(`{"a":${'['.repeat(90)}${']'.repeat(90)},"a":1}`)).toEqual(twiceAt(187));
  });

  it('may have the same key in different objects, and brackets in strings', () => {
    expect(errorsOf('{"a":{"a":[{"a":1},{"a":1}]},"b":"a","c":"{\\"a\\":1,[","d":["a","a"]}')).toEqual([]);
  });

  it.each([
    ['', 'a value at line 1, column 1'],
    ['{', 'a key in double quotes or } at line 1, column 2'],
    ['{"a":1,}', 'a key in double quotes at line 1, column 8'],
    ["{'a':1}", 'a key in double quotes or } at line 1, column 2'],
    ['\ufeff{}', 'a value at line 1, column 1'],
    ['undefined', 'a value at line 1, column 1'],
  ])('that is none is refused, and where: %j', (text, where) => {
    expect(errorsOf(text)).toEqual([`config must be JSON: expected ${where}`]);
  });

  it('that is deep and long is read to its end', () => {
    expect(errorsOf('['.repeat(2_048) + ']'.repeat(2_048))).toEqual([
      `config${'[0]'.repeat(11)} must not be nested deeper than 10`,
    ]);
  });
});

describe('what JSON cannot hold', () => {
  it.each([
    { given: () => 1, received: 'a function' },
    { given: Symbol('x'.repeat(1_000)), received: 'a symbol' },
    { given: 10n ** 1_000n, received: 'a bigint' },
    { given: undefined, received: 'undefined' },
  ])('is refused: $received', ({ given, received }) => {
    expect(validateSecurity(given).errors).toEqual([
      { path: 'config', message: 'must be something that JSON can hold', received },
    ]);
    expect(validateSecurity([given]).errors[0]?.path).toBe('config[0]');
  });

  it.each([new Map(), new Date(0), /x/, new Error('x'), Object.create({ deadlineMs: 5 }), new (class Config {})()])(
    'is refused: %o',
    (given) => {
      expect(errorsOf({ a: given })).toEqual(['config.a must be a plain object or an array']);
    },
  );

  it('is not made up from holes and inherited items', () => {
    expect(errorsOf(new Array(2))).toEqual([
      'config[0] must be something that JSON can hold',
      'config[1] must be something that JSON can hold',
    ]);
  });
});

describe('objects that fight back', () => {
  it('are refused when they throw', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    const no = () => {
      throw new RangeError('no');
    };
    const throwing = (trap: string) => new Proxy({}, { [trap]: no });
    const message = 'config must be readable, and throws when it is read';
    expect(errorsOf(proxy)).toEqual([message]);
    for (const trap of ['getPrototypeOf', 'ownKeys']) expect(errorsOf(throwing(trap))).toEqual([message]);
    const getter = Object.defineProperty({}, 'a', { enumerable: true, get: no });
    expect(errorsOf({ b: getter, c: '<%' })).toEqual([
      'config.b must be readable, and throws when it is read',
      'config.c must not hold a template tag (<% %>)',
    ]);
  });

  it('are read once, and what was read is what is given back', () => {
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

  it('cannot speak for themselves by toJSON', () => {
    expect(errorsOf({ toJSON: () => ({}) })).toEqual(['config.toJSON must be something that JSON can hold']);
  });

  it('that hold themselves come to an end', () => {
    const one: Record<string, unknown> = {};
    one['self'] = one;
    expect(validateSecurity(one).errors).toMatchObject([{ message: 'must not be nested deeper than 10' }]);
  });

  it('that multiply are followed no further than the size allows', () => {
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

  it('are listed once at most when they have more fields than a config can have', () => {
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

  it('are not read beyond what is allowed, however long they say they are', () => {
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

  it('are named without being asked', () => {
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    expect(shown(proxy)).toBe('an object or an array');
    expect(shown('x'.repeat(201))).toBe('a string of 201 characters');
    expect(shown(null)).toBe('null');
    expect(shown(true)).toBe('true');
  });
});
