import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { jsonFault } from '../../../src/config/load/json-fault.js';
import { parseConfig } from '../../../src/config/load/load.js';
import { issuesOf } from '../../support/breaker-steps.js';
import { runs } from '../../support/seed.js';

const parse = (text: string) => parseConfig(text, 'json', 'holdfast.json');
const wrongWith = (text: string) => issuesOf(() => parse(text));

/** Whether a parser takes it. */
function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

describe('JSON', () => {
  it('is read', () => {
    const text = '{ "$schema": "x", "preset": "none", "operations": { "chat": { "retry": { "maxAttempts": 4 } } } }';
    expect(parse(text)).toEqual({ $schema: 'x', preset: 'none', operations: { chat: { retry: { maxAttempts: 4 } } } });
    expect(parse('{}')).toEqual({});
  });

  it('may have every character in its strings that JSON allows', () => {
    const schema = 'a\u007fb\u0085\u2028\ud800 "\\/\b\f\n\r\t\u0001';
    expect(parse(JSON.stringify({ $schema: schema }))).toEqual({ $schema: schema });
    expect(parse('{"$schema":"\u007f\u0085\\/\\u00e9"}')).toEqual({ $schema: '\u007f\u0085/é' });
  });

  it('may begin with a byte order mark', () => {
    expect(parse('\uFEFF{"preset":"simple"}')).toEqual({ preset: 'simple' });
  });

  it.each([
    ['{\n  "preset": "simple",\n}', 'line 3, column 1 needs a key in double quotes', 'the string "}"'],
    ['{\n  // mine\n}', 'line 2, column 3 needs a key in double quotes or }', 'the string "/"'],
    ["{ 'preset': 1 }", 'line 1, column 3 needs a key in double quotes or }', 'the string "\'"'],
    ['{ "preset" "simple" }', 'line 1, column 12 needs a colon', 'the string "\\""'],
    ['{ "preset": simple }', 'line 1, column 13 needs a value', 'the string "s"'],
    ['{ "preset": "simple"\r\n"strategy": 1 }', 'line 2, column 1 needs a comma or }', 'the string "\\""'],
    ['{ "defaults": [1 2] }', 'line 1, column 18 needs a comma or ]', 'the string "2"'],
    ['{ "defaults": [', 'line 1, column 16 needs a value or ]', 'the end of the text'],
    ['{ "defaults": { "deadlineMs": 01 } }', 'line 1, column 31 needs a value', 'the string "0"'],
    [
      '{ "preset": "sim\nple" }',
      'line 1, column 17 needs the quotation mark that ends a string, or an escape',
      'the string "\\n"',
    ],
    ['{ "preset": "sim', 'line 1, column 17 needs the quotation mark that ends a string', 'the end of the text'],
    [
      '{ "preset": "\\x" }',
      'line 1, column 14 needs an escape that JSON knows (for a backslash, two of them)',
      'the string "\\\\x"',
    ],
    ['{} {}', 'line 1, column 4 needs the end', 'the string "{"'],
    ['{ "preset":', 'line 1, column 12 needs a value', 'the end of the text'],
  ])('that is none is refused with its place: %j', (text, where, received) => {
    expect(wrongWith(text)).toEqual([{ path: 'holdfast.json', message: `must be JSON, and at ${where}`, received }]);
  });

  it('is refused when a key stands twice, of which a parser would keep one', () => {
    const text = '{\n "operations": {\n  "chat": {},\n  "ch\\u0061t": {}\n }\n}';
    expect(wrongWith(text)).toEqual([
      {
        path: 'holdfast.json',
        message: 'must be JSON, and at line 4, column 3 needs another key: this one stands there already',
        received: 'the string "chat"',
      },
    ]);
    expect(wrongWith('{ "operations": { "a": {}, "b": {} }, "defaults": {} }')).toEqual([]);
  });

  it.each(['[]', 'null', '"text"', '5', '[[]]'])('of something else is refused: %s', (text) => {
    expect(wrongWith(text)).toMatchObject([{ path: 'holdfast.json' }]);
  });

  it('is never too deep', () => {
    expect(wrongWith('['.repeat(1_000_000))).toMatchObject([{ received: 'the end of the text' }]);
    expect(wrongWith(`{"preset":${'['.repeat(400_000)}${']'.repeat(400_000)}}`)).toMatchObject([
      { path: 'holdfast.json.preset' },
    ]);
  });
});

it('has a fault exactly when parsers say so, whatever was done to it', () => {
  const value = fc.json();
  const token = fc.constantFrom(
    '{',
    '}',
    '[',
    ']',
    ',',
    ':',
    '"',
    '\\',
    '0',
    '-',
    '.',
    'e',
    'true',
    ' ',
    '\n',
    '\u0001',
    'x',
  );
  fc.assert(
    fc.property(value, fc.nat(), fc.nat(3), token, (text, at, dropped, put) => {
      const offset = at % (text.length + 1);
      const broken = text.slice(0, offset) + put + text.slice(offset + dropped);
      const fault = jsonFault(broken);
      const standsTwice = fault?.due.startsWith('another key') === true;
      expect(fault === undefined || standsTwice).toBe(isJson(broken) || standsTwice);
    }),
    runs(3_000),
  );
});

it('finds a key that stands twice wherever parsers keep fewer', () => {
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
  const object = fc.array(fc.tuple(key, fc.integer()), { maxLength: 4 });
  fc.assert(
    fc.property(object, (entries) => {
      const text = `{${entries.map(([name, number]) => `"${name}":${number}`).join(',')}}`;
      const kept: unknown = JSON.parse(text);
      const isWhole = Object.keys(Object(kept)).length === entries.length;
      expect(jsonFault(text) === undefined).toBe(isWhole);
    }),
    runs(500),
  );
});
