import {
  type Admission,
  type BreakerEvent,
  type BreakerOpenError,
  type BreakerSnapshot,
  type BreakerState,
  CircuitBreaker,
  type ResilienceClosedError,
} from 'holdfast/breaker';
import { describe, expectTypeOf, it } from 'vitest';

const breaker = new CircuitBreaker();

describe('CircuitBreaker, by its types,', () => {
  it('returns from execute() what the function returns, as a promise', () => {
    expectTypeOf(breaker.execute(() => 1)).toEqualTypeOf<Promise<number>>();
    expectTypeOf(breaker.execute(async () => 'text')).toEqualTypeOf<Promise<string>>();
    // @ts-expect-error there is no call to give: a breaker knows no signal
    void breaker.execute((call: unknown) => call);
  });

  it('throws a rejection from admit(), and returns it from tryAdmit()', () => {
    expectTypeOf(breaker.admit()).toEqualTypeOf<Admission>();
    expectTypeOf(breaker.tryAdmit()).toEqualTypeOf<Admission | BreakerOpenError | ResilienceClosedError>();
    const admission = breaker.tryAdmit();
    if (!(admission instanceof Error)) expectTypeOf(admission.trial).toEqualTypeOf<boolean>();
  });

  it('accepts one of three outcomes in settle()', () => {
    breaker.settle(breaker.admit(), 'success');
    breaker.settle(breaker.admit(), 'failure', { retryAfterMs: 5 });
    // @ts-expect-error an outcome is a word
    breaker.settle(breaker.admit(), true);
    // @ts-expect-error one of three
    breaker.settle(breaker.admit(), 'failed');
    // @ts-expect-error of an admission
    breaker.settle('failure');
    // @ts-expect-error a refusal must be looked at first
    breaker.settle(breaker.tryAdmit(), 'success');
  });

  it('has one of three states, which is read-only', () => {
    expectTypeOf(breaker.state).toEqualTypeOf<BreakerState>();
    // @ts-expect-error it moves by open() and close()
    breaker.state = 'open';
    // @ts-expect-error its name is given once
    breaker.name = 'other';
  });

  it('accepts options of known names and types', () => {
    // @ts-expect-error mistyped
    new CircuitBreaker({ openMS: 5 });
    // @ts-expect-error a rate is a number
    new CircuitBreaker({ trip: { failureRate: '50%' } });
    // @ts-expect-error there are four modes
    new CircuitBreaker({ mode: 'off' });
    // @ts-expect-error a judgement is made at once
    new CircuitBreaker({ isFailure: async () => true });
  });

  it('can be restored from a snapshot alone', () => {
    const snapshot: BreakerSnapshot = breaker.snapshot();
    expectTypeOf(CircuitBreaker.restore(snapshot)).toEqualTypeOf<CircuitBreaker>();
    if (snapshot.state === 'open') expectTypeOf(snapshot.waitMs).toEqualTypeOf<number | null>();
    // @ts-expect-error which says where it stands
    CircuitBreaker.restore({ version: 1 });
  });

  it('passes events of known types to listeners', () => {
    breaker.on('breaker.opened', ({ waitMs }) => expectTypeOf(waitMs).toEqualTypeOf<number | undefined>());
    breaker.on('*', (event) => expectTypeOf(event).toEqualTypeOf<BreakerEvent>());
    // @ts-expect-error it knows no calls
    breaker.on('call.started', () => undefined);
  });
});
