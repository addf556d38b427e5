import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { loadConfig, startConfiguration } from '../../../src/config/load/index.js';
import { issuesOf } from '../../support/breaker-steps.js';

const PRODUCTION = { env: { NODE_ENV: 'production' } };

afterEach(() => {
  vi.unstubAllEnvs();
});

/** What is wrong with options that have no type. */
function wrongWith(options: unknown) {
  return issuesOf(() => Reflect.apply(loadConfig, undefined, [options]));
}

describe('loadConfig', () => {
  it('returns the settings that would be in force and the layers that they come from', () => {
    const loaded = loadConfig({
      config: {
        defaults: { deadlineMs: 9_000 },
        operations: { chat: { strategy: 'critical' }, talk: { alias: 'chat' } },
      },
      environment: {
        env: { HOLDFAST_PRESET: 'none', HOLDFAST_CONFIG: '{"defaults":{"deadlineMs":5000,"retry":false}}' },
      },
    });
    expect(loaded).toMatchObject({
      preset: 'none',
      environment: { environment: 'development', detectedBy: 'fallback' },
      layers: ['environment', 'code'],
      operations: ['chat'],
      warnings: [],
    });
    const { settings } = loaded.explain();
    expect(settings['deadlineMs']).toEqual({ value: 9_000, layer: 'code' });
    expect(settings['retry']).toEqual({ value: false, layer: 'environment' });
    expect(loaded.explain('chat')).toMatchObject({ operation: 'chat', strategy: 'critical' });
  });

  it('explains an operation by its aliases as well', () => {
    const { explain } = loadConfig({
      config: { operations: { chat: { deadlineMs: 9_000 }, talk: { alias: 'chat' } } },
      environment: {},
    });
    expect(explain('talk')).toEqual(explain('chat'));
    expect(explain('chat').settings['deadlineMs']).toEqual({ value: 9_000, layer: 'code' });
    expect(explain('other').settings['deadlineMs']).not.toEqual({ value: 9_000, layer: 'code' });
  });

  it('chooses the preset by the given environment if none is named', () => {
    expect(loadConfig({ environment: PRODUCTION })).toMatchObject({ preset: 'production', layers: [] });
    expect(loadConfig({ environment: { env: { NODE_ENV: 'test' } } }).preset).toBe('development');
  });

  it('reads the running process if no environment is given', () => {
    vi.stubEnv('ENVIRONMENT', 'production');
    expect(loadConfig().environment).toMatchObject({ environment: 'production', detectedBy: 'ENVIRONMENT' });
    vi.stubEnv('HOLDFAST_PRESET', 'simple');
    vi.stubEnv('HOLDFAST_PRESETS', 'simple');
    expect(loadConfig()).toMatchObject({
      preset: 'simple',
      layers: ['environment'],
      warnings: ["HOLDFAST_PRESETS is not read. Did you mean 'HOLDFAST_PRESET'?"],
    });
    expect(loadConfig({ environment: {} })).toMatchObject({ preset: 'simple', layers: [], warnings: [] });
  });

  it.each([
    [{ preset: 'simple', config: { preset: 'none' } }, 'simple'],
    [{ config: { preset: 'none' } }, 'none'],
    [{}, 'development'],
    [{ preset: undefined, config: undefined, file: undefined }, 'development'],
  ])('prefers the option preset to the config, and the code to the variables: %j', (options, preset) => {
    const environment = { env: { HOLDFAST_PRESET: 'development', NODE_ENV: 'production' } };
    expect(loadConfig({ ...options, environment }).preset).toBe(preset);
  });

  it('reports everything that is wrong in any layer at once', () => {
    const issues = wrongWith({
      file: 'gone/holdfast.json',
      preset: 'prodution',
      config: { preset: 'simpel', defaults: { deadlineMs: -1 } },
      environment: { files: 5, env: { HOLDFAST_PRESET: 'missing', HOLDFAST_CONFIG: '{"defaults":{"deadlineMs":30}}' } },
    });
    expect(issues.map(({ path }) => path)).toEqual([
      'environment.files',
      'gone/holdfast.json',
      'HOLDFAST_PRESET',
      'HOLDFAST_CONFIG.defaults.deadlineMs',
      'config.preset',
      'config.defaults.deadlineMs',
      'preset',
    ]);
  });

  it('reports all contradictions at once, and lets a layer of higher precedence resolve one', () => {
    const env = { HOLDFAST_CONFIG: '{"defaults":{"retry":{"minDelayMs":9000,"maxDelayMs":5000}}}' };
    const environment = { env };
    const alias = { operations: { talk: { alias: 'talk' } } };
    expect(wrongWith({ environment, config: alias }).map(({ path }) => path)).toEqual([
      'config.operations.talk.alias',
      'HOLDFAST_CONFIG.defaults.retry.maxDelayMs',
    ]);
    const mended = loadConfig({ environment, config: { defaults: { retry: { maxDelayMs: 20_000 } } } });
    expect(mended.explain().settings['retry.maxDelayMs']).toMatchObject({ value: 20_000, layer: 'code' });
  });

  it('names the file that contains a contradiction', () => {
    const directory = mkdtempSync(join(tmpdir(), 'holdfast-'));
    onTestFinished(() => rmSync(directory, { recursive: true }));
    const file = join(directory, 'holdfast.json');
    writeFileSync(file, '{"defaults":{"retry":{"minDelayMs":9000,"maxDelayMs":5000}}}');
    expect(wrongWith({ file }).map(({ path }) => path)).toEqual([`${file}.defaults.retry.maxDelayMs`]);
  });

  it('refuses variables that throw when read', () => {
    const throwing = new Proxy(
      {},
      { get: () => expect.fail('must be guarded'), ownKeys: () => expect.fail('as well') },
    );
    const { proxy, revoke } = Proxy.revocable({}, {});
    revoke();
    for (const env of [throwing, proxy]) {
      expect(wrongWith({ environment: { env } })[0]).toMatchObject({
        path: expect.stringContaining('environment.env'),
      });
    }
  });

  it('refuses layers that contradict each other', () => {
    const environment = { env: { HOLDFAST_CONFIG: '{"operations":{"talk":{"alias":"chat"}}}' } };
    expect(wrongWith({ environment, config: { operations: { talk: { deadlineMs: 500 } } } })).toMatchObject([
      { path: 'HOLDFAST_CONFIG.operations.talk' },
    ]);
  });

  it.each([null, 5, 'production', []])('refuses options that are not an object: %j', (options) => {
    expect(wrongWith(options)).toMatchObject([{ path: 'options' }]);
  });

  it('refuses invalid options', () => {
    expect(wrongWith({ files: 'x.json', file: ' ' })).toMatchObject([
      { path: 'options.files', suggestion: "Did you mean 'file'?" },
      { path: 'options.file', message: 'must be the path of a file' },
    ]);
    expect(wrongWith({ environment: 'production' })).toMatchObject([{ path: 'environment' }]);
    for (const env of ['NODE_ENV=x', null, []]) {
      expect(wrongWith({ environment: { env } })).toMatchObject([{ path: 'environment.env' }]);
    }
    expect(wrongWith({ environment: null })).toMatchObject([{ path: 'environment' }]);
    expect(wrongWith({ environment: {}, preset: 5, config: 5 })).toMatchObject([
      { path: 'config' },
      { path: 'preset' },
    ]);
  });

  it('returns an explain() that refuses an invalid name', () => {
    const { explain } = loadConfig({ environment: {} });
    expect(issuesOf(() => explain(''))).toMatchObject([{ path: 'operation' }]);
  });
});

describe('startConfiguration', () => {
  it('merges the code over the variables', () => {
    const configuration = startConfiguration({
      preset: 'none',
      config: { operations: { chat: { deadlineMs: 9_000 } } },
      environment: { env: { HOLDFAST_CONFIG: '{"operations":{"chat":{"deadlineMs":5000,"attemptTimeoutMs":4000}}}' } },
    });
    expect(configuration.preset).toBe('none');
    expect(configuration.forOperation('chat').effective).toMatchObject({ deadlineMs: 9_000, attemptTimeoutMs: 4_000 });
    expect(configuration.forOperation('chat').table.get('attemptTimeoutMs')).toEqual({
      value: 4_000,
      layer: 'environment',
    });
  });

  it('reads the running process by default', () => {
    vi.stubEnv('HOLDFAST_PRESET', 'production');
    expect(startConfiguration({}).preset).toBe('production');
  });

  it('reports everything that is wrong at once', () => {
    const environment = { env: { HOLDFAST_PRESET: 'missing' } };
    const issues = issuesOf(() =>
      startConfiguration({ preset: 'prodution', config: { strategy: 'fast' }, environment }),
    );
    expect(issues.map(({ path }) => path)).toEqual(['HOLDFAST_PRESET', 'config.strategy', 'preset']);
  });
});
