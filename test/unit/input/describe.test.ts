import { expect, it, describe as suite } from 'vitest';
import { describe } from '../../../src/input/describe.js';

/** A Proxy of which nothing can be learnt any more: nearly everything that is done with it throws. */
function revoked(target: object): object {
  const { proxy, revoke } = Proxy.revocable(target, {});
  revoke();
  return proxy;
}

suite('the description of a value', () => {
  it.each([
    [undefined, 'undefined'],
    [null, 'null'],
    [true, 'true'],
    [false, 'false'],
    [0, '0'],
    [-0, '-0'],
    [1.5, '1.5'],
    [Number.NaN, 'NaN'],
    [Number.NEGATIVE_INFINITY, '-Infinity'],
    ['', 'the string ""'],
    ['chat', 'the string "chat"'],
    ['two\nlines "quoted"', 'the string "two\\nlines \\"quoted\\""'],
    [Symbol('key'), 'Symbol(key)'],
    [() => 1, 'a function'],
    [class Chat {}, 'a function'],
    [[], 'an array'],
    [[1, 2], 'an array'],
    [{}, 'an object'],
    [new Map(), 'an object'],
    [Object.create(null), 'an object'],
  ])('is a few words for %o', (value, words) => {
    expect(describe(value)).toBe(words);
  });

  it('says what little can be learnt of a revoked Proxy', () => {
    expect([{}, [], () => 1].map((target) => describe(revoked(target)))).toEqual([
      'an object',
      'an object',
      'a function',
    ]);
  });

  it('is short, however long the value is', () => {
    expect(describe('x'.repeat(60))).toBe(`the string "${'x'.repeat(60)}"`);
    expect(describe('x'.repeat(61))).toBe(`the string "${'x'.repeat(59)}…"`);
    expect(describe(10n ** 500n).length).toBeLessThan(80);
    expect(describe(Symbol('x'.repeat(500))).length).toBeLessThan(80);
  });

  it('contains nothing that a terminal would obey, or that hides what follows', () => {
    expect(describe('\u001b[31m\u202e\u2028\u{e0041}')).toBe('the string "\\u001b[31m\\u{202e}\\u{2028}\\u{e0041}"');
    expect(describe(Symbol('\u001b[31m\n'))).toBe('Symbol(\\u{1b}[31m\\u{a})');
  });

  it('distinguishes a bigint from the number that it looks like', () => {
    expect(describe(5n)).not.toBe(describe(5));
  });

  it('never contains what an object holds', () => {
    expect(describe({ apiKey: 'secret' })).not.toContain('secret');
    expect(describe(['secret'])).not.toContain('secret');
    expect(describe(() => 'secret')).not.toContain('secret');
    expect(describe(new Error('secret'))).not.toContain('secret');
  });

  it('does not fail, whatever the value does when it is read', () => {
    const hostile = new Proxy(
      {},
      {
        get() {
          throw new Error('hands off');
        },
        getPrototypeOf() {
          throw new Error('hands off');
        },
      },
    );
    expect(describe(hostile)).toBe('an object');
  });
});
