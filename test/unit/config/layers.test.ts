import { type ConfigInput, createResilience, type Layer } from 'holdfast';
import type { Preset } from 'holdfast/config';
import { describe, expect, it } from 'vitest';
import { issuesIn, thrownBy } from '../../support/calls.js';
import { configured, NOWHERE } from '../../support/configs.js';

/** What an operation has at a path, and from where. */
function settingIn(config: ConfigInput, path: string, operation = 'chat') {
  return configured(config).config(operation).settings[path];
}

/** Where something stands that is wrong. */
function pathsWrongIn(call: () => unknown): string[] {
  return issuesIn(thrownBy(call)).map(({ path }) => path);
}

describe('a setting', () => {
  it('comes from the library if no other layer sets it', () => {
    expect(settingIn({ preset: 'none' }, 'retry.maxAttempts')).toEqual({ value: 3, layer: 'library' });
  });

  it('comes from the preset if that sets it', () => {
    const setting = { value: 5, layer: 'preset', name: 'production' };
    expect(settingIn({ preset: 'production' }, 'retry.maxAttempts')).toEqual(setting);
  });

  it('comes from a strategy rather than the preset', () => {
    const config = { preset: 'production', strategy: 'aggressive' };
    expect(settingIn(config, 'retry.maxAttempts')).toEqual({ value: 2, layer: 'strategy', name: 'aggressive' });
  });

  it('comes from the strategy that the preset has for the operation', () => {
    const setting = { value: 7, layer: 'strategy', name: 'critical' };
    expect(settingIn({ preset: 'production' }, 'retry.maxAttempts', 'qa')).toEqual(setting);
  });

  it.each<{ config: ConfigInput; strategy: string }>([
    { config: { preset: 'production' }, strategy: 'critical' },
    { config: { preset: 'production', strategy: 'balanced' }, strategy: 'balanced' },
    {
      config: { preset: 'production', strategy: 'balanced', operations: { qa: { strategy: 'aggressive' } } },
      strategy: 'aggressive',
    },
  ])('comes from the strategy $strategy that was named nearest to it', ({ config, strategy }) => {
    expect(configured(config).config('qa').strategy).toBe(strategy);
  });

  it('comes from the code rather than a strategy, even if the operation names the strategy', () => {
    const config = { defaults: { retry: { maxAttempts: 4 } }, operations: { chat: { strategy: 'critical' } } };
    expect(settingIn(config, 'retry.maxAttempts')).toEqual({ value: 4, layer: 'code' });
    expect(settingIn(config, 'retry.maxDelayMs')).toEqual({ value: 60_000, layer: 'strategy', name: 'critical' });
  });

  it('comes from the operation rather than the defaults, whichever layer either is in', () => {
    const resilience = configured({ operations: { chat: { deadlineMs: 1_000 } } });
    resilience.configure({ defaults: { deadlineMs: 2_000 } });
    expect(resilience.config('chat').settings['deadlineMs']).toEqual({ value: 1_000, layer: 'code' });
    expect(resilience.config('other').settings['deadlineMs']).toEqual({ value: 2_000, layer: 'runtime' });
  });

  it('comes from the layer of highest precedence that sets it', () => {
    const options = { environment: { env: { HOLDFAST_CONFIG: '{"defaults":{"deadlineMs":3000}}' } } };
    const layerOf = (resilience: ReturnType<typeof configured>): Layer | undefined =>
      resilience.config('chat').settings['deadlineMs']?.layer;
    const inCode = configured({ defaults: { deadlineMs: 4_000 } }, options);
    const inEnvironment = configured({}, options);
    expect([layerOf(configured({})), layerOf(inEnvironment), layerOf(inCode)]).toEqual([
      'library',
      'environment',
      'code',
    ]);
    inEnvironment.configure({ defaults: { deadlineMs: 2_000 } }, { layer: 'file' });
    expect(layerOf(inEnvironment)).toBe('environment');
    inCode.configure({ defaults: { deadlineMs: 5_000 } });
    expect(layerOf(inCode)).toBe('runtime');
  });

  it('comes from no layer if its stage is switched off', () => {
    const { settings } = configured({ preset: 'simple', defaults: { retry: false } }).config('chat');
    expect(settings['retry']).toEqual({ value: false, layer: 'code' });
    expect(Object.keys(settings).filter((path) => path.startsWith('retry.'))).toEqual([]);
  });
});

describe('a stage', () => {
  it('keeps the settings of lower precedence when it is switched on again', () => {
    const resilience = configured({ preset: 'production', defaults: { retry: false } });
    resilience.configure({ defaults: { retry: { jitter: 'none' } } });
    const { settings } = resilience.config('chat');
    expect(settings['retry.maxAttempts']).toMatchObject({ value: 5, layer: 'preset' });
    expect(settings['retry.jitter']).toMatchObject({ value: 'none', layer: 'runtime' });
  });

  it.each(['code', 'library'])('has a trip rule that cannot be changed, from the %s', (layer) => {
    const config = layer === 'code' ? { defaults: { breaker: { trip: { consecutiveFailures: 4 } } } } : {};
    const setting = settingIn({ preset: 'none', ...config }, 'breaker.trip');
    expect(setting?.layer).toBe(layer);
    expect(() => Object.assign(Object(setting?.value), { consecutiveFailures: 1 })).toThrow(TypeError);
  });

  it('has one trip rule, which another one replaces as a whole', () => {
    const trip = { failureRate: 0.5, minimumCalls: 10 };
    const setting = settingIn({ preset: 'production', defaults: { breaker: { trip } } }, 'breaker.trip');
    expect(setting).toEqual({ value: trip, layer: 'code' });
  });
});

describe('a contradiction between layers', () => {
  it('is resolved by the layer of higher precedence', () => {
    const short = configured({ preset: 'production', defaults: { retry: { maxDelayMs: 500 } } }).config(
      'chat',
    ).settings;
    expect(short['retry.minDelayMs']).toEqual({ value: 500, layer: 'code' });
    const long = configured({ preset: 'simple', defaults: { retry: { minDelayMs: 90_000 } } }).config('chat').settings;
    expect(long['retry.maxDelayMs']).toEqual({ value: 90_000, layer: 'code' });
    expect(long['retry.maxElapsedMs']).toEqual({ value: 270_000, layer: 'library' });
    const hasty = configured({ preset: 'simple', defaults: { retry: { maxElapsedMs: 900 } } }).config('chat').settings;
    expect(hasty['retry.minDelayMs']).toEqual({ value: 900, layer: 'code' });
    const open = configured({ preset: 'simple', defaults: { breaker: { openMaxMs: 1_000 } } }).config('chat').settings;
    expect(open['breaker.openMs']).toEqual({ value: 1_000, layer: 'code' });
  });

  it('is resolved by the operation rather than the defaults', () => {
    const resilience = configured({ preset: 'none', operations: { chat: { retry: { maxDelayMs: 3_000 } } } });
    resilience.configure({ defaults: { retry: { minDelayMs: 5_000 } } });
    const { settings } = resilience.config('chat');
    expect(settings['retry.maxDelayMs']).toEqual({ value: 3_000, layer: 'code' });
    expect(settings['retry.minDelayMs']).toEqual({ value: 3_000, layer: 'code' });
  });

  it('is resolved by what a preset sets for an operation rather than its strategy', () => {
    const preset: Preset = {
      description: 'One that knows better.',
      strategy: 'balanced',
      settings: {},
      operations: { chat: { strategy: 'critical', retry: { maxDelayMs: 1_000 } } },
      environments: ['staging'],
    };
    const setting = { value: 1_000, layer: 'preset', name: 'layers-room' };
    const presets = { 'layers-room': preset };
    const { settings } = createResilience({ presets, preset: 'layers-room', environment: NOWHERE }).config('chat');
    expect([settings['retry.maxDelayMs'], settings['retry.minDelayMs']]).toEqual([setting, setting]);
  });

  it('is resolved between the wait of one kind of failure and the other settings', () => {
    const kinds = { rate_limited: { minDelayMs: 90_000 } };
    const { settings } = configured({ preset: 'simple', defaults: { retry: { kinds } } }).config('chat');
    expect(settings['retry.maxElapsedMs']).toEqual({ value: 270_000, layer: 'library' });
    const hasty = configured({ defaults: { retry: { kinds } } });
    hasty.configure({ defaults: { retry: { maxElapsedMs: 900 } } });
    expect(hasty.config('chat').settings['retry.kinds.rate_limited.minDelayMs']).toEqual({
      value: 900,
      layer: 'runtime',
    });
  });

  it('is resolved by the settings of a call rather than its strategy', async () => {
    const options = { strategy: 'aggressive', settings: { retry: { maxDelayMs: 500 } } };
    expect(await configured({}).inspect('chat', () => 1, options)).toMatchObject({ ok: true });
  });

  it('is resolved by every limit of the config, not by the longest wait alone', () => {
    // The wait of the strategy is too long for both, and the config contradicts itself in nothing.
    const retry = { maxDelayMs: 3_000, maxElapsedMs: 1_000 };
    for (const strategy of ['conservative', 'critical']) {
      const config = { preset: 'simple', defaults: { retry }, operations: { key_points: { strategy } } };
      expect(settingIn(config, 'retry.minDelayMs', 'key_points')).toEqual({ value: 1_000, layer: 'code' });
      expect(settingIn(config, 'retry.maxDelayMs', 'key_points')).toEqual({ value: 3_000, layer: 'code' });
    }
  });

  it('is refused if one layer sets both values', () => {
    const config = { defaults: { retry: { minDelayMs: 2_000, maxDelayMs: 1_000 } } };
    expect(issuesIn(thrownBy(() => configured(config)))[0]?.path).toBe('config.defaults.retry.maxDelayMs');
  });

  it('is refused once, however many operations inherit it from the defaults', () => {
    const defaults = { retry: { minDelayMs: 2_000, maxDelayMs: 1_000 } };
    const operations = { a: {}, b: { deadlineMs: 5_000 }, c: { retry: { maxDelayMs: 500 } } };
    expect(pathsWrongIn(() => configured({ defaults, operations }))).toEqual([
      'config.defaults.retry.maxDelayMs',
      'config.operations.c.retry.maxDelayMs',
    ]);
  });

  it('is refused under the name of the config that sets both values', () => {
    const both = { breaker: { openMs: 20_000, openMaxMs: 10_000 } };
    const environment = { env: { HOLDFAST_CONFIG: JSON.stringify({ operations: { chat: both } }) } };
    const path = 'operations.chat.breaker.openMaxMs';
    expect(pathsWrongIn(() => configured({}, { environment }))).toEqual([`HOLDFAST_CONFIG.${path}`]);
    const change = { operations: { chat: both } };
    expect(pathsWrongIn(() => configured({}).configure(change))).toEqual([`change.${path}`]);
    expect(pathsWrongIn(() => configured({}).configure(change, { layer: 'file' }))).toEqual([`file.${path}`]);
  });
});

describe('the explanation of a setting', () => {
  const told = [
    { title: 'that somebody has given', config: { defaults: { deadlineMs: 5_000 } }, path: 'deadlineMs' },
    { title: 'of the preset', config: { preset: 'simple' }, path: 'retry.maxAttempts' },
    { title: 'of the library', config: { preset: 'none' }, path: 'attemptTimeoutMs' },
  ];

  it.each(told)('$title cannot be written to, so that no caller changes it for others', ({ config, path }) => {
    const resilience = configured(config);
    const setting = resilience.config('chat').settings[path] ?? {};
    const before = structuredClone(setting);
    expect(Reflect.set(setting, 'value', -1)).toBe(false);
    resilience.configure({ defaults: { quota: false } });
    expect(resilience.config('chat').settings[path]).toEqual(before);
    expect(configured(config).config('chat').settings[path]).toEqual(before);
  });

  it('comes with an environment that cannot be written to', () => {
    const resilience = configured({});
    const { environment } = resilience.config();
    expect(Reflect.set(environment, 'environment', 'production')).toBe(false);
    expect(Reflect.set(environment.metadata, 'feature', 'none')).toBe(false);
    expect(resilience.config().environment.environment).toBe('development');
  });
});

describe('the preset', () => {
  it.each([
    { env: {}, preset: 'simple' },
    { env: { NODE_ENV: 'production' }, preset: 'production' },
    { env: { NODE_ENV: 'development' }, preset: 'development' },
    { env: { NODE_ENV: 'test' }, preset: 'development' },
    { env: { ENVIRONMENT: 'staging' }, preset: 'production' },
  ])('is $preset by default in the environment $env', ({ env, preset }) => {
    const { preset: found, environment } = createResilience({ environment: { ...NOWHERE, env } }).config();
    expect({ found, by: environment.environment }).toEqual({ found: preset, by: expect.any(String) });
  });

  it('named in the options takes precedence over that of the config, and both over that of the environment', () => {
    const environment = { env: { HOLDFAST_PRESET: 'simple' } };
    const presetOf = (options: object) => createResilience({ environment, ...options }).config().preset;
    expect(presetOf({})).toBe('simple');
    expect(presetOf({ config: { preset: 'development' } })).toBe('development');
    expect(presetOf({ config: { preset: 'development' }, preset: 'production' })).toBe('production');
    expect(presetOf({ preset: 'none' })).toBe('none');
  });

  it('that is unknown is refused, with the name that was probably meant', () => {
    const [issue] = issuesIn(thrownBy(() => configured({ preset: 'prodction' })));
    expect(issue).toMatchObject({ path: 'config.preset', suggestion: "Did you mean 'production'?" });
  });
});

describe('a strategy', () => {
  it('of one call is merged over all other settings, and does not change the breaker', async () => {
    const resilience = configured({ preset: 'production', defaults: { retry: { minDelayMs: 0, maxDelayMs: 0 } } });
    let calls = 0;
    const failing = () => {
      calls += 1;
      throw Object.assign(new Error('x'), { status: 500 });
    };
    const settings = { retry: { minDelayMs: 0, maxDelayMs: 0, jitter: 'none' } } as const;
    await resilience.inspect('chat', failing, { strategy: 'aggressive', settings });
    expect(calls).toBe(2);
    expect(resilience.operation('chat').settings.breaker).toMatchObject({ trip: { consecutiveFailures: 10 } });
  });

  it('of one call is merged over the settings in force at the time', async () => {
    const retry = { minDelayMs: 0, maxDelayMs: 0, jitter: 'none' } as const;
    const strategies = { 'layers-call': { description: 'At once.', settings: { retry } } };
    const config = { preset: 'none', defaults: { breaker: false } } as const;
    const resilience = createResilience({ strategies, config, environment: NOWHERE });
    const attempts = async () => {
      const failing = () => Promise.reject(Object.assign(new Error('x'), { status: 500 }));
      return (await resilience.inspect('chat', failing, { strategy: 'layers-call' })).attempts.length;
    };
    const counts = [await attempts(), await attempts()];
    resilience.configure({ defaults: { retry: { maxAttempts: 2 } } });
    expect([...counts, await attempts()]).toEqual([3, 3, 2]);
  });

  it('may be defined in the options', () => {
    const strategies = { 'layers-test': { description: 'Once.', settings: { retry: { maxAttempts: 1 } } } };
    const config = { strategy: 'layers-test' };
    const { settings } = createResilience({ strategies, config, environment: NOWHERE }).config('chat');
    expect(settings['retry.maxAttempts']).toEqual({ value: 1, layer: 'strategy', name: 'layers-test' });
  });

  it('that is unknown is refused wherever it is named', async () => {
    const config = { strategy: 'agressive', operations: { chat: { strategy: 'critcal' } } };
    const issues = issuesIn(thrownBy(() => configured(config)));
    expect(issues.map(({ path, suggestion }) => [path, suggestion])).toEqual([
      ['config.strategy', "Did you mean 'aggressive'?"],
      ['config.operations.chat.strategy', "Did you mean 'critical'?"],
    ]);
    const report = await configured({}).inspect('chat', () => 1, { strategy: 'none' });
    expect(report.ok ? [] : issuesIn(report.error)[0]?.path).toBe('options.strategy');
  });
});

describe('an alias', () => {
  it('is another name of the same operation', async () => {
    const resilience = configured({ operations: { summary: { alias: 'summarize' }, summarize: { deadlineMs: 7 } } });
    await resilience.execute('summary', () => 1);
    await resilience.execute('summarize', () => 1);
    expect(resilience.stats('summary').calls).toBe(2);
    expect(resilience.operation('summary')).toBe(resilience.operation('summarize'));
    expect(resilience.config('summary').settings['deadlineMs']?.value).toBe(7);
    expect(resilience.health().operations).toBe(1);
  });

  it.each([
    { summarize_text: 'summarize' },
    { analyze_sentiment: 'sentiment' },
    { extract_key_points: 'key_points' },
    { generate_questions: 'questions' },
    { answer_question: 'qa' },
  ])('comes with the presets: %o', (names) => {
    const [[alias = '', name = ''] = []] = Object.entries(names);
    for (const preset of ['simple', 'development', 'production']) {
      const resilience = configured({ preset });
      expect(resilience.operation(alias).name).toBe(name);
      expect(resilience.operation(alias.toUpperCase()).name).toBe(alias.toUpperCase());
    }
  });

  it('of the preset follows an alias that the config gives to its operation', async () => {
    const operations = { summarize: { alias: 'sum' }, sum: { deadlineMs: 7 } };
    const resilience = configured({ preset: 'simple', operations });
    await resilience.execute('summarize_text', () => 1);
    expect(resilience.stats('summarize_text').calls).toBe(1);
    expect(resilience.config('summarize_text')).toMatchObject({
      operation: 'sum',
      settings: { deadlineMs: { value: 7 } },
    });
  });

  it.each<{ title: string; operations: ConfigInput['operations']; path: string }>([
    { title: 'of itself', operations: { a: { alias: 'a' } }, path: 'config.operations.a.alias' },
    {
      title: 'of an alias',
      operations: { a: { alias: 'b' }, b: { alias: 'c' } },
      path: 'config.operations.a.alias',
    },
    {
      title: 'of its own alias',
      operations: { a: { alias: 'b' }, b: { alias: 'a' } },
      path: 'config.operations.a.alias',
    },
    {
      title: 'of an alias of the preset',
      operations: { summarize: { alias: 'summarize_text' } },
      path: 'config.operations.summarize.alias',
    },
    {
      title: 'beside settings',
      operations: { a: { alias: 'b', deadlineMs: 5 } },
      path: 'config.operations.a.deadlineMs',
    },
  ])('$title is refused', ({ operations, path }) => {
    expect(issuesIn(thrownBy(() => configured({ operations })))[0]?.path).toBe(path);
  });

  it('is refused for a name that is in use, and for one that has settings in another layer', async () => {
    const resilience = configured({ operations: { set: { deadlineMs: 5 } } });
    await resilience.execute('used', () => 1);
    const paths = (name: string) =>
      issuesIn(thrownBy(() => resilience.configure({ operations: { [name]: { alias: 'other' } } }))).map(
        ({ path }) => path,
      );
    expect(paths('used')).toEqual(['change.operations.used.alias']);
    expect(paths('set')).toEqual(['change.operations.set']);
  });
});
