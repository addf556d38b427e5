import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Migration, MigrationSource } from 'holdfast/migrate';
import { describe, expect, it } from 'vitest';
import { type LazyModules, lazyModules } from '../../../src/cli/lazy-modules.js';
import { dataOf, folderWith, ran } from './running.js';

const MIGRATION: Migration = {
  config: { preset: 'production', defaults: { retry: { maxAttempts: 6 } } },
  preset: 'production',
  confidence: 0.8333,
  level: 'medium',
  reasons: ['RETRY_MAX_ATTEMPTS is 6, the preset has 5.'],
  warnings: ['Six attempts open the breaker.'],
  steps: ['Set HOLDFAST_PRESET.', 'Remove the old variables.'],
  notes: [
    {
      option: 'RETRY_MAX_ATTEMPTS',
      received: 'the string "6"',
      outcome: 'mapped',
      to: 'retry.maxAttempts',
      why: 'same',
    },
    { option: 'RETRY_ENABLED', received: 'the string "maybe"', outcome: 'lost', why: 'says neither yes nor no' },
  ],
  differences: [{ setting: 'retry.maxAttempts', from: 5, to: 6 }],
  changes: [{ setting: 'deadlineMs', from: false, to: 120_000 }],
  scripts: { bash: 'export A=1\n', env: 'A=1\n', docker: 'ENV A=1\n', json: '{\n  "preset": "production"\n}\n' },
};

/** Modules that record what is migrated. */
function recording(): { readonly modules: LazyModules; readonly sources: MigrationSource[] } {
  const sources: MigrationSource[] = [];
  const migrate = (from: MigrationSource): Migration => {
    sources.push(from);
    return MIGRATION;
  };
  return { modules: { ...lazyModules, migration: async () => ({ migrate }) }, sources };
}

describe('holdfast migrate', () => {
  it('prints a report: the preset, warnings, config, options, differences and steps', async () => {
    const { code, out, err } = await ran(['migrate'], {}, recording());
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toBe(`preset production, confidence 0.83 (medium)

  RETRY_MAX_ATTEMPTS is 6, the preset has 5.

warning: Six attempts open the breaker.

Config:
  {
    "preset": "production"
  }

Options:
  RETRY_MAX_ATTEMPTS  the string "6"      mapped  retry.maxAttempts  same
  RETRY_ENABLED       the string "maybe"  lost    -                  says neither yes nor no

Differences from the preset production:
  all  retry.maxAttempts  5  ->  6

Differences from what the old settings did:
  all  deadlineMs  false  ->  120000

Steps:
  1. Set HOLDFAST_PRESET.
  2. Remove the old variables.
`);
  });

  it('leaves out the sections that are empty', async () => {
    const empty: Migration = { ...MIGRATION, warnings: [], notes: [], differences: [], changes: [], steps: [] };
    const modules = { ...lazyModules, migration: async () => ({ migrate: () => empty }) };
    const { out } = await ran(['migrate'], {}, { modules });
    expect(out).toContain('Config:');
    expect(out).not.toMatch(/warning|Options|Differences|Steps/);
  });

  it('prints the whole result with --json', async () => {
    expect(await dataOf(['migrate'], {}, recording())).toEqual(MIGRATION);
    expect(await dataOf(['migrate', '--format', 'bash'], {}, recording())).toEqual(MIGRATION);
  });

  it.each([
    ['bash', 'export A=1\n'],
    ['env', 'A=1\n'],
    ['docker', 'ENV A=1\n'],
    ['json', MIGRATION.scripts.json],
  ])('prints only %s with --format, and the warnings on stderr', async (format, out) => {
    const printed = await ran(['migrate', '--format', format], {}, recording());
    expect(printed).toEqual({ code: 0, out, err: 'warning: Six attempts open the breaker.\n' });
  });

  it('migrates the variables of the process', async () => {
    const { modules, sources } = recording();
    const env = { RETRY_MAX_ATTEMPTS: '6' };
    expect((await ran(['migrate'], { env }, { modules })).code).toBe(0);
    expect((await ran(['migrate', '--from', 'env'], { env }, { modules })).code).toBe(0);
    expect(sources).toEqual([{ env }, { env }]);
  });

  it.each([
    ['.env', '# old\nRETRY_MAX_ATTEMPTS=6\nexport RETRY_JITTER_ENABLED="yes"\n'],
    ['windows.env', '\uFEFFRETRY_MAX_ATTEMPTS=6\r\nRETRY_JITTER_ENABLED="yes"\r\n'],
    ['env.json', ' { "RETRY_MAX_ATTEMPTS": 6, "RETRY_JITTER_ENABLED": "yes" }'],
  ])('migrates the variables in %s', async (file, text) => {
    const { modules, sources } = recording();
    const host = { cwd: folderWith({ [file]: text }), env: { RETRY_MAX_ATTEMPTS: '1' } };
    expect((await ran(['migrate', '--file', file], host, { modules })).code).toBe(0);
    expect(sources).toEqual([{ env: { RETRY_MAX_ATTEMPTS: '6', RETRY_JITTER_ENABLED: 'yes' } }]);
  });

  it('migrates a config that a file of variables holds as an object', async () => {
    const { modules, sources } = recording();
    const cwd = folderWith({ 'env.json': '{ "RESILIENCE_CUSTOM_CONFIG": { "retry_attempts": 4 } }' });
    expect((await ran(['migrate', '--file', 'env.json'], { cwd }, { modules })).code).toBe(0);
    expect(sources).toEqual([{ env: { RESILIENCE_CUSTOM_CONFIG: '{"retry_attempts":4}' } }]);
  });

  it('refuses JSON that is nested too deep, and takes no note of such a custom config', async () => {
    const deep = `${'{"a":'.repeat(10_000)}1${'}'.repeat(10_000)}`;
    const cwd = folderWith({ 'deep.json': deep, '.env': `RESILIENCE_CUSTOM_CONFIG='${deep}'` });
    for (const from of ['env', 'opossum', 'cockatiel', 'p-retry']) {
      const { code, err } = await ran(['migrate', '--from', from, '--file', 'deep.json'], { cwd });
      expect(code).toBe(2);
      expect(err).toContain("'deep.json' is not valid JSON: it is nested deeper than 100 levels.");
    }
    const { code, out } = await ran(['migrate', '--file', '.env'], { cwd });
    expect(code).toBe(0);
    expect(out).toContain('it is not a JSON object');
  });

  it('prints a file that validate accepts, also with a time limit of 50 ms', async () => {
    const cwd = folderWith({ 'options.json': '{ "timeout": 50, "resetTimeout": 20, "name": "__proto__" }' });
    const { code, out } = await ran(['migrate', '--from', 'opossum', '--file', 'options.json', '--format', 'json'], {
      cwd,
    });
    expect(code).toBe(0);
    expect(JSON.parse(out)).toMatchObject({ preset: 'none', defaults: { attemptTimeoutMs: '50ms' } });
    writeFileSync(join(cwd, 'holdfast.json'), out);
    expect(await ran(['validate', 'holdfast.json'], { cwd })).toMatchObject({ code: 0, err: '' });
  });

  it.each([
    ['opossum', 'opossum'],
    ['cockatiel', 'cockatiel'],
    ['p-retry', 'pRetry'],
  ])('migrates options of %s', async (from, key) => {
    const { modules, sources } = recording();
    const cwd = folderWith({ 'options.json': '\uFEFF{ "retries": 5 }' });
    const { code } = await ran(['migrate', '--from', from, '--file', 'options.json'], { cwd }, { modules });
    expect(code).toBe(0);
    expect(sources).toEqual([{ [key]: { retries: 5 } }]);
  });

  it.each([
    [['--from', 'opossum'], '--from opossum needs --file, the options as JSON.'],
    [['--from', 'opossum', '--file', 'none.json'], "'none.json' cannot be read: no such file or folder."],
    [['--from', 'opossum', '--file', 'list.json'], "'list.json' must hold a JSON object."],
    [['--from', 'p-retry', '--file', 'null.json'], "'null.json' must hold a JSON object."],
    [['--from', 'cockatiel', '--file', 'broken.json'], "'broken.json' is not valid JSON: "],
    [['--file', 'list.json'], "'list.json' must hold a JSON object."],
    [['--file', 'broken.json'], "'broken.json' is not valid JSON: "],
    [['--file', '.'], "'.' is a folder."],
    [['--file', 'utf16.env'], "'utf16.env' cannot be read: it is not UTF-8 text."],
    [['--format', 'yaml'], "--format must be one of bash, env, docker, json; received 'yaml'."],
  ])('refuses %j', async (options, said) => {
    const utf16 = Buffer.from('\uFEFFRETRY_MAX_ATTEMPTS=6', 'utf16le');
    const cwd = folderWith({ 'list.json': '[1]', 'null.json': 'null', 'broken.json': '{ "a": ', 'utf16.env': utf16 });
    const { modules, sources } = recording();
    const { code, out, err } = await ran(['migrate', ...options], { cwd }, { modules });
    expect({ code, out, sources }).toEqual({ code: 2, out: '', sources: [] });
    expect(err).toContain(`holdfast: ${said}`);
  });

  it('migrates real variables and refuses real options', async () => {
    const env = { RETRY_MAX_ATTEMPTS: '5', CIRCUIT_BREAKER_FAILURE_THRESHOLD: '10' };
    const { code, out } = await ran(['migrate'], { env });
    expect(code).toBe(0);
    expect(out).toMatch(/^preset production, confidence 1\.00 \(high\)$/m);
    const cwd = folderWith({ 'options.json': '{ "timeout": 3000, "tiemout": 3 }' });
    const refused = await ran(['migrate', '--from', 'opossum', '--file', 'options.json'], { cwd });
    expect(refused).toMatchObject({ code: 1, out: '' });
    expect(refused.err).toContain("Did you mean 'timeout'?");
  });
});
