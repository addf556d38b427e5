import { describe, expect, it } from 'vitest';
import { dataOf, folderWith, ran } from './running.js';

describe('holdfast diff', () => {
  it('lists the differences between two presets by operation', async () => {
    const { code, out, err } = await ran(['diff', 'simple', 'production']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^simple -> production: \d+ differences$/m);
    expect(out).toMatch(/^all operations without their own settings$/m);
    expect(out).toMatch(/^ {2}retry\.maxAttempts +3 +-> +5 +preset simple -> preset production$/m);
    expect(out).toMatch(/^qa\n/m);
    expect(out).toMatch(/^ {2}retry\.maxAttempts +3 +-> +7 +preset simple -> strategy critical$/m);
  });

  it('lists an operation that has an alias once', async () => {
    expect((await ran(['diff', 'simple', 'production'])).out).not.toContain('answer_question');
    const cwd = folderWith({ 'a.json': '{ "preset": "none", "operations": { "ask": { "alias": "chat" } } }' });
    const { out } = await ran(['diff', 'none', 'a.json'], { cwd });
    expect(out).toMatch(/^ask\n {2}alias +- +-> +chat/m);
  });

  it('compares effective settings, however they are written', async () => {
    const cwd = folderWith({
      'a.json': '{ "preset": "none", "defaults": { "retry": { "maxAttempts": 4 } } }',
      'b.yaml': 'preset: none\ndefaults:\n  deadlineMs: 120000\n  retry:\n    maxAttempts: 4\n',
      'c.yaml': 'preset: none\ndefaults:\n  retry: false\n',
    });
    expect(await ran(['diff', 'a.json', 'b.yaml', '--exit-code'], { cwd })).toEqual({
      code: 0,
      out: 'a.json -> b.yaml: no difference\n',
      err: '',
    });
    expect(await dataOf(['diff', 'a.json', 'b.yaml'], { cwd })).toEqual({
      a: 'a.json',
      b: 'b.yaml',
      preset: { from: 'none', to: 'none' },
      changes: [],
    });
    const off = await ran(['diff', 'a.json', 'c.yaml'], { cwd });
    expect(off.out).toMatch(/^ {2}retry\.maxAttempts +4 +-> +- +file -> -$/m);
    expect(off.out).toMatch(/^ {2}retry +- +-> +false +- -> file$/m);
    expect(off.code).toBe(0);
    expect(await ran(['diff', 'a.json', 'c.yaml', '--exit-code'], { cwd })).toMatchObject({ code: 1, out: off.out });
  });

  it('prints null with --json where a side has no such setting', async () => {
    const cwd = folderWith({ 'c.json': '{ "preset": "none", "operations": { "chat": { "quota": false } } }' });
    const said = await dataOf(['diff', 'none', 'c.json'], { cwd });
    expect(said).toMatchObject({
      changes: expect.arrayContaining([
        { operation: 'chat', path: 'quota', from: null, to: { value: false, layer: 'file' } },
        { operation: 'chat', path: 'quota.maxWaitMs', from: { value: 30_000, layer: 'library' }, to: null },
      ]),
    });
    const presets = await dataOf(['diff', 'simple', 'development']);
    expect(presets).toMatchObject({
      preset: { from: 'simple', to: 'development' },
      changes: expect.arrayContaining([
        {
          operation: null,
          path: 'retry.maxAttempts',
          from: { value: 3, layer: 'preset', name: 'simple' },
          to: { value: 2, layer: 'preset', name: 'development' },
        },
      ]),
    });
  });

  it('resolves auto by the environment and ignores HOLDFAST_PRESET and HOLDFAST_CONFIG', async () => {
    const env = { NODE_ENV: 'production', HOLDFAST_PRESET: 'development', HOLDFAST_CONFIG: 'not there.json' };
    expect(await ran(['diff', 'auto', 'production'], { env })).toMatchObject({
      code: 0,
      out: 'auto -> production: no difference\n',
    });
  });

  it.each([
    [['simpel', 'production'], 2, "holdfast: 'simpel' is neither a file nor a preset.\n  Did you mean 'simple'?\n"],
    [
      ['simple', 'x'],
      2,
      "holdfast: 'x' is neither a file nor a preset.\n  Presets: auto, none, simple, development, production.\n",
    ],
    [['simple', './x'], 2, "holdfast: './x' cannot be read: no such file or folder.\n"],
    [['simple', 'x.json'], 2, "holdfast: 'x.json' cannot be read: no such file or folder.\n"],
  ])('given %j, exits with %d', async (sides, code, err) => {
    expect(await ran(['diff', ...sides], { cwd: folderWith({}) })).toEqual({ code, out: '', err });
  });

  it('takes the name of a preset for the preset, and a path for the file', async () => {
    const cwd = folderWith({ 'simple.json': '{ "preset": "production" }' });
    expect((await ran(['diff', 'simple', './simple.json'], { cwd })).out).toContain('simple -> ./simple.json: ');
  });

  it('refuses an invalid config', async () => {
    const cwd = folderWith({ 'a.json': '{ "defaults": { "retry": { "attempts": 3 } } }' });
    const { code, out, err } = await ran(['diff', 'a.json', 'simple'], { cwd });
    expect({ code, out }).toEqual({ code: 1, out: '' });
    expect(err).toMatch(/^error: .*defaults\.retry\.attempts: is unknown/);
  });
});
