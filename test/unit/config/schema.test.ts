import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { JsonSchema } from '../../../src/config/json-schema.js';
import { annotatedSchema, configJsonSchema } from '../../../src/config/json-schema.js';
import { configSchema } from '../../../src/config/schema.js';
import { resolveSettings } from '../../../src/config/settings.js';
import { Check } from '../../../src/input/index.js';
import { resolveRetrySettings } from '../../../src/retry/resolve-settings.js';
import { RETRIED } from '../../../src/retry/settings.js';

function pathsIn(given: unknown): string[] {
  const { error } = configSchema.safeParse(given);
  return [...new Set((error?.issues ?? []).map(({ path }) => ['config', ...path].map(String).join('.')))].sort();
}

describe('configSchema', () => {
  it('returns a config as it is, and adds nothing', () => {
    const config = {
      $schema: './holdfast.schema.json',
      preset: 'production',
      strategy: 'balanced',
      defaults: { deadlineMs: false, retry: { kinds: { network: true, timeout: { maxAttempts: 2 } }, budget: false } },
      operations: { chat: { breaker: { trip: { failureRate: 0.5 } } }, talk: { alias: 'chat' } },
    } as const;
    expect(configSchema.parse(config)).toStrictEqual(config);
    expect(configSchema.parse({})).toStrictEqual({});
  });

  it('reports all issues at once', () => {
    const config = {
      presets: 'simple',
      defaults: { retry: { maxAttempts: 0, jitter: 'random' }, quota: { maxWaitMs: '5' } },
      operations: { chat: { alias: 'talk', deadlineMs: 5 }, '': {} },
    };
    expect(pathsIn(config)).toEqual([
      'config.defaults.quota.maxWaitMs',
      'config.defaults.retry.jitter',
      'config.defaults.retry.maxAttempts',
      'config.operations',
      'config.operations.chat.deadlineMs',
      'config.presets',
    ]);
  });

  it('reports in plain words what is wrong within a part that may be switched off', () => {
    const config = {
      defaults: { retry: { maxAttempts: 0, jitter: 'random', kinds: { network: { tries: 1 } } }, quota: 5 },
    };
    const { error } = configSchema.safeParse(config);
    const lines = error === undefined ? [] : z.prettifyError(error).split('\n');
    expect(lines).toEqual([
      '✖ must be a plain object, or false',
      '  → at defaults.quota',
      '✖ must be a whole number from 1 to 1000',
      '  → at defaults.retry.maxAttempts',
      '✖ must be one of none, full, equal, decorrelated, additive',
      '  → at defaults.retry.jitter',
      expect.stringMatching(/^✖ is unknown; expected one of maxAttempts, /),
      '  → at defaults.retry.kinds.network.tries',
    ]);
  });

  it.each<[string, unknown]>([
    ['a list', []],
    ['an instance', new (class Config {})()],
    ['a Map', new Map()],
    ['what has its settings from elsewhere', Object.create({ preset: 'simple' })],
    ['a Promise', Promise.resolve({})],
    ['nothing', undefined],
    ['null', null],
    ['NaN', Number.NaN],
  ])('accepts plain objects only, and not %s', (_, given) => {
    expect(pathsIn(given)).toEqual(['config']);
    expect(pathsIn({ defaults: { retry: given ?? null } })).toEqual(['config.defaults.retry']);
  });

  it('accepts objects without a prototype and of another realm', () => {
    const bare: object = Object.assign(Object.create(null), { preset: 'simple' });
    expect(configSchema.parse(bare)).toEqual({ preset: 'simple' });
  });

  it('reads every field once, and refuses a getter that throws', () => {
    let reads = 0;
    const counting = Object.defineProperty({}, 'deadlineMs', {
      enumerable: true,
      get() {
        reads += 1;
        return 5;
      },
    });
    expect(configSchema.parse({ defaults: counting })).toEqual({ defaults: { deadlineMs: 5 } });
    expect(reads).toBe(1);
    const throwing = Object.defineProperty({}, 'deadlineMs', {
      enumerable: true,
      get() {
        throw new RangeError('not now');
      },
    });
    expect(pathsIn({ defaults: throwing })).toEqual(['config.defaults']);
  });

  it('checks an operation of any name', () => {
    const bad = { deadlineMs: 0 };
    const named = JSON.parse('{ "operations": { "__proto__": { "deadlineMs": 0 }, "chat": { "deadlineMs": 0 } } }');
    expect(pathsIn(named)).toEqual(['config.operations.__proto__.deadlineMs', 'config.operations.chat.deadlineMs']);
    expect(pathsIn({ operations: { constructor: bad, toString: bad } })).toEqual([
      'config.operations.constructor.deadlineMs',
      'config.operations.toString.deadlineMs',
    ]);
    expect(pathsIn(JSON.parse('{ "__proto__": { "deadlineMs": 0 } }'))).toEqual(['config.__proto__']);
    expect(({} as { deadlineMs?: number }).deadlineMs).toBeUndefined();
  });

  it('does not change the registry that schemas share', () => {
    expect(z.globalRegistry.has(configSchema)).toBe(false);
    expect(JSON.stringify(z.toJSONSchema(configSchema))).not.toContain('"id"');
  });
});

/** Every field with its path: in settings `retry.maxAttempts`, in the definition of a part `kind.maxAttempts`. */
function fieldsOf({ properties, definitions = {} }: JsonSchema): [string, JsonSchema][] {
  const own = Object.entries(properties ?? {});
  const inner = Object.entries(definitions).flatMap(([part, schema]) =>
    typeof schema === 'boolean'
      ? []
      : Object.entries(schema.properties ?? {}).map(([name, field]) => [`${part}.${name}`, field] as const),
  );
  return [...own, ...inner].flatMap(([path, field]) => (typeof field === 'boolean' ? [] : [[path, field]]));
}

const annotated = fieldsOf(annotatedSchema());

describe('the texts of the schema', () => {
  it.each(annotated)('say what %s means', (_, { description }) => {
    expect(description).toMatch(/^[A-Z`].*[.]$/);
  });

  it.each(annotated.filter(([path]) => path.endsWith('Ms')))('say that %s is in milliseconds', (_, { unit }) => {
    expect(unit).toBe('milliseconds');
  });

  it('state the default of every field but parts, in a value or in words', () => {
    const without = annotated.filter(([, field]) => field.default === undefined && field['derived'] === undefined);
    expect(without.map(([path]) => path).sort()).toEqual([
      '$schema',
      'defaults',
      'operation.breaker',
      'operation.quota',
      'operation.retry',
      'operation.stream',
      'operations',
      'retry.budget',
      'retry.kinds',
      'settings.breaker',
      'settings.quota',
      'settings.retry',
      'settings.stream',
    ]);
  });

  it('state the defaults that apply', () => {
    const told = (part: string) =>
      Object.fromEntries(
        annotated.flatMap(([path, field]) =>
          path.startsWith(`${part}.`) && field.default !== undefined
            ? [[path.slice(part.length + 1), field.default]]
            : [],
        ),
      );
    const own = { hedge: {}, pacing: { requestsPerMinute: 60 }, concurrency: {} };
    const { retry, hedge, quota, pacing, concurrency, breaker, deadlineMs, attemptTimeoutMs } = resolveSettings(
      new Check(),
      'config',
      own,
    );
    if (retry === false || breaker === false) throw new Error('all are on');
    const off = { hedge: false, pacing: false, concurrency: false };
    expect(told('settings')).toEqual({ deadlineMs, attemptTimeoutMs, ...off });
    expect(told('operation')).toEqual({ deadlineMs, attemptTimeoutMs, ...off });
    expect(retry.kinds.server_error).toEqual({ ...told('retry'), always: false });
    expect(retry.budget).toEqual({ ...told('budget'), burst: 10 });
    expect(hedge).toEqual(told('hedge'));
    expect(quota).toEqual(told('quota'));
    expect(pacing).toEqual({ ...told('pacing'), requestsPerMinute: 60, tokensPerMinute: undefined });
    expect(concurrency).toEqual(told('concurrency'));
    expect(breaker).toMatchObject({ ...told('breaker'), trip: told('trip') });
    expect(breaker.trip).toMatchObject({ consecutiveFailures: 5 });
    expect(told('breaker')['trip']).toEqual({ consecutiveFailures: 5 });
    expect(told('kind')).toEqual({});
  });

  it('state for every kind whether it is retried by default', () => {
    const told = annotated.flatMap(([path, { derived }]) =>
      path.startsWith('kinds.') ? [[path.slice(6), derived]] : [],
    );
    const kinds = Object.keys(RETRIED).map((kind) => {
      // What has to be switched on is retried whatever else is said of it.
      const rules = Object.entries(resolveRetrySettings({ kinds: { [kind]: true } }).kinds).find(
        ([name]) => name === kind,
      )?.[1];
      return [kind, rules && !rules.always ? 'it is retried' : 'it is not retried'];
    });
    expect(Object.fromEntries(told)).toEqual(Object.fromEntries(kinds));
  });
});

describe('configJsonSchema()', () => {
  const schema = configJsonSchema();

  it('is a schema of draft 7 with a name', () => {
    expect(schema).toMatchObject({
      $schema: 'http://json-schema.org/draft-07/schema#',
      $id: 'urn:holdfast:config',
      title: expect.stringContaining('holdfast'),
      description: expect.stringContaining('preset'),
    });
    expect(new Ajv().validateSchema(schema)).toBe(true);
  });

  it('has only keywords of JSON Schema', () => {
    expect(() => new Ajv({ strict: true, strictRequired: false }).compile(schema)).not.toThrow();
  });

  it('states unit and default in the description, which is what editors show', () => {
    const { settings, retry } = schema.definitions ?? {};
    expect(settings).toMatchObject({
      properties: {
        deadlineMs: {
          default: 120_000,
          description: expect.stringMatching(/^The longest a call may take.* In milliseconds\. Default: 120000\.$/),
        },
      },
    });
    expect(retry).toMatchObject({
      properties: { strategy: { enum: ['fixed', 'linear', 'exponential', 'fibonacci'], default: 'exponential' } },
    });
  });

  it('proposes the presets and strategies that are built in, and accepts any name', () => {
    expect(proposals(schema.properties?.['preset'])).toEqual(['auto', 'none', 'simple', 'development', 'production']);
    expect(proposals(schema.properties?.['strategy'])).toEqual(['aggressive', 'balanced', 'conservative', 'critical']);
    const validate = new Ajv().compile(schema);
    expect(validate({ preset: 'whatever', operations: { chat: { strategy: 'mine' } } })).toBe(true);
    expect(validate({ preset: '' })).toBe(false);
  });

  it('accepts a duration as a text that says milliseconds, as files do', () => {
    const validate = new Ajv().compile(schema);
    const accepts = (value: unknown) => validate({ defaults: { deadlineMs: value, retry: { minDelayMs: value } } });
    for (const written of [50, '50ms', '1_000 ms', '.5ms']) expect(accepts(written)).toBe(true);
    for (const written of ['50', '50s', '1s 50ms', 'ms', '-5ms']) expect(accepts(written)).toBe(false);
  });

  it('is created anew for every caller', () => {
    expect(configJsonSchema()).not.toBe(schema);
    expect(configJsonSchema()).toEqual(schema);
  });
});

function proposals(field: JsonSchema | boolean | undefined): unknown[] {
  if (typeof field !== 'object') throw new Error('there is such a field');
  return (field.anyOf ?? []).flatMap((option) =>
    typeof option === 'object' && option['const'] !== undefined ? [option['const']] : [],
  );
}
