import { createResilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { validateConfig, validatePreset } from '../../../src/config/validation/index.js';
import { issuesIn, thrownBy } from '../../support/calls.js';
import { NOWHERE } from '../../support/configs.js';

/** Path, received and suggestion of every error. */
function errorsIn(value: unknown) {
  const { valid, errors, warnings } = validateConfig(value);
  expect({ valid, warnings }).toEqual({ valid: errors.length === 0, warnings: [] });
  return errors.map(({ path, received, suggestion }) => ({ path, received, suggestion }));
}

describe('validateConfig, given a valid config', () => {
  it.each([{}, { preset: 'auto' }, { defaults: {} }, { operations: {} }, { defaults: { deadlineMs: undefined } }])(
    'returns no errors, warnings or suggestions for %o',
    (config) => {
      expect(validateConfig(config)).toEqual({ valid: true, errors: [], warnings: [], suggestions: [] });
    },
  );
});

describe('validateConfig, given a config with errors', () => {
  it('lists every error at once, each with what to write instead', () => {
    const config = {
      preset: '',
      retry: {},
      defaults: { deadlineMs: 0, retry: { maxAttempts: 0, jitter: 'equl' } },
      operations: { chat: { breaker: { openMs: '60' }, timeout: 5 }, 'a.b': 7 },
    };
    expect(errorsIn(config)).toEqual([
      {
        path: 'config.retry',
        received: 'an object',
        suggestion: 'Write defaults.retry.',
      },
      {
        path: 'config.preset',
        received: 'the string ""',
        suggestion: "Write 'auto' for the one that suits the environment.",
      },
      { path: 'config.defaults.deadlineMs', received: '0', suggestion: "Write 'false' to switch it off." },
      {
        path: 'config.defaults.retry.maxAttempts',
        received: '0',
        suggestion: '3 suits most calls; 1 means no retries.',
      },
      { path: 'config.defaults.retry.jitter', received: 'the string "equl"', suggestion: "Did you mean 'equal'?" },
      {
        path: 'config.operations.chat.timeout',
        received: '5',
        suggestion:
          'Write operations.chat.deadlineMs: 5000 for the whole call, or operations.chat.attemptTimeoutMs: 5000 for one ' +
          'attempt, if 5 means seconds.',
      },
      { path: 'config.operations.chat.breaker.openMs', received: 'the string "60"', suggestion: 'Did you mean 60?' },
      { path: 'config.operations.a.b', received: '7', suggestion: undefined },
    ]);
  });

  it('lists the same errors as createResilience', () => {
    const config = { defaults: { deadlineMs: 'x' }, operations: { chat: { quota: { maxWaitMs: -1 }, alias: 'b' } } };
    const refused = issuesIn(thrownBy(() => Reflect.apply(createResilience, undefined, [{ config }])));
    const { errors } = validateConfig(config);
    expect(errors.map(({ path, message, received }) => ({ path, message, received }))).toEqual(
      refused.map(({ path, message, received }) => ({ path, message, received })),
    );
  });

  it('refuses unknown presets and strategies', () => {
    const config = { preset: 'prodction', strategy: 'xyz', operations: { chat: { strategy: 'critcal' } } };
    expect(errorsIn(config).map(({ path, suggestion }) => [path, suggestion])).toEqual([
      ['config.preset', "Did you mean 'production'?"],
      ['config.strategy', "'balanced' suits most calls."],
      ['config.operations.chat.strategy', "Did you mean 'critical'?"],
    ]);
  });

  it('lists wrong names and wrong values together', () => {
    const operations = { chat: { strategy: 'critcal', deadlineMs: 'x' }, ask: 5, tell: { strategy: 5 } };
    expect(errorsIn({ preset: 'prodction', defaults: 5, operations }).map(({ path }) => path)).toEqual([
      'config.preset',
      'config.defaults',
      'config.operations.chat.strategy',
      'config.operations.chat.deadlineMs',
      'config.operations.ask',
      'config.operations.tell.strategy',
    ]);
  });

  it.each([
    ['retry_attempts', 'Write defaults.retry.maxAttempts.'],
    ['circuit_breaker_threshold', 'Write defaults.breaker.trip.consecutiveFailures.'],
    ['recovery_timeout', 'Write defaults.breaker.openMs: 5000, if 5 means seconds.'],
    ['exponential_min', 'Write defaults.retry.minDelayMs.'],
    ['exponential_max', 'Write defaults.retry.maxDelayMs.'],
    ['jitter_enabled', "Write defaults.retry.jitter: 'additive' or 'none'."],
    ['jitter_max', 'Write defaults.retry.jitterMaxMs.'],
    ['max_delay_seconds', 'Write defaults.retry.maxElapsedMs: 5000.'],
  ])('suggests the setting that replaces the legacy field %s', (name, suggestion) => {
    expect(errorsIn({ [name]: 5 })).toEqual([{ path: `config.${name}`, received: '5', suggestion }]);
    expect(errorsIn({ defaults: { [name]: 5 } })[0]).toMatchObject({ path: `config.defaults.${name}`, suggestion });
  });

  it('suggests the parts of a config that replace legacy fields', () => {
    expect(errorsIn({ default_strategy: 'critical', operation_overrides: {} })).toMatchObject([
      { suggestion: 'Write strategy.' },
      { suggestion: 'Write operations, each with a strategy.' },
    ]);
  });

  it('has advice for every setting and part', () => {
    const x = 'unknownName';
    const retry = { [x]: 1, kinds: { [x]: 1, network: { [x]: 1 } }, budget: { [x]: 1 } };
    const settings = { [x]: 1, retry, quota: { [x]: 1 }, breaker: { [x]: 1, trip: { [x]: 1 } } };
    const { errors } = validateConfig({ [x]: 1, defaults: settings, operations: { chat: { [x]: 1 } } });
    const all = errors.flatMap(({ path, message }) =>
      (message.split('expected one of ')[1]?.split(', ') ?? []).map((name) => path.replace(x, name)),
    );
    expect(all.length).toBeGreaterThan(50);
    const kinds = /retry\.kinds\.\w+$/;
    const unadvised = all.filter(
      (path) => !kinds.test(path) && !path.endsWith('$schema') && adviceAt(path) === undefined,
    );
    expect(unadvised).toEqual([]);
  });

  it('lists a contradiction once, where it is written, with values that fit', () => {
    const own = { deadlineMs: 5_000 };
    const config = {
      defaults: { retry: { minDelayMs: 9_000, maxDelayMs: 4_000 } },
      operations: { a: own, 'b.c': own },
    };
    expect(validateConfig(config)).toEqual({
      valid: false,
      errors: [
        {
          path: 'config.defaults.retry.maxDelayMs',
          message: 'must not be shorter than minDelayMs',
          received: '4000',
          suggestion: 'Write 2000 for minDelayMs, or 18000 for maxDelayMs.',
        },
      ],
      warnings: [],
      suggestions: [
        {
          path: 'config.defaults.retry.maxDelayMs',
          text: 'Write 2000 for minDelayMs, or 18000 for maxDelayMs.',
        },
      ],
    });
  });

  it('lists a contradiction at the operation that sets one half of it', () => {
    const config = {
      defaults: { retry: { minDelayMs: 9_000 } },
      operations: { 'b.c': { retry: { maxDelayMs: 4_000 } } },
    };
    expect(errorsIn(config)[0]).toMatchObject({ path: 'config.operations.b.c.retry.maxDelayMs', received: '4000' });
    const open = { operations: { chat: { breaker: { openMs: 20_000, openMaxMs: 15_000 } } } };
    expect(errorsIn(open)).toEqual([
      {
        path: 'config.operations.chat.breaker.openMaxMs',
        received: '15000',
        suggestion: 'Write milliseconds: five times openMs suits most services.',
      },
    ]);
  });

  it('refuses an alias of an alias', () => {
    const config = { operations: { a: { alias: 'b' }, b: { alias: 'c' }, c: {} } };
    expect(errorsIn(config)).toMatchObject([
      { path: 'config.operations.a.alias', suggestion: 'Write the name of an operation.' },
    ]);
  });
});

/** What is said when a setting of this path holds something that fits nowhere. */
function adviceAt(path: string): string | undefined {
  const names = path.split('.').slice(1).toReversed();
  const value: unknown = path.endsWith('budget') ? 'x' : [];
  const config = names.reduce((inner, name) => ({ [name]: inner }), value);
  return validateConfig(config).errors.find((error) => error.path === path)?.suggestion;
}

describe('validateConfig, given an untrusted value', () => {
  const revoked = Proxy.revocable({}, {});
  revoked.revoke();
  const thrower = () => {
    throw new RangeError('no');
  };
  const cyclic: Record<string, unknown> = {};
  cyclic['defaults'] = cyclic;
  cyclic['operations'] = cyclic;

  it.each<[string, unknown]>([
    ['nothing', undefined],
    ['null', null],
    ['a string', '{}'],
    ['a list', [{}]],
    ['a Map', new Map()],
    ['a function', thrower],
    ['a revoked Proxy', revoked.proxy],
    ['a revoked Proxy inside', { defaults: revoked.proxy }],
    ['a Proxy that throws', new Proxy({}, { ownKeys: thrower })],
    ['a getter that throws', { defaults: Object.defineProperty({}, 'retry', { enumerable: true, get: thrower }) }],
    ['a list that throws', { defaults: new Proxy([], { get: thrower }) }],
    ['a list that is less than empty', { preset: new Proxy([], { get: (_, name) => (name === 'length' ? -5 : 0) }) }],
    ['a cycle', cyclic],
    ['something else in its place', { defaults: new Date(), operations: { chat: Symbol('x') } }],
  ])('returns errors instead of throwing for %s', (_, value) => {
    const { valid, errors } = validateConfig(value);
    expect(valid).toBe(false);
    expect(errors.length).toBeGreaterThan(0);
  });

  it('reads every field once', () => {
    let reads = 0;
    const get = () => {
      reads += 1;
      return reads === 1 ? 30_000 : 'something else';
    };
    expect(validateConfig({ defaults: Object.defineProperty({}, 'deadlineMs', { enumerable: true, get }) }).valid).toBe(
      true,
    );
    expect(reads).toBe(1);
  });

  it('changes neither the value nor the prototypes of objects', () => {
    const text =
      '{"__proto__":{"a":1},"operations":{"__proto__":{"retry":{"__proto__":{"maxAttempts":9}}}},"defaults":{}}';
    const config: unknown = JSON.parse(text);
    expect(errorsIn(config).map(({ path }) => path)).toEqual([
      'config.__proto__',
      'config.operations.__proto__.retry.__proto__',
    ]);
    expect(JSON.stringify(config)).toBe(text);
    expect(Object.keys(Object.prototype)).toEqual([]);
  });

  it.each(['__proto__', 'constructor', 'toString', 'hasOwnProperty'])('accepts an operation called %s', (name) => {
    const operations: unknown = JSON.parse(`{"${name}":{"retry":{"maxAttempts":8}}}`);
    const { valid, warnings } = validateConfig({ preset: 'production', operations });
    expect([valid, warnings[0]?.path]).toEqual([true, `config.operations.${name}.retry.maxAttempts`]);
  });
});

describe('validateConfig, given a config that is too large', () => {
  it('refuses more than 5000 values', () => {
    const values = Object.fromEntries(Array.from({ length: 5_001 }, (_, index) => [`k${index}`, 1]));
    const message = 'is too large: the whole may hold at most 5000 values';
    expect(validateConfig(values).errors).toMatchObject([{ path: 'config', message }]);
    expect(validateConfig({ defaults: values }).errors).toMatchObject([{ path: 'config.defaults', message }]);
    expect(validateConfig({ defaults: new Array(1e9) }).errors).toMatchObject([{ path: 'config.defaults', message }]);
  });

  it('refuses more than 100 unknown names', () => {
    const unknown = (length: number) =>
      Object.fromEntries(Array.from({ length }, (_, index) => [`unknown${index}`, 1]));
    const message = 'must not have more than 100 unknown names';
    expect(validateConfig({ defaults: unknown(101) }).errors).toMatchObject([{ path: 'config', message }]);
    expect(validateConfig({ defaults: unknown(100) }).errors).toHaveLength(100);
  });

  it('refuses more than 200 operations', () => {
    expect(validateConfig({ operations: numbered(201) }).errors).toEqual([
      {
        path: 'config.operations',
        message: 'must hold at most 200 operations',
        received: '201 operations',
        suggestion: 'Validate it in parts, or with loadConfig(), which has no such limit.',
      },
    ]);
    expect(validateConfig({ operations: numbered(200) }).valid).toBe(true);
  });

  it('lints only the first 50 operations, and says so', () => {
    const text = 'Validate them in parts: warnings cover only the first 50.';
    const { warnings, suggestions } = validateConfig({ operations: numbered(51) });
    expect(warnings).toHaveLength(50);
    expect(suggestions).toContainEqual({ path: 'config.operations', text });
    expect(validateConfig({ operations: numbered(50) }).suggestions).not.toContainEqual({
      path: 'config.operations',
      text,
    });
  });

  it('lints fewer operations if each has settings for several kinds of failure', () => {
    const kinds = { network: { maxAttempts: 9 }, timeout: { maxAttempts: 9 }, overloaded: { maxAttempts: 9 } };
    const names = Array.from({ length: 13 }, (_, index) => `op${index}`);
    const operations = Object.fromEntries(names.map((name) => [name, { retry: { kinds } }]));
    const text = 'Validate them in parts: warnings cover only the first 12.';
    expect(validateConfig({ operations }).suggestions).toContainEqual({ path: 'config.operations', text });
  });
});

/** Operations, each of them with something against it. */
function numbered(length: number) {
  return Object.fromEntries(Array.from({ length }, (_, index) => [`op${index}`, { breaker: { openMs: 5_000 } }]));
}

describe('validateConfig, given names of operations with dots', () => {
  it('tells the longest name apart from the settings behind it', () => {
    const operations = { a: {}, 'a.retry': { retry: { maxAttempts: 0 } } };
    expect(validateConfig({ operations }).errors).toMatchObject([
      { path: 'config.operations.a.retry.retry.maxAttempts', suggestion: '3 suits most calls; 1 means no retries.' },
    ]);
  });

  it('lists an unknown strategy beside a wrong value', () => {
    const paths = validatePreset({ name: 'own', operations: { 'a.b': { strategy: 'harsh', deadlineMs: 0 } } }).errors;
    expect(paths.map(({ path }) => path)).toEqual(
      expect.arrayContaining(['preset.operations.a.b.deadlineMs', 'preset.operations.a.b.strategy']),
    );
  });
});

describe('createResilience, given what validateConfig accepts', () => {
  it.each([
    { preset: 'production', operations: { chat: { strategy: 'critical', retry: { maxAttempts: 4 } } } },
    { defaults: { retry: { minDelayMs: 90_000 } } },
  ])('accepts it as well: %o', (config) => {
    expect(validateConfig(config).valid).toBe(true);
    expect(createResilience({ environment: NOWHERE, config }).config('chat').operation).toBe('chat');
  });
});
