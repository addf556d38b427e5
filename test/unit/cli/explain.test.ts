import { describe, expect, it } from 'vitest';
import { dataOf, folderWith, ran } from './running.js';

const FILE = JSON.stringify({
  preset: 'production',
  operations: { chat: { strategy: 'aggressive', retry: { maxAttempts: 6 }, breaker: false } },
});

describe('holdfast explain', () => {
  it('prints each setting and where it comes from', async () => {
    const cwd = folderWith({ 'holdfast.json': FILE });
    const { code, out, err } = await ran(['explain', 'chat', '--config', 'holdfast.json'], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^operation +chat$/m);
    expect(out).toMatch(/^preset +production$/m);
    expect(out).toMatch(/^strategy +aggressive$/m);
    expect(out).toMatch(/^configured +chat$/m);
    expect(out).toMatch(/^retry\.maxAttempts +6 +file$/m);
    expect(out).toMatch(/^retry\.maxElapsedMs +10000 +strategy aggressive$/m);
    expect(out).toMatch(/^retry\.multiplier +0\.5 +strategy aggressive$/m);
    expect(out).toMatch(/^breaker +false +file$/m);
    expect(out).toMatch(/^deadlineMs +120000 +library$/m);
  });

  it('refuses an unknown preset on the command line as holdfast presets does', async () => {
    const refused = await ran(['explain', '--preset', 'simpel']);
    const err = "holdfast: There is no preset 'simpel'.\n  Did you mean 'simple'?\n";
    expect(refused).toEqual({ code: 2, out: '', err });
    expect(await ran(['explain', '--preset', 'nope'])).toMatchObject({ code: 2, out: '' });
    expect(await ran(['explain', '--preset', 'auto'])).toMatchObject({ code: 0, err: '' });
  });

  it('prints each setting and where it comes from as JSON with --json', async () => {
    const cwd = folderWith({ 'holdfast.json': FILE });
    expect(await dataOf(['explain', 'chat', '--config', 'holdfast.json'], { cwd })).toMatchObject({
      operation: 'chat',
      preset: 'production',
      strategy: 'aggressive',
      environment: { environment: 'development', detectedBy: 'fallback' },
      operations: ['chat'],
      settings: {
        'retry.maxAttempts': { value: 6, layer: 'file' },
        'retry.maxElapsedMs': { value: 10_000, layer: 'strategy', name: 'aggressive' },
      },
    });
  });

  it('prints the settings of all other operations if no name is given', async () => {
    const { out } = await ran(['explain', '--preset', 'production']);
    expect(out).toMatch(/^operation +all without their own settings$/m);
    expect(out).toMatch(/^retry\.maxAttempts +5 +preset production$/m);
    expect(await dataOf(['explain', '--preset', 'none'])).toMatchObject({
      operation: null,
      strategy: null,
      preset: 'none',
      operations: [],
    });
  });

  it('uses the variables of the run, and --preset before them', async () => {
    expect(await dataOf(['explain'], { env: { HOLDFAST_PRESET: 'production' } })).toMatchObject({
      preset: 'production',
    });
    expect(await dataOf(['explain'], { env: { NODE_ENV: 'production' } })).toMatchObject({ preset: 'production' });
    expect(await dataOf(['explain'])).toMatchObject({ preset: 'simple' });
    const beaten = await dataOf(['explain', '--preset', 'simple'], { env: { HOLDFAST_PRESET: 'production' } });
    expect(beaten).toMatchObject({ preset: 'simple' });
  });

  it('notes on stderr that a name is similar to a configured operation', async () => {
    const cwd = folderWith({ 'holdfast.json': FILE });
    const known = await ran(['explain', 'chta', '--config', 'holdfast.json'], { cwd });
    expect(known).toMatchObject({
      code: 0,
      err: "The operation 'chta' is not configured. Did you mean 'chat'?\n",
    });
    const free = await ran(['explain', 'translate', '--config', 'holdfast.json'], { cwd });
    expect(free).toMatchObject({ code: 0, err: '' });
    const alias = await ran(['explain', 'answer_question', '--config', 'holdfast.json'], { cwd });
    expect(alias).toMatchObject({ code: 0, err: '' });
    expect(alias.out).toMatch(/^operation +qa$/m);
  });

  it('exits with 1 for an invalid config, and with 2 for a missing file or preset', async () => {
    const cwd = folderWith({ 'holdfast.json': '{ "defaults": { "retry": { "maxAttempts": 0 } } }' });
    const invalid = await ran(['explain', '--config', 'holdfast.json'], { cwd });
    expect(invalid).toMatchObject({ code: 1, out: '' });
    expect(invalid.err).toMatch(/^error: .*defaults\.retry\.maxAttempts: must be .*; received 0$/m);
    const absent = await ran(['explain', '--config', 'holdfast.jsno'], { cwd });
    expect(absent).toEqual({
      code: 2,
      out: '',
      err: "holdfast: 'holdfast.jsno' cannot be read: no such file or folder.\n",
    });
    const folder = await ran(['explain', '--config', '.'], { cwd });
    expect(folder).toEqual({ code: 2, out: '', err: "holdfast: '.' is a folder.\n" });
    const preset = await ran(['explain', '--preset', 'prodction']);
    expect(preset).toMatchObject({ code: 2, out: '' });
    expect(preset.err).toContain("Did you mean 'production'?");
  });

  it('prints the warnings of the loader on stderr', async () => {
    const { code, out, err } = await ran(['explain'], { env: { HOLDFAST_PRESETS: 'production' } });
    expect(code).toBe(0);
    expect(out).toMatch(/^preset +simple$/m);
    expect(err).toMatch(/^HOLDFAST_PRESETS .*Did you mean 'HOLDFAST_PRESET'\?\n$/);
  });

  it('refuses an operation name with control characters', async () => {
    const { code, out, err } = await ran(['explain', 'a\u0007b']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: operation: must be a string of 1 to 256 characters/);
  });
});
