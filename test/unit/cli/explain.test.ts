import { describe, expect, it } from 'vitest';
import { dataOf, folderWith, ran } from './running.js';

const FILE = JSON.stringify({
  preset: 'production',
  operations: { chat: { strategy: 'aggressive', retry: { maxAttempts: 6 }, breaker: false } },
});

describe('holdfast explain', () => {
  it('tells each setting and where it comes from', async () => {
    const cwd = folderWith({ 'holdfast.json': FILE });
    const { code, out, err } = await ran(['explain', 'chat', '--config', 'holdfast.json'], { cwd });
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^operation +chat$/m);
    expect(out).toMatch(/^preset +production$/m);
    expect(out).toMatch(/^strategy +aggressive$/m);
    expect(out).toMatch(/^named +chat$/m);
    expect(out).toMatch(/^retry\.maxAttempts +6 +file$/m);
    expect(out).toMatch(/^retry\.maxElapsedMs +10000 +strategy aggressive$/m);
    expect(out).toMatch(/^retry\.multiplier +0\.5 +strategy aggressive$/m);
    expect(out).toMatch(/^breaker +false +file$/m);
    expect(out).toMatch(/^deadlineMs +120000 +library$/m);
  });

  it('tells machines the same', async () => {
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

  it('tells of all operations that nobody names', async () => {
    const { out } = await ran(['explain', '--preset', 'production']);
    expect(out).toMatch(/^operation +all that nobody names$/m);
    expect(out).toMatch(/^retry\.maxAttempts +5 +preset production$/m);
    expect(await dataOf(['explain', '--preset', 'none'])).toMatchObject({
      operation: null,
      strategy: null,
      preset: 'none',
      operations: [],
    });
  });

  it('goes by the environment that it is given, and by nothing else', async () => {
    expect(await dataOf(['explain'], { env: { HOLDFAST_PRESET: 'production' } })).toMatchObject({
      preset: 'production',
    });
    expect(await dataOf(['explain'], { env: { NODE_ENV: 'production' } })).toMatchObject({ preset: 'production' });
    expect(await dataOf(['explain'])).toMatchObject({ preset: 'simple' });
    const beaten = await dataOf(['explain', '--preset', 'simple'], { env: { HOLDFAST_PRESET: 'production' } });
    expect(beaten).toMatchObject({ preset: 'simple' });
  });

  it('asks back for a name that is nearly one of the config', async () => {
    const cwd = folderWith({ 'holdfast.json': FILE });
    const known = await ran(['explain', 'chta', '--config', 'holdfast.json'], { cwd });
    expect(known).toMatchObject({
      code: 0,
      err: "No config names the operation 'chta'. Did you mean 'chat'?\n",
    });
    const free = await ran(['explain', 'translate', '--config', 'holdfast.json'], { cwd });
    expect(free).toMatchObject({ code: 0, err: '' });
    const alias = await ran(['explain', 'answer_question', '--config', 'holdfast.json'], { cwd });
    expect(alias).toMatchObject({ code: 0, err: '' });
    expect(alias.out).toMatch(/^operation +qa$/m);
  });

  it('ends with 1 for a config that is not valid, and with 2 for one that is not there', async () => {
    const cwd = folderWith({ 'holdfast.json': '{ "defaults": { "retry": { "maxAttempts": 0 } } }' });
    const invalid = await ran(['explain', '--config', 'holdfast.json'], { cwd });
    expect(invalid).toMatchObject({ code: 1, out: '' });
    expect(invalid.err).toMatch(/^error: .*defaults\.retry\.maxAttempts: must be .*; received 0$/m);
    const absent = await ran(['explain', '--config', 'holdfast.jsno'], { cwd });
    expect(absent).toEqual({
      code: 2,
      out: '',
      err: "holdfast: 'holdfast.jsno' cannot be read: there is no such file.\n",
    });
    const folder = await ran(['explain', '--config', '.'], { cwd });
    expect(folder).toEqual({ code: 2, out: '', err: "holdfast: '.' is a folder.\n" });
    const preset = await ran(['explain', '--preset', 'prodction']);
    expect(preset).toMatchObject({ code: 1, out: '' });
    expect(preset.err).toContain("Did you mean 'production'?");
  });

  it('says on stderr what the loader has to say', async () => {
    const { code, out, err } = await ran(['explain'], { env: { HOLDFAST_PRESETS: 'production' } });
    expect(code).toBe(0);
    expect(out).toMatch(/^preset +simple$/m);
    expect(err).toMatch(/^HOLDFAST_PRESETS .*Did you mean 'HOLDFAST_PRESET'\?\n$/);
  });

  it('refuses what is no name', async () => {
    const { code, out, err } = await ran(['explain', 'a\u0007b']);
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: operation: must be a string of 1 to 256 characters/);
  });
});
