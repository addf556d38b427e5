import { type Call, createResilience, type ExecuteOptions, type Operation, type Report, type Settings } from 'holdfast';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();

describe('execute(), by its types,', () => {
  it('returns what the function returns, as a promise', () => {
    expectTypeOf(resilience.execute('chat', () => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(resilience.execute('chat', async () => 'text')).toEqualTypeOf<Promise<string>>();
    expectTypeOf(resilience.execute('chat', () => undefined)).toEqualTypeOf<Promise<undefined>>();
    expectTypeOf(resilience.execute('chat', (): void => undefined)).toEqualTypeOf<Promise<void>>();
    expectTypeOf(resilience.execute('chat', (): never => never())).toEqualTypeOf<Promise<never>>();
  });

  it('returns the value of a thenable, or of a function that returns a promise half of the time', () => {
    const thenable: PromiseLike<Date> = Promise.resolve(new Date());
    expectTypeOf(resilience.execute('chat', () => thenable)).toEqualTypeOf<Promise<Date>>();
    const sometimes = (): string | Promise<string> => 'text';
    expectTypeOf(resilience.execute('chat', sometimes)).toEqualTypeOf<Promise<string>>();
  });

  it('passes the call to the function', () => {
    void resilience.execute('chat', (call) => {
      expectTypeOf(call).toEqualTypeOf<Call>();
      expectTypeOf(call.signal).toEqualTypeOf<AbortSignal>();
      expectTypeOf(call.key).toEqualTypeOf<string | undefined>();
      expectTypeOf(call.context).toEqualTypeOf<Readonly<Record<string, unknown>>>();
      expectTypeOf(call.target?.name).toEqualTypeOf<string | undefined>();
      expectTypeOf(call.remainingMs).returns.toEqualTypeOf<number>();
      expectTypeOf(call.noRetry).returns.toEqualTypeOf<void>();
    });
  });

  it('infers its type from where the result goes', () => {
    const narrow: Promise<'yes' | 'no'> = resilience.execute('chat', () => 'yes');
    expectTypeOf(narrow).resolves.toEqualTypeOf<'yes' | 'no'>();
  });

  it('accepts functions and options that fit, and nothing else', () => {
    // @ts-expect-error an operation has a name
    void resilience.execute(undefined, () => 1);
    // @ts-expect-error which is a string
    void resilience.execute(7, () => 1);
    // @ts-expect-error there must be something to call
    void resilience.execute('chat');
    // @ts-expect-error which is a function, not its result
    void resilience.execute('chat', Promise.resolve(1));
    // @ts-expect-error which is given a call and nothing else
    void resilience.execute('chat', (_call: Call, _more: string) => 1);
    // @ts-expect-error a number is no string
    const text: Promise<string> = resilience.execute('chat', () => 1);
    void text;
  });

  it('passes a call to the function that cannot be written to', () => {
    void resilience.execute('chat', (call) => {
      // @ts-expect-error the names are given
      call.operation = 'embed';
      // @ts-expect-error the context is the caller's
      call.context['tenant'] = 'a';
      // @ts-expect-error what stages do to a call is none of the function's business
      call.interrupt({ by: 'caller', error: undefined });
      // @ts-expect-error nor where the attempt runs
      call.moveTo({});
      // @ts-expect-error nor its target
      call.target = undefined;
    });
  });
});

describe('the options of a call, by their types,', () => {
  it('are all optional, and may be undefined', () => {
    expectTypeOf<Record<never, never>>().toExtend<ExecuteOptions>();
    expectTypeOf<{ key: undefined; signal: undefined; deadlineMs: undefined }>().toExtend<ExecuteOptions>();
    expectTypeOf<{ deadlineMs: false }>().toExtend<ExecuteOptions>();
    expectTypeOf<{ readonly context: { readonly tenant: string } }>().toExtend<ExecuteOptions>();
    expectTypeOf<{ readonly parent: Call | undefined }>().toExtend<ExecuteOptions>();
  });

  it('have known names and a type each', () => {
    // @ts-expect-error a duration is a number
    void resilience.execute('chat', () => 1, { deadlineMs: '100' });
    // @ts-expect-error or false, which switches it off; true says nothing
    void resilience.execute('chat', () => 1, { deadlineMs: true });
    // @ts-expect-error or absent; null is neither
    void resilience.execute('chat', () => 1, { deadlineMs: null });
    // @ts-expect-error a key is a string
    void resilience.execute('chat', () => 1, { key: 7 });
    // @ts-expect-error the signal, not its controller
    void resilience.execute('chat', () => 1, { signal: new AbortController() });
    // @ts-expect-error it can be done twice, or it cannot
    void resilience.execute('chat', () => 1, { idempotent: 'no' });
    // @ts-expect-error mistyped
    void resilience.execute('chat', () => 1, { deadlineMS: 100 });
    // @ts-expect-error the parent is a call, not its id
    void resilience.execute('chat', () => 1, { parent: 'call-1' });
    // @ts-expect-error context has names
    void resilience.execute('chat', () => 1, { context: 'tenant' });
    // @ts-expect-error settings of one call are known as well
    void resilience.execute('chat', () => 1, { settings: { timeoutMs: 5 } });
  });
});

describe('the settings, by their types,', () => {
  it('may be false for every stage', () => {
    expectTypeOf<{ deadlineMs: false; attemptTimeoutMs: false; breaker: false }>().toExtend<Settings>();
    expectTypeOf<{ retry: false; quota: false }>().toExtend<Settings>();
    expectTypeOf<{ retry: { budget: false; maxElapsedMs: false } }>().toExtend<Settings>();
    expectTypeOf<{ retry: { kinds: { network: false; unknown: true } } }>().toExtend<Settings>();
  });

  it('have known names and a type each', () => {
    // @ts-expect-error a breaker has settings or is off
    createResilience({ config: { defaults: { breaker: true } } });
    // @ts-expect-error mistyped
    createResilience({ config: { defaults: { breaker: { openMS: 5 } } } });
    // @ts-expect-error there are four modes
    createResilience({ config: { defaults: { breaker: { mode: 'enforced' } } } });
    // @ts-expect-error retries have settings or are off
    createResilience({ config: { defaults: { retry: true } } });
    // @ts-expect-error a cancelled call is never retried
    createResilience({ config: { defaults: { retry: { kinds: { cancelled: true } } } } });
    // @ts-expect-error there are five jitters
    createResilience({ config: { defaults: { retry: { jitter: 'random' } } } });
    // @ts-expect-error a quota has settings or is off
    createResilience({ config: { defaults: { quota: 5 } } });
    // @ts-expect-error a rule says what errors mean
    createResilience({ classify: [{ when: { status: 409 } }] });
    // @ts-expect-error the name and the hooks of a breaker are ours to give
    createResilience({ config: { defaults: { breaker: { isFailure: () => true } } } });
    // @ts-expect-error operations have names
    createResilience({ config: { operations: [{}] } });
    // @ts-expect-error mistyped
    createResilience({ confg: {} });
    // @ts-expect-error a context hook answers at once
    createResilience({ context: async () => ({ tenant: 'a' }) });
    // @ts-expect-error a source of numbers gives numbers
    createResilience({ random: () => '0.5' });
  });

  it('have no part left open when they are in force', () => {
    const { settings } = resilience.operation('chat');
    expectTypeOf(settings.deadlineMs).toEqualTypeOf<number | false>();
    expectTypeOf(settings.attemptTimeoutMs).toEqualTypeOf<number | false>();
    if (settings.breaker !== false) expectTypeOf(settings.breaker.openMs).toEqualTypeOf<number>();
    if (settings.quota !== false) expectTypeOf(settings.quota.maxWaitMs).toEqualTypeOf<number>();
    if (settings.retry === false) return;
    expectTypeOf(settings.retry.maxElapsedMs).toEqualTypeOf<number | false>();
    const { network } = settings.retry.kinds;
    if (network !== false) expectTypeOf(network.maxAttempts).toEqualTypeOf<number>();
    // @ts-expect-error and cannot be changed
    settings.deadlineMs = 5;
    // @ts-expect-error nor can what lies deeper
    settings.retry.kinds.network = false;
  });
});

describe('inspect(), by its types,', () => {
  it('returns a report that is one of two things', async () => {
    const report = await resilience.inspect('chat', async () => 7);
    expectTypeOf(report).toEqualTypeOf<Report<number>>();
    if (report.ok) {
      expectTypeOf(report.value).toEqualTypeOf<number>();
      // @ts-expect-error a success has no error
      void report.error;
    } else {
      expectTypeOf(report.error).toEqualTypeOf<unknown>();
      // @ts-expect-error a failure has no value
      void report.value;
    }
    // @ts-expect-error look first
    void report.value;
    // @ts-expect-error a report is not to be written to
    report.stopReason = 'success';
  });
});

describe('operation(), by its types,', () => {
  it('has the same methods without the name', () => {
    const chat = resilience.operation('chat');
    expectTypeOf(chat).toExtend<Operation>();
    expectTypeOf(chat.execute(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(chat.inspect(() => 1)).toEqualTypeOf<Promise<Report<number>>>();
    expectTypeOf(chat.wrap((text: string) => text.length)('text')).toEqualTypeOf<Promise<number>>();
    // @ts-expect-error the name is said already
    void chat.execute('chat', () => 1);
    // @ts-expect-error how calls are counted is none of the user's business
    void chat.counted();
  });
});

function never(): never {
  throw new Error('never called');
}
