import { execFileSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseEnv } from 'node:util';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { parseDocument } from '../../../src/config/parse-document.js';
import { type Migration, migrate } from '../../../src/migrate/index.js';
import { LEGACY_VARIABLES } from '../../../src/migrate/legacy.js';

/** The working directory of the script. */
let directory: string;
/** The directory that holds the script. */
let scripts: string;

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'migration-'));
  scripts = mkdtempSync(join(tmpdir(), 'migration-'));
});

afterEach(() => {
  for (const each of [directory, scripts]) rmSync(each, { recursive: true, force: true });
});

const NASTY = [
  "it's",
  '"; touch pwned; "',
  '$(touch pwned)',
  '`touch pwned`',
  "'; touch pwned; '",
  '$' + '{HOME}',
  '\\',
  "\\'",
  '\\u0027',
  '!! # % & | < > * ? ~ {a,b}',
  ' x ',
  '🙂 é \u2028 \u00a0 \ud800',
  '__proto__',
  'x'.repeat(256),
];

const LEGACY = {
  RETRY_MAX_ATTEMPTS: '4',
  RETRY_MAX_DELAY: '5\nRUN rm -rf /\nHOLDFAST_PRESET=none # \' " $(touch pwned)',
  QA_RESILIENCE_STRATEGY: 'critical',
};

describe('migrate().scripts.bash', () => {
  it.each(NASTY)('holds the config of an operation named %j', (name) => {
    const { config, scripts: made } = migrate({ opossum: { name } });
    expect(sourced(made.bash)).toMatchObject({ HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('saves the legacy variables to a file that only its owner can read, and unsets them', () => {
    const { config, scripts: made } = migrate({ env: LEGACY });
    const after = sourced(made.bash, { ...LEGACY, QUESTIONS_RESILIENCE_STRATEGY: '', OTHER: 'stays' });
    expect(after).toMatchObject({ OTHER: 'stays', HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) });
    for (const variable of LEGACY_VARIABLES) expect(after).not.toHaveProperty(variable);
    const [backup = '', ...others] = readdirSync(directory);
    expect(others).toEqual([]);
    expect(statSync(join(directory, backup)).mode & 0o077).toBe(0);
    expect(sourced(readFileSync(join(directory, backup), 'utf8'))).toMatchObject({
      ...LEGACY,
      QUESTIONS_RESILIENCE_STRATEGY: '',
    });
  });

  it('creates no file if there is nothing to save', () => {
    expect(sourced(migrate({ env: {} }).scripts.bash)).toMatchObject({ HOLDFAST_PRESET: 'simple' });
    expect(readdirSync(directory)).toEqual([]);
  });

  it('changes nothing if the variables cannot be saved', () => {
    const { scripts: made } = migrate({ env: LEGACY });
    const after = sourced(`mktemp() { return 1; }\n${made.bash}`, LEGACY);
    expect(after).toMatchObject(LEGACY);
    expect(after).not.toHaveProperty('HOLDFAST_PRESET');
  });

  it('leaves no other variable or function behind', () => {
    const { scripts: made } = migrate({ env: LEGACY });
    const before = Object.keys(sourced(''));
    expect(Object.keys(sourced(made.bash)).filter((name) => !before.includes(name))).toEqual([
      'HOLDFAST_PRESET',
      'HOLDFAST_CONFIG',
    ]);
    expect(sourced(`${made.bash}\nexport LEFT="$(declare -F)$backup$name"`)).toMatchObject({ LEFT: '' });
  });
});

describe('migrate().scripts.env', () => {
  it.each(NASTY)('holds the config of an operation named %j', (name) => {
    const { config, scripts: made } = migrate({ opossum: { name } });
    const expected = { HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) };
    expect({ ...parseEnv(made.env) }).toEqual(expected);
    // A shell reads the same from it if it is sourced.
    expect(sourced(`set -a\n${made.env}`)).toMatchObject(expected);
  });

  it('lists the lines to delete in comments that no value can break out of', () => {
    const { config, scripts: made } = migrate({ env: LEGACY });
    expect({ ...parseEnv(made.env) }).toEqual({ HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) });
    for (const variable of Object.keys(LEGACY)) expect(made.env).toMatch(new RegExp(`^# ${variable}="`, 'm'));
  });
});

describe('migrate().scripts.docker', () => {
  it.each(NASTY)('holds the config of an operation named %j', (name) => {
    const { config, scripts: made } = migrate({ opossum: { name } });
    expect(built(made.docker)).toEqual({ HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) });
  });

  it('lists the lines to delete in comments that no value can break out of', () => {
    const { config, scripts: made } = migrate({ env: LEGACY });
    expect(built(made.docker)).toEqual({ HOLDFAST_PRESET: config.preset, HOLDFAST_CONFIG: rest(config) });
    for (const variable of Object.keys(LEGACY)) expect(made.docker).toMatch(new RegExp(`^# ${variable}="`, 'm'));
  });
});

describe('migrate().scripts', () => {
  it('do not set HOLDFAST_CONFIG if the preset covers everything', () => {
    const { bash, env, docker } = migrate({ env: { RETRY_MAX_ATTEMPTS: '3' } }).scripts;
    for (const script of [bash, env, docker]) expect(script).not.toContain('HOLDFAST_CONFIG');
  });

  it('set HOLDFAST_CONFIG to a config that is valid', () => {
    const { config, scripts: made } = migrate({ env: { ...LEGACY, RETRY_MAX_DELAY: '50' } });
    const { HOLDFAST_PRESET: preset, HOLDFAST_CONFIG: text = '' } = parseEnv(made.env);
    expect(parseDocument('config', { preset, ...JSON.parse(text) })).toEqual(config);
  });
});

/** The variables after a script was sourced in a shell that had these. */
function sourced(script: string, before: Readonly<Record<string, string>> = {}): Record<string, string> {
  const file = join(scripts, 'script.sh');
  writeFileSync(file, script);
  const options = { cwd: directory, env: { PATH: process.env['PATH'], ...before }, encoding: 'utf8' } as const;
  execFileSync('bash', ['-n', file], options);
  const printed = execFileSync('bash', ['--norc', '-c', 'source "$1" 2>/dev/null; env -0', 'bash', file], options);
  return Object.fromEntries(
    printed
      .split('\0')
      .filter((line) => line !== '' && !/^(?:_|SHLVL|PWD|OLDPWD|PATH)=/.test(line))
      .map((line) => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]),
  );
}

/** The variables that a Dockerfile sets. Its reference: nothing within single quotes is interpreted. */
function built(dockerfile: string): Record<string, string> {
  const lines = dockerfile.split('\n').filter((line) => line !== '' && !line.startsWith('#'));
  return Object.fromEntries(
    lines.map((line) => {
      const [, name = '', value = ''] = line.match(/^ENV (\w+)='([^']*)'$/) ?? [];
      return [name, value];
    }),
  );
}

/** A matcher for the config without its preset as one line of JSON. */
function rest({ preset: _, ...config }: Migration['config']): unknown {
  return expect.toSatisfy(
    (text: string) => /^[\x20-\x7e]+$/.test(text) && JSON.stringify(JSON.parse(text)) === JSON.stringify(config),
  );
}
