import {
  type CallSettings,
  createResilience,
  type ExecuteOptions,
  type Preset,
  type PresetName,
  type Resilience,
  type ResilienceOptions,
  resilient,
  type Strategy,
  type StrategyName,
} from 'holdfast';
import { CircuitBreaker } from 'holdfast/breaker';
import { retry } from 'holdfast/retry';
import { describe, expectTypeOf, it } from 'vitest';

const patient: Strategy = { description: 'Waits.', settings: {} };
const quick: Preset = {
  description: 'Hurries.',
  strategy: 'aggressive',
  settings: {},
  operations: {},
  environments: ['production'],
};

describe('types of the names of presets and strategies', () => {
  it('they list the built-in ones, and your own where these are known', () => {
    expectTypeOf<'simple' | 'development' | 'production' | 'auto' | 'none'>().toExtend<PresetName>();
    expectTypeOf<'aggressive' | 'balanced' | 'conservative' | 'critical'>().toExtend<StrategyName>();
    expectTypeOf<Extract<PresetName<'quick'>, 'quick'>>().toEqualTypeOf<'quick'>();
    expectTypeOf<Extract<PresetName, 'production'>>().toEqualTypeOf<'production'>();
    expectTypeOf<Extract<StrategyName<'patient'>, 'patient'>>().toEqualTypeOf<'patient'>();
    expectTypeOf<Extract<StrategyName, 'critical'>>().toEqualTypeOf<'critical'>();
  });

  it('they take any text, since a name may come from a variable', () => {
    expectTypeOf<string>().toExtend<PresetName>();
    expectTypeOf<{ preset: string; config: { strategy: string } }>().toExtend<ResilienceOptions>();
    // @ts-expect-error a name is text
    createResilience({ preset: 5 });
  });

  it('createResilience() reads the names of your own', () => {
    const own = createResilience({
      presets: { quick },
      strategies: { patient },
      preset: 'quick',
      config: { strategy: 'patient', operations: { chat: { strategy: 'patient' } } },
    });
    type Options = NonNullable<Parameters<typeof own.execute>[2]>;
    expectTypeOf<Extract<Options['strategy'], 'patient'>>().toEqualTypeOf<'patient'>();
    void own.execute('chat', () => 1, { strategy: 'patient' });
    void own.operation('chat').execute(() => 1, { strategy: 'patient' });
    expectTypeOf(own).toExtend<Resilience>();
  });
});

describe('types of the names of operations', () => {
  const config = { operations: { chat: { deadlineMs: 5_000 }, embed: {} } } as const;

  it('they list those of the config, and take any other', () => {
    const open = createResilience({ config });
    expectTypeOf<Extract<Parameters<typeof open.execute>[0], 'chat'>>().toEqualTypeOf<'chat'>();
    void open.execute('another', () => 1);
    expectTypeOf(createResilience()).toEqualTypeOf<Resilience>();
  });

  it("unknownOperations: 'refuse' takes no other", () => {
    const strict = createResilience({ unknownOperations: 'refuse', config });
    expectTypeOf<Parameters<typeof strict.execute>[0]>().toEqualTypeOf<'chat' | 'embed'>();
    expectTypeOf(strict.execute('chat', () => 1)).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error mistyped
    void strict.execute('chta', () => 1);
    // @ts-expect-error mistyped
    void strict.inspect('chta', () => 1);
    // @ts-expect-error mistyped
    strict.wrap('chta', () => 1);
    // @ts-expect-error mistyped
    strict.operation('chta');
    // @ts-expect-error mistyped
    strict.stats('chta');
    // @ts-expect-error mistyped
    strict.breaker('chta');
    // @ts-expect-error mistyped
    resilient(strict, 'chta');
    resilient(strict, 'embed');
  });
});

describe('types of the settings of one call', () => {
  it('they take what concerns one call', () => {
    expectTypeOf<{ deadlineMs: 5; attemptTimeoutMs: false; quota: { maxWaitMs: 5 } }>().toExtend<CallSettings>();
    expectTypeOf<{ retry: { maxAttempts: 5; budget: false }; breaker: false }>().toExtend<CallSettings>();
    expectTypeOf<ExecuteOptions['settings']>().toEqualTypeOf<CallSettings | undefined>();
  });

  it('they refuse what all calls of an operation share', () => {
    const resilience = createResilience();
    // @ts-expect-error the breaker is the operation's
    void resilience.execute('chat', () => 1, { settings: { breaker: { openMs: 5 } } });
    // @ts-expect-error so is the budget
    void resilience.execute('chat', () => 1, { settings: { retry: { budget: { ratio: 1 } } } });
    // @ts-expect-error true is no setting
    void resilience.execute('chat', () => 1, { settings: { breaker: true } });
  });
});

describe('types of functions that give a value or a promise of another type', () => {
  const either = () => (Math.random() < 0.5 ? 5 : Promise.resolve('text'));

  it('compile at every door', () => {
    const resilience = createResilience();
    expectTypeOf(resilience.execute('chat', () => (Math.random() < 0.5 ? 5 : Promise.resolve('s')))).resolves.toExtend<
      string | number
    >();
    expectTypeOf(resilience.inspect('chat', either)).resolves.toHaveProperty('ok');
    expectTypeOf(retry(either)).resolves.toExtend<string | number>();
    expectTypeOf(new CircuitBreaker().execute(either)).resolves.toExtend<string | number>();
  });
});
