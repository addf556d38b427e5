import { describe, expect, it, vi } from 'vitest';
import { parseConfig } from '../../../src/config/load/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

const parse = (text: string) => parseConfig(text, 'yaml', 'holdfast.yaml');
const wrongWith = (text: string) => issuesOf(() => parse(text));

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
  it('gives the config', () => {
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
    ['depth without end', '['.repeat(20_000), 'Maximum call stack size exceeded'],
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
    expect(issue?.message).toContain('Excessive alias count');
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

  it('does not load the package yaml for JSON', () => {
    require.fails = true;
    expect(parseConfig('{"preset":"none"}', 'json', 'holdfast.json')).toEqual({ preset: 'none' });
    require.fails = false;
  });
});
