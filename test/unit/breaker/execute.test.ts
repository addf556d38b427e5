import { BreakerOpenError, type BreakerOptions, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { eventsOf, refusalOf, settleAll } from '../../support/breaker-steps.js';

const OPTIONS: BreakerOptions = { trip: { consecutiveFailures: 1 }, openMs: 1000, random: () => 0 };
const down = new Error('down');

/** Fulfils without being a promise. */
class Thenable implements PromiseLike<string> {
  readonly #promise = Promise.resolve('up');
  // biome-ignore lint/suspicious/noThenProperty: a thenable is what it is
  readonly then: Promise<string>['then'] = this.#promise.then.bind(this.#promise);
}

beforeEach(() => {
  vi.useFakeTimers();
});

afterEach(() => {
  vi.useRealTimers();
});

describe('execute() of a circuit breaker', () => {
  it.each([
    { what: 'a value', fn: (): unknown => 'up' },
    { what: 'a promise', fn: async () => 'up' },
    { what: 'a thenable', fn: () => new Thenable() },
  ])('passes on $what, and counts a success', async ({ fn }) => {
    const breaker = new CircuitBreaker(OPTIONS);
    await expect(breaker.execute(fn)).resolves.toBe('up');
    expect(breaker.stats()).toMatchObject({ admitted: 1, successes: 1 });
  });

  it.each([
    { what: 'an error thrown at once', error: down },
    { what: 'undefined', error: undefined },
    { what: 'a string', error: 'down' },
    { what: 'a frozen object', error: Object.freeze({ status: 500 }) },
  ])('passes on $what as it is, and counts a failure', async ({ error }) => {
    for (const fn of [
      () => {
        throw error;
      },
      () => Promise.reject(error),
    ]) {
      const breaker = new CircuitBreaker(OPTIONS);
      const caught = await breaker.execute<unknown>(fn).then(
        () => 'nothing',
        (reason: unknown) => ({ reason }),
      );
      expect(caught).toEqual({ reason: error });
      expect(breaker.stats()).toMatchObject({ admitted: 1, failures: 1 });
      expect(breaker.state).toBe('open');
    }
  });

  it('passes on the very error', async () => {
    await expect(new CircuitBreaker().execute(() => Promise.reject(down))).rejects.toBe(down);
  });

  it('settles the admission before the caller has the value', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    const seen: string[] = [];
    await breaker
      .execute(() => Promise.reject(down))
      .catch(() => {
        seen.push(breaker.state);
      });
    vi.advanceTimersByTime(1000);
    await breaker
      .execute(() => 'up')
      .then(() => {
        seen.push(breaker.state);
      });
    expect(seen).toEqual(['open', 'closed']);
  });

  it('does not call the function while the breaker is open, and rejects instead of throwing', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    breaker.open();
    const fn = vi.fn();
    const rejected = breaker.execute(fn);
    await expect(rejected).rejects.toBeInstanceOf(BreakerOpenError);
    expect(fn).not.toHaveBeenCalled();
  });

  it('runs calls side by side and settles each by its own end', async () => {
    const breaker = new CircuitBreaker({ trip: { consecutiveFailures: 2 } });
    const ends: ((error?: Error) => void)[] = [];
    const calls = [0, 1, 2].map((index) =>
      breaker.execute(
        () =>
          new Promise<number>((resolve, reject) => {
            ends.push((error) => (error === undefined ? resolve(index) : reject(error)));
          }),
      ),
    );
    ends[1]?.();
    ends[2]?.(down);
    await expect(calls[1]).resolves.toBe(1);
    await expect(calls[2]).rejects.toBe(down);
    expect(breaker.stats()).toMatchObject({ admitted: 3, successes: 1, failures: 1 });
    ends[0]?.();
    await expect(calls[0]).resolves.toBe(0);
  });
});

describe('isFailure of a circuit breaker', () => {
  it('is called with each error, and decides whether the error counts', async () => {
    const isFailure = vi.fn((error: unknown) => error === down);
    const breaker = new CircuitBreaker({ ...OPTIONS, isFailure });
    const mistake = new Error('bad request');
    await expect(breaker.execute(() => Promise.reject(mistake))).rejects.toBe(mistake);
    expect(isFailure).toHaveBeenLastCalledWith(mistake);
    expect(breaker.state).toBe('closed');
    expect(breaker.stats()).toMatchObject({ ignored: 1, failures: 0 });
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('open');
  });

  it('is not called for a success', async () => {
    const isFailure = vi.fn(() => true);
    await new CircuitBreaker({ isFailure }).execute(() => 'up');
    expect(isFailure).not.toHaveBeenCalled();
  });

  it('makes an error count as a failure when it throws, and is reported as a failed hook', async () => {
    const broken = new Error('predicate');
    const breaker = new CircuitBreaker({
      ...OPTIONS,
      name: 'chat',
      isFailure: () => {
        throw broken;
      },
    });
    const events = eventsOf(breaker);
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('open');
    expect(events).toMatchObject([
      { type: 'hook.failed', breaker: 'chat', hook: 'isFailure', error: broken },
      { type: 'breaker.opened' },
    ]);
  });
});

describe('a faulty source of randomness', () => {
  it('that throws neither keeps a call pending nor the breaker from opening', async () => {
    const breaker = new CircuitBreaker({
      ...OPTIONS,
      random: () => {
        throw new Error('no entropy');
      },
    });
    await expect(breaker.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(breaker.state).toBe('open');
  });

  it.each([Number.NaN, Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY, -1e9, 1, 1e9])(
    'that returns %s leaves the length of openings within its bounds',
    (chance) => {
      const breaker = new CircuitBreaker({ ...OPTIONS, openMaxMs: 6000, random: () => chance });
      breaker.open();
      for (let reopened = 0; reopened < 4; reopened++) {
        const { retryAfterMs = Number.NaN } = refusalOf(breaker);
        expect(retryAfterMs).toBeGreaterThanOrEqual(1000);
        expect(retryAfterMs).toBeLessThanOrEqual(6000);
        vi.advanceTimersByTime(6000);
        settleAll(breaker, 'failure');
      }
    },
  );
});

describe('execute() of a circuit breaker without a function', () => {
  it.each([
    { fn: undefined, received: 'undefined' },
    { fn: null, received: 'null' },
    { fn: Promise.resolve('up'), received: 'an object' },
  ])('refuses $received and counts no call', async ({ fn, received }) => {
    const breaker = new CircuitBreaker(OPTIONS);
    const refused: unknown = Reflect.apply(breaker.execute, breaker, [fn]);
    await expect(refused).rejects.toMatchObject({
      name: 'ConfigurationError',
      issues: [{ path: 'fn', message: 'must be a function', received }],
    });
    expect(breaker.stats()).toEqual(new CircuitBreaker().stats());
  });
});

describe('an isFailure that returns a promise', () => {
  it.each([
    { what: 'gives false', isFailure: async () => false },
    {
      what: 'rejects',
      isFailure: async () => {
        throw down;
      },
    },
  ])('makes an error count as a failure and is reported, even if the promise $what', async ({ isFailure }) => {
    const made: unknown = Reflect.construct(CircuitBreaker, [{ ...OPTIONS, isFailure }]);
    if (!(made instanceof CircuitBreaker)) throw new Error('expected a breaker');
    const events = eventsOf(made);
    await expect(made.execute(() => Promise.reject(down))).rejects.toBe(down);
    expect(made.state).toBe('open');
    expect(events).toMatchObject([{ type: 'hook.failed', hook: 'isFailure' }, { type: 'breaker.opened' }]);
    expect(events[0]).toMatchObject({
      error: new TypeError('isFailure must answer synchronously, not with a promise'),
    });
  });
});

describe('execute() of a circuit breaker that has opened', () => {
  it('calls the function again once a trial has succeeded', async () => {
    const breaker = new CircuitBreaker(OPTIONS);
    settleAll(breaker, 'failure');
    vi.advanceTimersByTime(1000);
    await expect(breaker.execute(() => 'up')).resolves.toBe('up');
    await expect(breaker.execute(() => 'still up')).resolves.toBe('still up');
    expect(breaker.state).toBe('closed');
  });
});
