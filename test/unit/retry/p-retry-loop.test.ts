import { AbortError } from 'p-retry';
import { describe, expect, it, vi } from 'vitest';
import { type NextStep, runRetryLoop } from '../../../src/retry/p-retry-loop.js';
import { useFakeTime } from '../../support/time.js';

useFakeTime();

type Try = () => Promise<unknown>;

/** Things that p-retry has an opinion of, or that are hard to carry. */
const THROWN: readonly { readonly what: string; readonly make: () => unknown }[] = [
  { what: 'an Error', make: () => new Error('down') },
  { what: 'a TypeError that is no network failure', make: () => new TypeError('x is not a function') },
  { what: 'a TypeError of fetch', make: () => new TypeError('fetch failed') },
  { what: "p-retry's own AbortError", make: () => new AbortError('stop') },
  { what: "p-retry's own AbortError around another error", make: () => new AbortError(new Error('inner')) },
  { what: 'a DOMException AbortError', make: () => new DOMException('aborted', 'AbortError') },
  { what: 'a string', make: () => 'down' },
  { what: 'an empty string', make: () => '' },
  { what: 'undefined', make: () => undefined },
  { what: 'null', make: () => null },
  { what: 'NaN', make: () => Number.NaN },
  { what: 'a symbol', make: () => Symbol('down') },
  { what: 'a frozen error', make: () => Object.freeze(new Error('frozen')) },
  { what: 'a frozen object', make: () => Object.freeze({ status: 500 }) },
  { what: 'an object without a prototype', make: () => Object.create(null) },
  { what: 'a revoked Proxy', make: revoked },
];

function revoked(): unknown {
  const { proxy, revoke } = Proxy.revocable({}, {});
  revoke();
  return proxy;
}

/** Tries that fail with these in turn and succeed from then on; `stepAfter` allows as many retries as are asked for. */
function course(thrown: readonly unknown[], retries: number) {
  const seen: unknown[] = [];
  let tries = 0;
  const run: Try = async () => {
    tries += 1;
    if (tries <= thrown.length) throw thrown[tries - 1];
    return 'fine';
  };
  const stepAfter = (error: unknown): NextStep => {
    seen.push(error);
    return seen.length <= retries ? { run } : { error };
  };
  return { seen, ended: runRetryLoop(run, stepAfter), tries: () => tries };
}

/** What it ends with, in a form that compares hostile values by identity. */
function endOf(promise: Promise<unknown>): Promise<{ readonly value?: unknown; readonly error?: unknown }> {
  return promise.then(
    (value) => ({ value }),
    (error: unknown) => ({ error }),
  );
}

describe.each(THROWN)('$what that an attempt of the retry loop throws', ({ make }) => {
  it('is passed to the retry stage as it is, and retried when the stage says so', async () => {
    const thrown = make();
    const { seen, ended, tries } = course([thrown, thrown], 5);
    expect(await ended).toBe('fine');
    expect(tries()).toBe(3);
    expect(seen.map((each) => Object.is(each, thrown))).toEqual([true, true]);
  });

  it('is rethrown as the very same value when the stage ends the loop', async () => {
    const thrown = make();
    const { ended, tries } = course([new Error('first'), thrown], 1);
    const end = await endOf(ended);
    expect(Object.is(end.error, thrown)).toBe(true);
    expect(tries()).toBe(2);
  });

  it('may be the error with which the stage ends the loop in place of another one', async () => {
    const last = make();
    const end = await endOf(
      runRetryLoop(
        () => Promise.reject(new Error('of the try')),
        () => ({ error: last }),
      ),
    );
    expect(Object.is(end.error, last)).toBe(true);
  });
});

describe('the retry loop', () => {
  it('returns the value of the first successful attempt as it is', async () => {
    const value = { of: 'the try' };
    const stepAfter = vi.fn<(error: unknown) => NextStep>();
    expect(await runRetryLoop(() => Promise.resolve(value), stepAfter)).toBe(value);
    expect(stepAfter).not.toHaveBeenCalled();
  });

  it('runs each step that it is given once, and nothing else', async () => {
    const ran: number[] = [];
    const step = (nth: number): Try => {
      return async () => {
        ran.push(nth);
        if (nth < 3) throw nth;
        return nth;
      };
    };
    const stepAfter = (error: unknown): NextStep => ({ run: step(Number(error) + 1) });
    expect(await runRetryLoop(step(1), stepAfter)).toBe(3);
    expect(ran).toEqual([1, 2, 3]);
  });

  it('starts no timer of its own, whatever the number of attempts', async () => {
    const { ended } = course(new Array<Error>(50).fill(new Error('down')), 100);
    expect(await ended).toBe('fine');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('runs 10,000 attempts at the same depth of the stack, without a limit of its own', async () => {
    const limit = Error.stackTraceLimit;
    Error.stackTraceLimit = Number.POSITIVE_INFINITY;
    const depths: number[] = [];
    let tries = 0;
    const run: Try = async () => {
      tries += 1;
      if (tries % 1_000 === 2) depths.push(new Error('here').stack?.split('\n').length ?? 0);
      throw tries;
    };
    try {
      const end = await endOf(runRetryLoop(run, (error) => (tries < 10_000 ? { run } : { error })));
      expect(end.error).toBe(10_000);
    } finally {
      Error.stackTraceLimit = limit;
    }
    expect(depths).toHaveLength(10);
    expect(new Set(depths).size).toBe(1);
  });

  it('writes nothing into the errors that it carries', async () => {
    const thrown = new Error('down');
    const before = Reflect.ownKeys(thrown);
    await endOf(course([thrown, thrown, thrown], 2).ended);
    expect(Reflect.ownKeys(thrown)).toEqual(before);
    expect(thrown.message).toBe('down');
  });
});
