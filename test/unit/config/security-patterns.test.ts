import { describe, expect, it } from 'vitest';
import { FORBIDDEN_PATTERNS, validateSecurity } from '../../../src/config/security/index.js';
import { findForbidden } from '../../../src/config/security/patterns.js';

const errorsOf = (text: string) => validateSecurity({ a: text }).errors.map(({ message }) => message);

const ROWS = [
  {
    what: 'a script tag',
    refused: ['<script>', '</script>', '< SCRIPT src=x', '<script'],
    allowed: ['description', '<b>'],
  },
  { what: 'a javascript: URL', refused: ['javascript:alert', 'JavaScript :x'], allowed: ['javascript'] },
  { what: 'a data: URL', refused: ['data:text/html,x', 'DATA:;base64'], allowed: ['data', 'metadata:x'] },
  { what: 'a vbscript: URL', refused: ['vbscript:x', 'VBScript: x'], allowed: ['vbscript'] },
  { what: 'an event handler (on…=)', refused: ['onload=x', '"onClick = x'], allowed: ['on', 'connection=1', 'on = 1'] },
  { what: 'a parent path (../)', refused: ['../x', 'a/../b', '..\\x', '%2e%2e%2f'], allowed: ['./x', '...', 'a..b'] },
  { what: 'a \\x escape', refused: ['\\x3c', 'a\\X4Fb'], allowed: ['x3c', '\\xg0'] },
  { what: 'a \\u escape', refused: ['\\u003c', '\\u{3c}'], allowed: ['u003c', '\\u00'] },
  { what: 'a template tag (<% %>)', refused: ['<% x %>', '<%='], allowed: ['< %', '50 %>'] },
  {
    what: 'a template placeholder ($' + '{ })',
    refused: ['$' + '{HOME}', '$' + '{'],
    allowed: ['$HOME', '{x}', '$ {'],
  },
  { what: 'a call to eval', refused: ['eval(1)', 'EVAL ('], allowed: ['eval', 'retrieval(1)'] },
  { what: 'a call to exec', refused: ['exec(1)', 'x.exec ('], allowed: ['execute(1)', 'exec'] },
  {
    what: 'an import',
    refused: ['import fs', 'x; IMPORT\u00a0y', 'import("fs")'],
    allowed: ['important', 'import', 'reimport x'],
  },
  { what: 'a call to require', refused: ['require("fs")', 'require ('], allowed: ['required(1)', 'require'] },
  { what: 'a name between double underscores', refused: ['__init__', 'x.__a__'], allowed: ['__init', '_a_', '____'] },
];

describe('forbidden patterns', () => {
  it('are the fifteen in the table of this test', () => {
    expect(ROWS.map(({ what }) => what)).toEqual(FORBIDDEN_PATTERNS.map(({ what }) => what));
    expect(FORBIDDEN_PATTERNS).toHaveLength(15);
  });

  it.each(ROWS)('match $what and nothing similar', ({ what, refused, allowed }) => {
    for (const text of refused) expect([text, findForbidden(text)]).toEqual([text, expect.arrayContaining([what])]);
    for (const text of allowed) expect([text, findForbidden(text)]).toEqual([text, []]);
  });

  it('are frozen', () => {
    expect(Object.isFrozen(FORBIDDEN_PATTERNS)).toBe(true);
    expect(FORBIDDEN_PATTERNS.every(Object.isFrozen)).toBe(true);
  });

  it('are refused in strings and in keys', () => {
    expect(errorsOf('eval(x)')).toEqual(['must not contain a call to eval']);
    expect(validateSecurity({ 'eval(x)': 1 }).errors).toMatchObject([
      { path: 'config["eval(x)"]', message: 'must not contain a call to eval', received: 'the string "eval(x)"' },
    ]);
  });

  it('are found behind escapes of JSON', () => {
    expect(validateSecurity('{"a":"\\u003cscript>"}').errors).toMatchObject([
      { message: 'must not contain a script tag' },
    ]);
    expect(validateSecurity('{"a":"\\\\u003cscript>"}').errors).toMatchObject([
      { message: 'must not contain a \\u escape' },
    ]);
  });

  it('ignore the escapes of JSON itself', () => {
    expect(validateSecurity('{"a":"\\u00e9"}')).toMatchObject({ valid: true, value: { a: 'é' } });
  });

  it('are found in look-alikes and behind combining marks', () => {
    expect(errorsOf('ｅｖａｌ（1）')).toEqual(['must not contain a call to eval']);
    expect(errorsOf('＿＿proto＿＿')).toEqual(['must not contain a name between double underscores']);
    expect(errorsOf('<script\u030c>')).toEqual(['must not contain a script tag']);
  });

  it('keep no state between two texts', () => {
    for (const _ of [1, 2, 3]) expect(findForbidden('eval(')).toEqual(['a call to eval']);
  });
});

describe('validateSecurity with unusual characters', () => {
  it.each([
    { kind: 'control', text: 'a\nb', hex: 'U+000A' },
    { kind: 'delete', text: 'a\u007f', hex: 'U+007F' },
    { kind: 'format', text: 'a\u202eb', hex: 'U+202E' },
    { kind: 'zero-width joiner', text: 'a\u200db', hex: 'U+200D' },
    { kind: 'private use', text: '\ue000', hex: 'U+E000' },
    { kind: 'lone surrogate', text: 'a\ud800b', hex: 'U+D800' },
  ])('refuses $kind characters', ({ text, hex }) => {
    expect(validateSecurity({ a: text }).errors).toMatchObject([
      {
        message: 'must not contain control, format, private-use or lone surrogate characters',
        suggestion: `Remove ${hex}.`,
      },
    ]);
  });

  it('refuses characters above U+1F4FF and no others', () => {
    expect(errorsOf('\u{1f4ff}')).toEqual([]);
    expect(errorsOf('\u{1f500}')).toEqual(['must not contain characters above U+1F4FF']);
  });

  it('accepts the letters of all languages', () => {
    for (const text of ['Zusammenfassung', 'résumé', '要約', 'ملخص', 'итог', '𝒳']) expect(errorsOf(text)).toEqual([]);
  });

  it('warns once for each string that repeats a character more than ten times', () => {
    expect(validateSecurity({ a: 'x'.repeat(10) }).warnings).toEqual([]);
    expect(validateSecurity({ a: `${'x'.repeat(11)}-${'y'.repeat(11)}`, b: '📈'.repeat(11) })).toMatchObject({
      valid: true,
      warnings: [
        { path: 'config.a', message: 'repeats a character more than 10 times' },
        { path: 'config.b', message: 'repeats a character more than 10 times' },
      ],
    });
  });
});
