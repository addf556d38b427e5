import {
  createResilience,
  type ExecuteOptions,
  type Fallback,
  type FallbackCause,
  type Report,
  type StrategyName,
} from 'holdfast';
import { describe, expectTypeOf, it } from 'vitest';

const resilience = createResilience();
const ask = async (): Promise<string> => 'yes';

describe('types of fallbacks', () => {
  it('they give what the function gives', () => {
    expectTypeOf(resilience.execute('chat', ask, { fallback: { value: 'no' } })).toEqualTypeOf<Promise<string>>();
    expectTypeOf(resilience.execute('chat', () => 1, { fallback: () => 2 })).toEqualTypeOf<Promise<number>>();
    void resilience.wrap('chat', ask, { fallback: [{ lastGood: { key: 'a' } }, async () => 'no'] });
    // @ts-expect-error a number is no text
    void resilience.execute('chat', ask, { fallback: { value: 5 } });
    // @ts-expect-error a number is no text
    void resilience.inspect('chat', ask, { fallback: [() => 5] });
    void resilience.execute<string | null>('chat', ask, { fallback: { value: null } });
  });

  it('they know the arguments of their functions', () => {
    void resilience.execute('chat', ask, {
      fallback: [
        (failure, call) => {
          expectTypeOf(failure).toEqualTypeOf<FallbackCause>();
          return call.id;
        },
        { operation: 'cheap', run: (call, { stopReason }) => `${call.id} ${stopReason}` },
        { run: ({ stopReason }, call) => `${call.id} ${stopReason}` },
        { lastGood: { key: ({ context }) => String(context['prompt']) } },
      ],
    });
  });

  it('they know the arguments of a function alone, and of that of another operation', () => {
    void resilience.execute('chat', ask, { fallback: ({ stopReason }, call) => `${call.id} ${stopReason}` });
    void resilience.execute('chat', ask, { fallback: { operation: 'cheap', run: ({ id }) => id } });
  });

  it('they name known conditions, and do one thing', () => {
    expectTypeOf<{ value: 1; on: ['rate_limited', 'breaker_open', 'deadline'] }>().toExtend<Fallback<number>>();
    expectTypeOf<{ value: 1; on: ['cancelled'] }>().not.toExtend<Fallback<number>>();
    expectTypeOf<{ value: 1; operation: 'b' }>().not.toExtend<Fallback<number>>();
  });

  it('options without one suit every function', () => {
    const options: ExecuteOptions = { key: 'eu', fallback: false };
    expectTypeOf(resilience.execute('chat', ask, options)).toEqualTypeOf<Promise<string>>();
    const own: ExecuteOptions<StrategyName, string> = { fallback: { value: 'no' } };
    expectTypeOf(resilience.inspect('chat', ask, own)).toEqualTypeOf<Promise<Report<string>>>();
  });
});
