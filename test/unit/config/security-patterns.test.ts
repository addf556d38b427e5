import { describe, expect, it } from 'vitest';
import { forbiddenIn } from '../../../src/config/security/patterns.js';
import { FORBIDDEN_PATTERNS, validateSecurity } from '../../../src/config/security/security.js';

const errorsOf = (text: string) => validateSecurity({ a: text }).errors.map(({ message }) => message);

const ROWS = [
  {
    what: 'a script tag',
    refused: ['<script>', '</script>', '< SCRIPT src=x', '<script'],
    allowed: ['description', '<b>'],
  },
  { what: 'a javascript: address', refused: ['javascript:alert', 'JavaScript :x'], allowed: ['javascript'] },
  { what: 'a data: address', refused: ['data:text/html,x', 'DATA:;base64'], allowed: ['data', 'metadata:x'] },
  { what: 'a vbscript: address', refused: ['vbscript:x', 'VBScript: x'], allowed: ['vbscript'] },
  { what: 'an event handler (on…=)', refused: ['onload=x', '"onClick = x'], allowed: ['on', 'connection=1', 'on = 1'] },
  { what: 'a path upwards (../)', refused: ['../x', 'a/../b', '..\\x', '%2e%2e%2f'], allowed: ['./x', '...', 'a..b'] },
  { what: 'a character escaped by \\x', refused: ['\\x3c', 'a\\X4Fb'], allowed: ['x3c', '\\xg0'] },
  { what: 'a character escaped by \\u', refused: ['\\u003c', '\\u{3c}'], allowed: ['u003c', '\\u00'] },
  { what: 'a template tag (<% %>)', refused: ['<% x %>', '<%='], allowed: ['< %', '50 %>'] },
  {
    what: 'a template placeholder ($' + '{ })',
    refused: ['$' + '{HOME}', '$' + '{'],
    allowed: ['$HOME', '{x}', '$ {'],
  },
  { what: 'a call of eval', refused: ['eval(1)', 'EVAL ('], allowed: ['eval', 'retrieval(1)'] },
  { what: 'a call of exec', refused: ['exec(1)', 'x.exec ('], allowed: ['execute(1)', 'exec'] },
  {
    what: 'an import',
    refused: ['import fs', 'x; IMPORT\u00a0y', 'import("fs")'],
    allowed: ['important', 'import', 'reimport x'],
  },
  { what: 'a call of require', refused: ['require("fs")', 'require ('], allowed: ['required(1)', 'require'] },
  { what: 'a name between double underscores', refused: ['__init__', 'x.__a__'], allowed: ['__init', '_a_', '____'] },
];

describe('the forbidden patterns', () => {
  it('are the fifteen of the table', () => {
    expect(ROWS.map(({ what }) => what)).toEqual(FORBIDDEN_PATTERNS.map(({ what }) => what));
    expect(FORBIDDEN_PATTERNS).toHaveLength(15);
  });

  it.each(ROWS)('$what', ({ what, refused, allowed }) => {
    for (const text of refused) expect([text, forbiddenIn(text)]).toEqual([text, expect.arrayContaining([what])]);
    for (const text of allowed) expect([text, forbiddenIn(text)]).toEqual([text, []]);
  });

  it('cannot be taken away', () => {
    expect(Object.isFrozen(FORBIDDEN_PATTERNS)).toBe(true);
    expect(FORBIDDEN_PATTERNS.every(Object.isFrozen)).toBe(true);
  });

  it('are looked for in strings and in keys', () => {
    expect(errorsOf('eval(x)')).toEqual(['must not hold a call of eval']);
    expect(validateSecurity({ 'eval(x)': 1 }).errors).toMatchObject([
      { path: 'config["eval(x)"]', message: 'must not hold a call of eval', received: 'the string "eval(x)"' },
    ]);
  });

  it('are found behind escapes of JSON', () => {
    expect(validateSecurity('{"a":"\\u003cscript>"}').errors).toMatchObject([
      { message: 'must not hold a script tag' },
    ]);
    expect(validateSecurity('{"a":"\\\\u003cscript>"}').errors).toMatchObject([
      { message: 'must not hold a character escaped by \\u' },
    ]);
  });

  it('leave alone what JSON itself escapes', () => {
    expect(validateSecurity('{"a":"\\u00e9"}')).toMatchObject({ valid: true, value: { a: 'é' } });
  });

  it('are found in look-alikes, and not hidden by marks that combine', () => {
    expect(errorsOf('ｅｖａｌ（1）')).toEqual(['must not hold a call of eval']);
    expect(errorsOf('＿＿proto＿＿')).toEqual(['must not hold a name between double underscores']);
    expect(errorsOf('<script\u030c>')).toEqual(['must not hold a script tag']);
  });

  it('hold no state: the same text is found each time', () => {
    for (const _ of [1, 2, 3]) expect(forbiddenIn('eval(')).toEqual(['a call of eval']);
  });
});

describe('characters', () => {
  it.each([
    { kind: 'control', text: 'a\nb', hex: 'U+000A' },
    { kind: 'delete', text: 'a\u007f', hex: 'U+007F' },
    { kind: 'format', text: 'a\u202eb', hex: 'U+202E' },
    { kind: 'a joiner of no width', text: 'a\u200db', hex: 'U+200D' },
    { kind: 'private use', text: '\ue000', hex: 'U+E000' },
    { kind: 'a lone surrogate', text: 'a\ud800b', hex: 'U+D800' },
  ])('of $kind are refused', ({ text, hex }) => {
    expect(validateSecurity({ a: text }).errors).toMatchObject([
      {
        message: 'must not hold control, format, private or lone surrogate characters',
        suggestion: `Leave out ${hex}.`,
      },
    ]);
  });

  it('above U+1F4FF are refused, and those up to it are not', () => {
    expect(errorsOf('\u{1f4ff}')).toEqual([]);
    expect(errorsOf('\u{1f500}')).toEqual(['must not hold characters above U+1F4FF']);
  });

  it('of all languages are allowed', () => {
    for (const text of ['Zusammenfassung', 'résumé', '要約', 'ملخص', 'итог', '𝒳']) expect(errorsOf(text)).toEqual([]);
  });

  it('may be there ten times in a row; one more is a warning, and one for each string', () => {
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
