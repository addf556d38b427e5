import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseConfig } from '../../../src/config/load/index.js';
import { findJsonIssue } from '../../../src/config/load/json.js';
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

describe('parseConfig with JSON', () => {
  it('returns the config of the text', () => {
    const text = '{ "$schema": "x", "preset": "none", "operations": { "chat": { "retry": { "maxAttempts": 4 } } } }';
    expect(parse(text)).toEqual({ $schema: 'x', preset: 'none', operations: { chat: { retry: { maxAttempts: 4 } } } });
    expect(parse('{}')).toEqual({});
  });

  it('accepts every character that JSON allows in strings', () => {
    const schema = 'a\u007fb\u0085\u2028\ud800 "\\/\b\f\n\r\t\u0001';
    expect(parse(JSON.stringify({ $schema: schema }))).toEqual({ $schema: schema });
    expect(parse('{"$schema":"\u007f\u0085\\/\\u00e9"}')).toEqual({ $schema: '\u007f\u0085/é' });
  });

  it('accepts a byte order mark', () => {
    expect(parse('\uFEFF{"preset":"simple"}')).toEqual({ preset: 'simple' });
  });

  it.each([
    ['{\n  "preset": "simple",\n}', 'a key in double quotes at line 3, column 1', 'the string "}"'],
    ['{\n  // mine\n}', 'a key in double quotes or } at line 2, column 3', 'the string "/"'],
    ["{ 'preset': 1 }", 'a key in double quotes or } at line 1, column 3', 'the string "\'"'],
    ['{ "preset" "simple" }', 'a colon at line 1, column 12', 'the string "\\""'],
    ['{ "preset": simple }', 'a value at line 1, column 13', 'the string "s"'],
    ['{ "preset": "simple"\r\n"strategy": 1 }', 'a comma or } at line 2, column 1', 'the string "\\""'],
    ['{ "defaults": [1 2] }', 'a comma or ] at line 1, column 18', 'the string "2"'],
    ['{ "defaults": [', 'a value or ] at line 1, column 16', 'the end of the text'],
    ['{ "defaults": { "deadlineMs": 01 } }', 'a value at line 1, column 31', 'the string "0"'],
    [
      '{ "preset": "sim\nple" }',
      'the closing quotation mark or an escape sequence at line 1, column 17',
      'the string "\\n"',
    ],
    [
      '{ "preset": "sim',
      'the closing quotation mark or an escape sequence at line 1, column 17',
      'the end of the text',
    ],
    ['{ "preset": "\\x" }', 'a valid escape sequence at line 1, column 14', 'the string "\\\\x"'],
    ['{} {}', 'the end of the text at line 1, column 4', 'the string "{"'],
    ['{ "preset":', 'a value at line 1, column 12', 'the end of the text'],
  ])('reports line, column and what was expected: %j', (text, where, received) => {
    expect(wrongWith(text)).toEqual([{ path: 'holdfast.json', message: `must be JSON: expected ${where}`, received }]);
  });

  it('refuses a repeated key, of which JSON.parse() would silently keep one', () => {
    const text = '{\n "operations": {\n  "chat": {},\n  "ch\\u0061t": {}\n }\n}';
    expect(wrongWith(text)).toEqual([
      {
        path: 'holdfast.json',
        message: 'must be JSON without repeated keys: found a repeated key at line 4, column 3',
        received: 'the string "chat"',
      },
    ]);
    expect(wrongWith('{ "operations": { "a": {}, "b": {} }, "defaults": {} }')).toEqual([]);
  });

  it.each(['[]', 'null', '"text"', '5', '[[]]'])('refuses JSON that is not an object: %s', (text) => {
    expect(wrongWith(text)).toMatchObject([{ path: 'holdfast.json' }]);
  });

  it.each(['[', '{"a":'])('refuses %s nested a hundred thousand times, and says where', (opening) => {
    const closing = opening === '[' ? ']' : '}';
    const message = 'must be JSON that is nested at most 100 levels deep: found more at line 1, column ';
    for (const text of [opening.repeat(100_000), `${opening.repeat(100_000)}1${closing.repeat(100_000)}`]) {
      expect(wrongWith(text)).toMatchObject([
        { path: 'holdfast.json', message: `${message}${100 * opening.length + 1}` },
      ]);
    }
  });

  it('takes 100 levels, and refuses 101', () => {
    const nest = (depth: number) => `{"preset":${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}}`;
    expect(wrongWith(nest(100))).toMatchObject([{ path: 'holdfast.json.preset' }]);
    expect(wrongWith(nest(101))).toMatchObject([{ path: 'holdfast.json' }]);
  });
});

it('findJsonIssue finds an issue exactly if JSON.parse() throws or a key is repeated', () => {
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
      const issue = findJsonIssue('text', broken);
      const isRepeated = issue?.message.includes('repeated key') === true;
      expect(issue === undefined || isRepeated).toBe(isJson(broken) || isRepeated);
    }),
    runs(3_000),
  );
});

it('findJsonIssue finds a repeated key exactly if JSON.parse() drops one', () => {
  const key = fc.constantFrom('a', 'b', 'c', '__proto__', 'constructor');
  const object = fc.array(fc.tuple(key, fc.integer()), { maxLength: 4 });
  fc.assert(
    fc.property(object, (entries) => {
      const text = `{${entries.map(([name, number]) => `"${name}":${number}`).join(',')}}`;
      const kept: unknown = JSON.parse(text);
      const isWhole = Object.keys(Object(kept)).length === entries.length;
      expect(findJsonIssue('text', text) === undefined).toBe(isWhole);
    }),
    runs(500),
  );
});
