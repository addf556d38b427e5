import { createResilience } from 'holdfast';
import { loadConfig, parseConfig, validateConfig } from 'holdfast/config';
import { describe, expect, it } from 'vitest';
import { Configuration } from '../../../src/config/configuration.js';
import { parseDocument } from '../../../src/config/parse-document.js';
import {
  BUILT_IN,
  createCatalog,
  listPresets,
  listStrategies,
  type OwnPresets,
} from '../../../src/config/presets/catalog.js';
import type { BuiltInPreset, BuiltInStrategy } from '../../../src/config/presets/names.js';
import { PRESETS, type Preset } from '../../../src/config/presets/presets.js';
import { STRATEGIES } from '../../../src/config/presets/strategies.js';
import type { ResolvedSettings, Settings } from '../../../src/config/settings.js';
import { detectEnvironment } from '../../../src/environment/index.js';
import { computeBackoffMs } from '../../../src/retry/backoff.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import { issuesIn, thrownBy } from '../../support/calls.js';
import { NOWHERE } from '../../support/configs.js';

/** As it is written down where these come from: in seconds, the multiplier being that of the first wait. */
interface Row {
  readonly attempts: number;
  readonly total: number;
  readonly mult: number;
  readonly min: number;
  readonly max: number;
  readonly jitterMax: number;
  readonly threshold: number;
  readonly recovery: number;
}

const rowOf = (...cells: [number, number, number, number, number, number, number, number]): Row => {
  const [attempts, total, mult, min, max, jitterMax, threshold, recovery] = cells;
  return { attempts, total, mult, min, max, jitterMax, threshold, recovery };
};

const STRATEGY_ROWS: readonly [BuiltInStrategy, Row][] = [
  ['aggressive', rowOf(2, 10, 0.5, 1, 5, 2, 3, 30)],
  ['balanced', rowOf(3, 30, 1, 2, 10, 2, 5, 60)],
  ['conservative', rowOf(5, 120, 2, 4, 30, 2, 8, 120)],
  ['critical', rowOf(7, 300, 1.5, 3, 60, 5, 10, 300)],
];

const PRESET_ROWS: readonly [BuiltInPreset, Row][] = [
  ['simple', rowOf(3, 60, 1, 2, 10, 2, 5, 60)],
  ['development', rowOf(2, 40, 0.5, 1, 5, 2, 3, 30)],
  ['production', rowOf(5, 100, 1.5, 2, 30, 2, 10, 120)],
];

const ROWS: readonly [string, Row, Settings][] = [
  ...STRATEGY_ROWS.map(([name, row]): [string, Row, Settings] => [name, row, STRATEGIES[name].settings]),
  ...PRESET_ROWS.map(([name, row]): [string, Row, Settings] => [name, row, PRESETS[name].settings]),
];

describe('the built-in strategies and presets', () => {
  it('each have a row in the table of this test', () => {
    expect(STRATEGY_ROWS.map(([name]) => name)).toEqual(Object.keys(STRATEGIES));
    expect(PRESET_ROWS.map(([name]) => name)).toEqual(Object.keys(PRESETS));
  });

  it.each(ROWS)('include %s with the numbers of its row', (name, row, settings) => {
    expect(settings).toStrictEqual({
      // Seven attempts need more time than a call has otherwise.
      ...(name === 'critical' && { deadlineMs: row.total * 1_000 }),
      retry: {
        maxAttempts: row.attempts,
        maxElapsedMs: row.total * 1_000,
        strategy: 'exponential',
        minDelayMs: row.min * 1_000,
        maxDelayMs: row.max * 1_000,
        multiplier: row.mult / row.min,
        jitter: 'additive',
        jitterMaxMs: row.jitterMax * 1_000,
      },
      breaker: { trip: { consecutiveFailures: row.threshold }, openMs: row.recovery * 1_000 },
    });
  });

  it.each(ROWS)('include %s with the waits of its row', (_, { mult, min, max }, settings) => {
    const rules = resolveRetrySettings(settings.retry || {}).kinds.server_error;
    if (rules === false) throw new Error('it is retried');
    const seconds = [1, 2, 3, 4, 5, 6].map((nth) => computeBackoffMs(rules, nth) / 1_000);
    expect(seconds).toEqual([1, 2, 4, 8, 16, 32].map((power) => Math.min(Math.max(mult * power, min), max)));
  });

  it.each(ROWS)('include %s with time for all of its attempts', (_, { attempts }, settings) => {
    const { deadlineMs = 120_000 } = settings;
    const rules = resolveRetrySettings(settings.retry || {});
    if (rules.kinds.server_error === false) throw new Error('it is retried');
    const { server_error: ofKind } = rules.kinds;
    const waits = Array.from({ length: attempts - 1 }, (_each, index) => computeBackoffMs(ofKind, index + 1));
    const waitedMs = waits.reduce((sum, waitMs) => sum + waitMs, 0);
    expect(waitedMs).toBeLessThan(Math.min(Number(rules.maxElapsedMs), Number(deadlineMs)));
  });

  it('cannot be changed by code that reads them', () => {
    expect(() => Object.assign(BUILT_IN.findStrategy('balanced')?.settings ?? {}, { deadlineMs: 1 })).toThrow(
      TypeError,
    );
    expect(() => Object.assign(BUILT_IN.findPreset('simple')?.settings.retry ?? {}, { maxAttempts: 1 })).toThrow(
      TypeError,
    );
    expect(() => Object.assign(PRESETS.simple.operations, { chat: {} })).toThrow(TypeError);
  });
});

const ALIASES = {
  summarize_text: { alias: 'summarize' },
  analyze_sentiment: { alias: 'sentiment' },
  extract_key_points: { alias: 'key_points' },
  generate_questions: { alias: 'questions' },
  answer_question: { alias: 'qa' },
};

describe('the preset', () => {
  it.each<[BuiltInPreset, Preset['strategy'], Preset['operations'], Preset['environments']]>([
    ['simple', 'balanced', {}, ['development', 'testing', 'staging', 'production']],
    [
      'development',
      'aggressive',
      { sentiment: { strategy: 'aggressive' }, qa: { strategy: 'balanced' } },
      ['development', 'testing'],
    ],
    [
      'production',
      'conservative',
      {
        qa: { strategy: 'critical' },
        sentiment: { strategy: 'aggressive' },
        summarize: { strategy: 'conservative' },
        key_points: { strategy: 'balanced' },
        questions: { strategy: 'balanced' },
      },
      ['production', 'staging'],
    ],
  ])('%s has the strategy %s, its operations and its environments', (name, strategy, operations, environments) => {
    const preset = PRESETS[name];
    expect(preset.strategy).toBe(strategy);
    expect(preset.operations).toEqual({ ...ALIASES, ...operations });
    expect(preset.environments).toEqual(environments);
  });

  it.each(PRESET_ROWS)('%s is applied, and its strategies to its operations', (name) => {
    const configuration = configured({ preset: name });
    const named = Object.entries(PRESETS[name].operations);
    const strategies = Object.fromEntries(
      named.map(([operation]) => [operation, configuration.forOperation(operation).effective] as const),
    );
    const expected = named.map(([operation, { strategy, alias }]): [string, ResolvedSettings] => [
      operation,
      effective(PRESETS[name].settings, strategyOf(name, alias ?? operation) ?? strategy),
    ]);
    expect(strategies).toEqual(Object.fromEntries(expected));
    expect(configuration.forOperation('unheard_of').effective).toEqual(effective(PRESETS[name].settings, undefined));
  });
});

/** What a preset has for an operation. */
function strategyOf(name: BuiltInPreset, operation: string): string | undefined {
  return PRESETS[name].operations[operation]?.strategy;
}

/** Settings, and a strategy over them, without a preset. */
function effective(settings: Settings, strategy: string | undefined): ResolvedSettings {
  const above = strategy === undefined ? {} : (BUILT_IN.findStrategy(strategy)?.settings ?? {});
  const configuration = configured({ preset: 'none', defaults: settings });
  return configuration.replaceLayer('runtime', { defaults: above }).forOperation().effective;
}

function configured(config: Parameters<typeof parseDocument>[1], own: OwnPresets = {}): Configuration {
  const catalog = createCatalog(own);
  return Configuration.single(parseDocument('config', config, catalog), { catalog });
}

const issuePaths = (own: unknown): string[] =>
  issuesIn(thrownBy(() => Reflect.apply(createCatalog, undefined, [own]))).map(({ path }) => path);

describe('strategies of your own', () => {
  const nightly = { description: 'Until morning.', settings: { retry: { maxAttempts: 12 } } };

  it('may be named by the configs that they are given with, and by no others', () => {
    const own = { strategies: { nightly } };
    expect(configured({ strategy: 'nightly' }, own).forOperation().effective.retry).toMatchObject({
      kinds: { network: { maxAttempts: 12 } },
    });
    expect(Object.keys(listStrategies(own))).toEqual([...Object.keys(STRATEGIES), 'nightly']);
    expect(issuesIn(thrownBy(() => configured({ strategy: 'nightly' })))).toMatchObject([{ path: 'config.strategy' }]);
    expect(Object.keys(listStrategies())).toEqual(Object.keys(STRATEGIES));
  });

  it('are kept as they were given, and frozen', () => {
    const settings: { deadlineMs: number } = { deadlineMs: 1_000 };
    const catalog = createCatalog({ strategies: { kept: { description: 'Kept.', settings } } });
    settings.deadlineMs = 5;
    expect(catalog.findStrategy('kept')?.settings).toEqual({ deadlineMs: 1_000 });
    expect(Object.isFrozen(catalog.findStrategy('kept'))).toBe(true);
    expect(Object.isFrozen(settings)).toBe(false);
  });

  it.each(['aggressive', 'balanced', 'conservative', 'critical', 'auto', 'none'])('must not be called %s', (name) => {
    expect(issuesIn(thrownBy(() => createCatalog({ strategies: { [name]: nightly } })))).toMatchObject([
      { path: `options.strategies.${name}`, message: 'is taken: it is built in' },
    ]);
  });

  it.each<[unknown, string[]]>([
    [5, ['options.strategies']],
    [{ '': nightly }, ['options.strategies[""]']],
    [{ 'a\nb': nightly }, ['options.strategies["a\\nb"]']],
    [{ bad: undefined }, ['options.strategies.bad']],
    [{ bad: {} }, ['options.strategies.bad.description', 'options.strategies.bad.settings']],
    [{ bad: { description: '', settings: {} } }, ['options.strategies.bad.description']],
    [{ bad: { description: 'x'.repeat(201), settings: {} } }, ['options.strategies.bad.description']],
    [{ bad: { description: 'x', settings: {}, setting: {} } }, ['options.strategies.bad.setting']],
    [
      { bad: { description: 'x', settings: { deadlineMs: 0, retry: { maxAttempts: 0.5 }, strategy: 'balanced' } } },
      ['strategy', 'deadlineMs', 'retry.maxAttempts'].map((path) => `options.strategies.bad.settings.${path}`),
    ],
    [
      { bad: { description: 'x', settings: { retry: { minDelayMs: 9, maxDelayMs: 8 } } } },
      ['options.strategies.bad.settings.retry.maxDelayMs'],
    ],
  ])('are refused with every issue: %j', (strategies, paths) => {
    expect(issuePaths({ strategies })).toEqual(paths);
  });
});

const preset: Preset = {
  description: 'Ours.',
  strategy: 'balanced',
  settings: { deadlineMs: 7_000 },
  operations: { chat: { strategy: 'critical', deadlineMs: 9_000 }, talk: { alias: 'chat' } },
  environments: ['staging'],
};

describe('presets of your own', () => {
  it('may be named by the configs that they are given with, and by no others', () => {
    const own = { presets: { ours: preset } };
    const configuration = configured({ preset: 'ours' }, own);
    expect(configuration.preset).toBe('ours');
    expect(configuration.forOperation().effective.deadlineMs).toBe(7_000);
    expect(configuration.forOperation('talk').effective).toMatchObject({
      deadlineMs: 9_000,
      breaker: { openMs: 300_000 },
    });
    expect(Object.keys(listPresets(own))).toEqual([...Object.keys(PRESETS), 'ours']);
    expect(issuesIn(thrownBy(() => configured({ preset: 'ours' })))).toMatchObject([{ path: 'config.preset' }]);
  });

  it('may name strategies of your own', () => {
    const strategies = { nightly: { description: 'Until morning.', settings: { deadlineMs: 11_000 } } };
    const operations = { batch: { strategy: 'nightly' } };
    const presets = { ours: { ...preset, strategy: 'nightly', settings: {}, operations } };
    expect(configured({ preset: 'ours' }, { presets, strategies }).forOperation('batch').effective.deadlineMs).toBe(
      11_000,
    );
    expect(issuePaths({ presets })).toEqual([
      'options.presets.ours.strategy',
      'options.presets.ours.operations.batch.strategy',
    ]);
  });

  it('are never chosen by auto', () => {
    const production = detectEnvironment({ env: { NODE_ENV: 'production' }, files: [], hostname: 'x' });
    const catalog = createCatalog({ presets: { ours: { ...preset, environments: ['production'] } } });
    expect(Configuration.resolve(production, [], { catalog }).preset).toBe('production');
  });

  it('are known to createResilience, loadConfig, validateConfig, readConfigFile and parseConfig', () => {
    const own = { presets: { ours: preset } };
    const config = { preset: 'ours' };
    expect(createResilience({ ...own, config, environment: NOWHERE }).operation('x').settings.deadlineMs).toBe(7_000);
    expect(loadConfig({ ...own, config, environment: NOWHERE }).preset).toBe('ours');
    expect(loadConfig({ ...own, environment: { env: { HOLDFAST_PRESET: 'ours' } } }).preset).toBe('ours');
    expect(validateConfig(config, own).valid).toBe(true);
    expect(validateConfig(config).valid).toBe(false);
    expect(parseConfig('{"preset":"ours"}', 'json', 'body', own)).toEqual(config);
    expect(issuesIn(thrownBy(() => parseConfig('{"preset":"ours"}', 'json', 'body')))).toMatchObject([
      { path: 'body.preset' },
    ]);
  });

  it.each(['simple', 'development', 'production', 'auto', 'none'])('must not be called %s', (name) => {
    expect(issuesIn(thrownBy(() => createCatalog({ presets: { [name]: preset } })))).toMatchObject([
      { path: `options.presets.${name}`, message: 'is taken: it is built in' },
    ]);
  });

  it.each<[string, object, string[]]>([
    ['an unknown key', { extends: 'simple' }, ['preset.extends']],
    ['a long description', { description: 'x'.repeat(201) }, ['preset.description']],
    ['an unknown strategy', { strategy: 'unheard_of' }, ['preset.strategy']],
    ['no strategy', { strategy: undefined }, ['preset.strategy']],
    ['a wrong setting', { settings: { quota: { maxWaitMs: -1 } } }, ['preset.settings.quota.maxWaitMs']],
    ['no settings', { settings: undefined }, ['preset.settings']],
    ['no operations', { operations: undefined }, ['preset.operations']],
    [
      'settings beside an alias',
      { operations: { chat: { alias: 'qa', deadlineMs: 5 } } },
      ['preset.operations.chat.deadlineMs'],
    ],
    ['an alias of an alias', { operations: { a: { alias: 'b' }, b: { alias: 'c' } } }, ['preset.operations.a.alias']],
    ['an alias of itself', { operations: { a: { alias: 'a' } } }, ['preset.operations.a.alias']],
    [
      'an unknown strategy of an operation',
      { operations: { chat: { strategy: 'unheard_of' } } },
      ['preset.operations.chat.strategy'],
    ],
    [
      'settings that do not fit together',
      {
        settings: { retry: { minDelayMs: 9, maxDelayMs: 8 } },
        operations: { chat: { breaker: { openMs: 9, openMaxMs: 8 } } },
      },
      ['preset.settings.retry.maxDelayMs', 'preset.operations.chat.breaker.openMaxMs'],
    ],
    ['no environment', { environments: [] }, ['preset.environments']],
    ['environments that are no list', { environments: 'staging' }, ['preset.environments']],
    ['an unknown environment', { environments: ['staging', 'prod'] }, ['preset.environments[1]']],
    ['an environment twice', { environments: ['staging', 'staging'] }, ['preset.environments']],
    ['several mistakes', { description: 5, settings: 5 }, ['preset.description', 'preset.settings']],
  ])('are refused with %s', (_, part, paths) => {
    const expected = paths.map((path) => path.replace('preset', 'options.presets.bad'));
    expect(issuePaths({ presets: { bad: { ...preset, ...part } } })).toEqual(expected);
  });
});
