import { describe, expect, it } from 'vitest';
import { type LazyModules, lazyModules } from '../../../src/cli/lazy-modules.js';
import { dataOf, folderWith, ran, unexpected } from './running.js';

const RIGHT = '{ "preset": "simple", "operations": { "chat": { "retry": { "maxAttempts": 4 } } } }';
const WRONG = '{ "preset": "simpel", "defaults": { "deadlineMs": "30" } }';

describe('holdfast validate', () => {
  it.each([
    ['holdfast.json', RIGHT],
    ['holdfast.yaml', 'preset: simple\noperations:\n  chat:\n    retry: { maxAttempts: 4 }\n'],
    ['holdfast.yml', 'preset: none\n'],
  ])('finds %s valid', async (name, text) => {
    const cwd = folderWith({ [name]: text });
    expect(await ran(['validate', name], { cwd })).toMatchObject({ code: 0, err: '' });
    expect((await ran(['validate', name], { cwd })).out).toMatch(new RegExp(`^${name}: valid\\b`));
    expect(await dataOf(['validate', name], { cwd })).toMatchObject({ file: name, valid: true, errors: [] });
  });

  it('lists everything that is wrong and exits with 1', async () => {
    const cwd = folderWith({ 'holdfast.json': WRONG });
    const { code, out, err } = await ran(['validate', 'holdfast.json'], { cwd });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/^holdfast\.json: not valid, \d errors?/);
    expect(out).toMatch(/^error: .*defaults\.deadlineMs: must be .*; received the string "30"$/m);
    const machines = await ran(['validate', 'holdfast.json', '--json'], { cwd });
    expect(machines).toMatchObject({ code: 1, err: '' });
    expect(JSON.parse(machines.out)).toMatchObject({
      valid: false,
      errors: [{ received: 'the string "30"' }, { received: 'the string "simpel"' }],
    });
  });

  it('suggests the name that was probably meant', async () => {
    const cwd = folderWith({ 'holdfast.json': '{ "preset": "simpel" }' });
    expect((await ran(['validate', 'holdfast.json'], { cwd })).out).toContain("\n  Did you mean 'simple'?");
  });

  it.each([
    ['broken.json', '{ "preset": '],
    ['broken.yaml', 'preset: [simple\n'],
  ])('reports %s, which cannot be parsed, as not valid', async (name, text) => {
    const cwd = folderWith({ [name]: text });
    const { code, out, err } = await ran(['validate', name], { cwd });
    expect({ code, err }).toEqual({ code: 1, err: '' });
    expect(out).toMatch(/: not valid, 1 error\nerror: /);
    expect(await dataOf(['validate', name], { cwd })).toMatchObject({ valid: false, errors: [{}], warnings: [] });
  });

  it('exits with 2 for a missing file', async () => {
    const { code, out, err } = await ran(['validate', 'none.json'], { cwd: folderWith({}) });
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toBe("holdfast: 'none.json' cannot be read: no such file or folder.\n");
  });

  it('prints each suggestion once, below the finding that it belongs to', async () => {
    const cwd = folderWith({ 'a.json': '{ "preset": "none", "defaults": { "retry": { "maxAttempts": 9 } } }' });
    const { out } = await ran(['validate', 'a.json'], { cwd });
    expect(out.split('\n')).toEqual([
      'a.json: valid, 2 warnings',
      expect.stringMatching(/^warning: config\.defaults\.retry\.maxAttempts: is high: 9 attempts/),
      '  Write at most 7; 3 suits most calls.',
      expect.stringMatching(/^warning: config\.defaults\.retry\.maxAttempts: lets one failing call open the breaker/),
      '  Write 11 for breaker.trip.consecutiveFailures.',
      expect.stringMatching(/^suggestion: config\.defaults\.retry\.maxAttempts: Switch off the retries of your SDK/),
      '',
    ]);
    const less = 'Write at most 7; 3 suits most calls.';
    const later = 'Write 11 for breaker.trip.consecutiveFailures.';
    expect(await dataOf(['validate', 'a.json'], { cwd })).toMatchObject({
      warnings: [{ suggestion: less }, { suggestion: later }],
      suggestions: [{ text: less }, { text: later }, { text: expect.stringContaining('retries of your SDK') }],
    });
  });

  it('exits with 0 if there are only warnings', async () => {
    const cwd = folderWith({ 'a.json': '{ "preset": "none", "defaults": { "retry": { "maxAttempts": 9 } } }' });
    expect(await ran(['validate', 'a.json'], { cwd })).toMatchObject({ code: 0, err: '' });
  });

  it('exits with 70 for an internal error, and does not blame the config', async () => {
    const cwd = folderWith({ 'a.json': '{}' });
    const modules: LazyModules = { ...lazyModules, validation: async () => ({ validateConfig: unexpected }) };
    expect(await ran(['validate', 'a.json'], { cwd }, { modules })).toMatchObject({ code: 70, out: '' });
  });
});
