import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import fc from 'fast-check';
import ts from 'typescript';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { referenceTables } from '../../scripts/config/reference.mjs';
import { ROOT } from '../../scripts/pack.mjs';
import type { annotatedSchema } from '../../src/config/json-schema.js';
import type { SETTINGS } from '../../src/config/settings.js';
import type { loadConfig, parseConfig, validateConfig } from '../../src/entry/config.js';
import { validValue } from '../support/arbitraries.js';
import { thrownBy } from '../support/calls.js';

/** The library as the sections "Add a setting" and "Add a stage" change it. */
interface Changed {
  readonly annotatedSchema: typeof annotatedSchema;
  // The types of this repository do not know the new settings.
  readonly createResilience: (options: unknown) => { execute(...call: readonly unknown[]): Promise<unknown> };
  readonly loadConfig: (options: unknown) => ReturnType<typeof loadConfig>;
  readonly parseConfig: typeof parseConfig;
  readonly SETTINGS: typeof SETTINGS;
  readonly validateConfig: typeof validateConfig;
}

// Within the repository, so that packages are found.
const COPY = join(ROOT, '.cache/contributing');
const ENTRY = `
  export { annotatedSchema } from './src/config/json-schema.js';
  export { SETTINGS } from './src/config/settings.js';
  export { loadConfig, parseConfig, validateConfig } from './src/entry/config.js';
  export { createResilience } from './src/entry/root.js';
`;
const NOWHERE = { env: {} };

let changed: Changed;

beforeAll(async () => {
  rmSync(COPY, { recursive: true, force: true });
  mkdirSync(COPY, { recursive: true });
  cpSync(join(ROOT, 'src'), join(COPY, 'src'), { recursive: true });
  const guide = readFileSync(join(ROOT, 'CONTRIBUTING.md'), 'utf8');
  for (const [, text = ''] of guide.matchAll(/```diff\n(.*?)```/gs)) applyDiff(text);
  await build({
    absWorkingDir: COPY,
    stdin: { contents: ENTRY, resolveDir: COPY },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: join(COPY, 'changed.mjs'),
    logLevel: 'error',
  });
  changed = await import(pathToFileURL(join(COPY, 'changed.mjs')).href);
}, 60_000);

afterAll(() => rmSync(COPY, { recursive: true, force: true }));

/** Applies hunks that consist of lines to find, in a row, and lines to put below the last of them that was found. */
function applyDiff(diff: string): void {
  const [head = '', ...hunks] = diff.split(/^@@\n/m);
  const path = /^\+\+\+ b\/(.*)$/m.exec(head)?.[1] ?? '';
  let text = head.startsWith('--- /dev/null') ? '' : read(path);
  for (const hunk of hunks) {
    const lines = hunk.trimEnd().split('\n');
    const before = lines.filter((line) => !line.startsWith('+')).map((line) => line.slice(1));
    const after = lines.map((line) => line.slice(1));
    if (before.length > 0) {
      expect(text.split(before.join('\n')), `${path} has the context of the hunk once:\n${hunk}`).toHaveLength(2);
    }
    text = text.replace(before.join('\n'), () => after.join('\n'));
  }
  write(path, text);
}

const read = (path: string): string => readFileSync(join(COPY, path), 'utf8');
const write = (path: string, text: string): void => writeFileSync(join(COPY, path), text);

describe('the code in CONTRIBUTING.md', () => {
  it('compiles', { timeout: 120_000 }, () => {
    const config = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), (path) => ts.sys.readFile(path));
    const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, ROOT);
    const program = ts.createProgram([join(COPY, 'src/entry/root.ts'), join(COPY, 'src/entry/config.ts')], options);
    const errors = ts.getPreEmitDiagnostics(program).map(({ messageText }) => messageText);
    expect(errors).toEqual([]);
  });
});

/** Each new setting: a valid value, a wrong one with its message, and its default. */
describe.each([
  {
    setting: 'quota.minHoldMs',
    config: (minHoldMs: unknown) => ({ quota: { minHoldMs } }),
    valid: 500,
    wrong: -1,
    message: 'must be a number from 0 to 2147483647',
    advice: 'Write milliseconds: 250 suits most services.',
    byDefault: 250,
    row: /\| `quota\.minHoldMs` +\| ms +\| 0 to 2_147_483_647 +\| `250` +\| How long a rate-limited quota is held at least\. +\|/,
  },
  {
    setting: 'shedding.rate',
    config: (rate: unknown) => ({ shedding: { rate } }),
    valid: 0.5,
    wrong: 1.5,
    message: 'must be a number from 0 to 1',
    advice: 'Write a share: 0.1 sheds every tenth attempt.',
    byDefault: 0,
    row: undefined,
  },
])('a new setting, $setting,', ({ setting, config, valid, wrong, message, advice, byDefault, row }) => {
  const path = `config.defaults.${setting}`;
  const settings = (value: unknown) => ({ defaults: config(value) });
  const [stage = '', name = ''] = setting.split('.');

  it('is checked by createResilience, by validateConfig with its advice, and for a single call', async () => {
    const given = { config: settings(wrong), environment: NOWHERE };
    expect(thrownBy(() => changed.createResilience(given))).toMatchObject({ issues: [{ path, message }] });
    expect(changed.validateConfig(settings(wrong)).errors).toMatchObject([{ path, message, suggestion: advice }]);
    const resilience = changed.createResilience({ environment: NOWHERE });
    const call = resilience.execute('chat', () => 1, { settings: config(wrong) });
    await expect(call).rejects.toMatchObject({ issues: [{ path: `options.settings.${setting}`, message }] });
  });

  it('is known in messages, also when it is mistyped', () => {
    const given = { defaults: { [stage]: { [`${name}x`]: valid } } };
    expect(changed.validateConfig(given).errors[0]).toMatchObject({ suggestion: `Did you mean '${name}'?` });
  });

  it('has its default, and names the layer that set it', () => {
    const withLayer = (value?: unknown) =>
      changed.loadConfig({ config: value === undefined ? {} : settings(value), environment: NOWHERE }).explain('chat')
        .settings[setting];
    expect(withLayer()).toEqual({ value: byDefault, layer: 'library' });
    expect(withLayer(valid)).toMatchObject({ value: valid, layer: 'code' });
  });

  it('is in the JSON Schema and in the reference', () => {
    const schema = changed.annotatedSchema();
    const part = schema.definitions?.[stage];
    const field = typeof part === 'object' ? part.properties?.[name] : undefined;
    expect(field).toMatchObject({ type: 'number', default: byDefault });
    if (row !== undefined) expect(referenceTables(schema).parts).toMatch(row);
  });

  it('is covered by the property tests', () => {
    const samples = fc.sample(validValue(changed.SETTINGS), { numRuns: 300, seed: 7 });
    const values = samples.map((sample) => valueAt(sample, [stage, name])).filter((value) => value !== undefined);
    expect(new Set(values).size).toBeGreaterThan(20);
    for (const sample of samples) expect(changed.SETTINGS.findIssues(sample)).toEqual([]);
  });
});

function valueAt(whole: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, name) => (Object(value) === value ? Reflect.get(Object(value), name) : undefined),
    whole,
  );
}

describe('a new duration', () => {
  it('is refused in a file when it has a unit, and suggested when it has another name', () => {
    const refused = (quota: string) =>
      thrownBy(() => changed.parseConfig(`{"defaults":{"quota":${quota}}}`, 'json', 'app'));
    expect(refused('{"minHoldMs":"5s"}')).toMatchObject({ issues: [{ suggestion: 'Did you mean 5000?' }] });
    expect(refused('{"min_hold_seconds":5}')).toMatchObject({
      issues: [{ suggestion: 'Write defaults.quota.minHoldMs: 5000.' }],
    });
  });

  it('is warned of when it looks like seconds, or is outside of what is recommended', () => {
    const rules = (minHoldMs: number) =>
      changed.validateConfig({ defaults: { quota: { minHoldMs } } }).warnings.map(({ rule }) => rule);
    expect(rules(5)).toEqual(['looks-like-seconds']);
    expect(rules(20_000)).toEqual(['recommended-range']);
  });
});

describe('a new stage', () => {
  it('rejects what its settings say, and does not exist when it is switched off', async () => {
    const shedding = (given: unknown) => {
      const config = { preset: 'none', defaults: { shedding: given, retry: false } };
      const resilience = changed.createResilience({ config, environment: NOWHERE });
      return resilience.execute('chat', () => 'done');
    };
    await expect(shedding({ rate: 1 })).rejects.toThrow('shed');
    await expect(shedding(false)).resolves.toBe('done');
    await expect(shedding({})).resolves.toBe('done');
  });
});
