import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../../src/config/load/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

const parse = (text: string) => parseConfig(text, 'yaml', 'holdfast.yaml');
const wrongWith = (text: string) => issuesOf(() => parse(text));

/** A line for each level, which is indented deeper than the one before. Their length grows with the square of the depth. */
function buildLines(depth: number, line: (indent: string) => string): string {
  return Array.from({ length: Math.min(depth, 1_200) }, (_, level) => line(' '.repeat(level))).join('\n');
}

const require = vi.hoisted(() => ({ fails: false }));
vi.mock('node:module', async (original) => {
  const real = await original<typeof import('node:module')>();
  const createRequire: typeof real.createRequire = (from) => {
    if (require.fails) throw new Error("Cannot find module 'yaml'\nRequire stack:");
    return real.createRequire(from);
  };
  return { default: { createRequire } };
});

describe('parseConfig with YAML', () => {
  it('returns the config of the text', () => {
    const text =
      '# ours\npreset: none\ndefaults:\n  deadlineMs: 30000 # half a minute\noperations:\n  chat: { retry: false }\n';
    expect(parse(text)).toEqual({
      preset: 'none',
      defaults: { deadlineMs: 30_000 },
      operations: { chat: { retry: false } },
    });
    expect(parse('{}')).toEqual({});
    expect(parse('---\npreset: simple\n...\n')).toEqual({ preset: 'simple' });
    expect(parse('\uFEFFpreset: simple')).toEqual({ preset: 'simple' });
  });

  it('reads every key as a string', () => {
    expect(parse('operations:\n  404: {}\n  true: {}\n  null: {}')).toEqual({
      operations: { 404: {}, true: {}, null: {} },
    });
  });

  it('shares settings by aliases and merge keys', () => {
    const text =
      'operations:\n  chat: &chat { deadlineMs: 5000, retry: false }\n  mail: { <<: *chat, deadlineMs: 9000 }\n  again: *chat';
    expect(parse(text).operations).toEqual({
      chat: { deadlineMs: 5_000, retry: false },
      mail: { deadlineMs: 9_000, retry: false },
      again: { deadlineMs: 5_000, retry: false },
    });
  });

  it('applies YAML 1.2 whatever the text declares', () => {
    const text = '%YAML 1.1\n---\ndefaults: { deadlineMs: 0100, retry: off }';
    expect(wrongWith(text)).toMatchObject([{ path: 'holdfast.yaml.defaults.retry', received: 'the string "off"' }]);
  });

  it.each([
    ['a repeated key', 'defaults:\n  deadlineMs: 5000\n  deadlineMs: 6000', 'this key is repeated (line 3, column 3)'],
    ['a repeated key in braces', '{"preset": "none", preset: "simple"}', 'this key is repeated (line 1, column 20)'],
    ['a second document', 'preset: none\n---\npreset: simple\n', 'there is a second document (line 2, column 1)'],
    ['a tag of its own', 'preset: !env PRESET', 'Unresolved tag: !env (line 1, column 9)'],
    ['a tag that makes a function', "preset: !!js/function 'x'", 'Unresolved tag'],
    ['a tag of YAML 1.1', 'preset: !!binary aGk=', 'Unresolved tag'],
    ['a key that is not a string', '? { a: 1 }\n: 2', 'all keys must be strings (line 1, column 3)'],
    ['an alias of nothing', 'defaults: *chat', 'Unresolved alias'],
    ['a tab', 'defaults:\n\tdeadlineMs: 5000', '(line 2, column 1)'],
    ['a mapping in a line', 'preset: a: b', '(line 1, column 9)'],
    ['a merge of what is no mapping', 'defaults: { <<: 5 }', 'Merge sources must be maps'],
  ])('refuses %s', (_, text, why) => {
    const [issue, ...others] = wrongWith(text);
    expect(others).toEqual([]);
    expect(issue?.path).toBe('holdfast.yaml');
    expect(issue?.message).toContain('must be YAML that holds one config: ');
    expect(issue?.message).toContain(why);
    expect(issue?.received).toBe(`a text of ${text.length} characters`);
  });

  it('refuses aliases of aliases before they are expanded', () => {
    const lines = Array.from({ length: 9 }, (_, depth) => `a${depth + 1}: &a${depth + 1} [${`*a${depth},`.repeat(9)}]`);
    const [issue] = wrongWith(['a0: &a0 [x, x]', ...lines].join('\n'));
    expect(issue?.message).toContain('its aliases repeat more than 50000 values (line 6, column ');
  });

  it('shares settings between hundreds of operations', () => {
    const base =
      '{ deadlineMs: 9000, retry: { maxAttempts: 2, minDelayMs: 500, kinds: { auth: true } }, breaker: false }';
    const lines = Array.from({ length: 500 }, (_, index) => `  o${index}: { <<: *base, attemptTimeoutMs: 8000 }`);
    const { operations = {} } = parse(`operations:\n  base: &base ${base}\n${lines.join('\n')}`);
    expect(Object.keys(operations)).toHaveLength(501);
    expect(operations['o499']).toEqual({ ...operations['base'], attemptTimeoutMs: 8_000 });
  });

  it('refuses mappings that merge one another in a long chain, whose values would fill the memory', () => {
    const lines = Array.from({ length: 2_000 }, (_, n) => `a${n + 1}: &a${n + 1} { <<: *a${n}, k${n}: 1 }`);
    const [issue] = wrongWith(['a0: &a0 { x: 1 }', ...lines].join('\n'));
    expect(issue?.message).toContain('it is nested deeper than 100 levels (line 100, column ');
  });

  describe.each([
    ['lists in brackets', (depth: number) => `${'['.repeat(depth)}${']'.repeat(depth)}`],
    ['lists in brackets that are not closed', (depth: number) => '['.repeat(depth)],
    ['mappings in braces', (depth: number) => `${'{a: '.repeat(depth)}1${'}'.repeat(depth)}`],
    ['mappings in braces that are not closed', (depth: number) => '{'.repeat(depth)],
    ['lists by dashes', (depth: number) => '- '.repeat(depth)],
    ['mappings by question marks', (depth: number) => '? '.repeat(depth)],
    ['mappings by colons', (depth: number) => ': '.repeat(depth)],
    ['mappings by indentation', (depth: number) => buildLines(depth, (indent) => `${indent}a:`)],
    ['lists by indentation', (depth: number) => buildLines(depth, (indent) => `${indent}-`)],
    ['brackets behind dashes', (depth: number) => `${'- '.repeat(depth / 2)}${'['.repeat(depth / 2)}`],
    [
      'braces within indentation',
      (depth: number) => `${buildLines(depth / 2, (i) => `${i}a:`)} ${'{a: '.repeat(depth / 2)}`,
    ],
    ['pairs in brackets', (depth: number) => '[a: '.repeat(depth)],
    ['anchors and tags before brackets', (depth: number) => '&a !!seq ['.repeat(depth)],
    ['dashes behind an anchor each', (depth: number) => buildLines(depth, (indent) => `${indent}- &a`)],
    [
      'lists of the list before, by aliases',
      (depth: number) => Array.from({ length: depth }, (_, n) => `a${n + 1}: &a${n + 1} [*a${n}]`).join('\n'),
    ],
  ])('refuses %s', (_, nest) => {
    it.each([110, 1_200, 3_000])('that are %i deep, before they are parsed', (depth) => {
      const text = nest(depth);
      for (const given of [text, `defaults: {}\n---\n${text}`]) {
        const [issue, ...others] = wrongWith(given);
        expect(others).toEqual([]);
        expect(issue?.message).not.toContain('stack');
      }
    });
  });

  it('says where a text is nested too deep', () => {
    for (const [opening, column] of [
      ['[', 102],
      ['{', 102],
      ['- ', 203],
    ] as const) {
      const [issue] = wrongWith(opening.repeat(1_200));
      expect(issue?.message).toBe(
        `must be YAML that holds one config: it is nested deeper than 100 levels (line 1, column ${column})`,
      );
    }
  });

  it('takes 100 levels, and refuses 101', () => {
    const nest = (depth: number) => `a: ${'['.repeat(depth - 1)}${']'.repeat(depth - 1)}`;
    expect(wrongWith(nest(100))[0]?.message).not.toContain('YAML');
    expect(wrongWith(nest(101))[0]?.message).toContain('it is nested deeper than 100 levels (line 1, column 103)');
  });

  it('refuses an alias of the value that contains it', () => {
    expect(wrongWith('defaults: &all\n  retry: *all')).toMatchObject([{ path: 'holdfast.yaml.defaults.retry.retry' }]);
  });

  it.each(['- preset', 'preset', '5'])('refuses YAML that is not a mapping: %j', (text) => {
    expect(wrongWith(text)).toMatchObject([
      { path: 'holdfast.yaml', message: 'must be an object with the parts of a config' },
    ]);
  });

  it('handles many keys in linear time', () => {
    const text = `operations:\n${Array.from({ length: 40_000 }, (_, index) => `  o${index}: {}`).join('\n')}`;
    expect(Object.keys(parse(text).operations ?? {})).toHaveLength(40_000);
  }, 20_000);

  it('suggests what to do if the package yaml cannot be loaded', () => {
    require.fails = true;
    expect(wrongWith('preset: none')).toEqual([
      {
        path: 'holdfast.yaml',
        message: 'needs the package yaml, which cannot be loaded',
        received: "Cannot find module 'yaml'",
        suggestion: "Run 'npm install yaml', also where a bundle runs, or write the config as JSON.",
      },
    ]);
    require.fails = false;
  });

  it('needs the package yaml, unlike parseConfig with JSON', () => {
    require.fails = true;
    expect(parseConfig('{"preset":"none"}', 'json', 'holdfast.json')).toEqual({ preset: 'none' });
    require.fails = false;
  });
});
