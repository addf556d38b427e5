import { type Call, createResilience, explain, type FailureKind } from 'holdfast';
import { retry } from 'holdfast/retry';
import { AbortError } from 'p-retry';
import { describe, expect, it } from 'vitest';
import { httpError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const SETTINGS = { maxAttempts: 3, minDelayMs: 100, jitter: 'none' } as const;

interface Odd {
  readonly what: string;
  readonly make: () => unknown;
  readonly kind: FailureKind;
  readonly times: number;
}

/** Each of these p-retry would treat by an opinion of its own. */
const ODD: readonly Odd[] = [
  { what: 'a TypeError of a bug', make: () => new TypeError('x is not a function'), kind: 'unknown', times: 1 },
  { what: 'a TypeError with a status', make: typeErrorWithStatus, kind: 'server_error', times: 3 },
  { what: 'a TypeError of fetch', make: () => new TypeError('fetch failed'), kind: 'network', times: 3 },
  { what: "p-retry's AbortError", make: () => new AbortError('stop'), kind: 'cancelled', times: 1 },
  {
    what: 'a DOMException AbortError',
    make: () => new DOMException('aborted', 'AbortError'),
    kind: 'cancelled',
    times: 1,
  },
  {
    what: 'a DOMException TimeoutError',
    make: () => new DOMException('late', 'TimeoutError'),
    kind: 'timeout',
    times: 3,
  },
  { what: 'a thrown string', make: () => 'down', kind: 'unknown', times: 1 },
  { what: 'undefined', make: () => undefined, kind: 'unknown', times: 1 },
  { what: 'null', make: () => null, kind: 'unknown', times: 1 },
  { what: 'a plain object with a status', make: () => ({ status: 503 }), kind: 'overloaded', times: 3 },
  { what: 'a frozen error', make: () => Object.freeze(httpError(500)), kind: 'server_error', times: 3 },
  { what: 'a frozen plain object', make: () => Object.freeze({ status: 500 }), kind: 'server_error', times: 3 },
];

function typeErrorWithStatus(): unknown {
  return Object.assign(new TypeError('wrapped'), { status: 500 });
}

/** A function that fails with what it is given, for ever. */
function failingWith(thrown: unknown) {
  const seen = { times: 0 };
  const work = async (_call: Call): Promise<never> => {
    seen.times += 1;
    throw thrown;
  };
  return { seen, work };
}

describe.each(ODD)('$what', ({ make, kind, times }) => {
  it(`is ${kind}, so the function is called ${times} times, and is rethrown as it is`, async () => {
    const thrown = make();
    const { seen, work } = failingWith(thrown);
    const resilience = createResilience({ config: { defaults: { retry: SETTINGS } } });
    const report = resilience.inspect('chat', work);
    await pass(60_000);
    const ended = await report;
    expect(ended).toMatchObject({ ok: false, failure: { kind } });
    expect(!ended.ok && Object.is(ended.error, thrown)).toBe(true);
    expect(seen.times).toBe(times);
    expect(ended.attempts).toHaveLength(times);
  });

  it('is classified the same by retry() alone', async () => {
    const thrown = make();
    const { seen, work } = failingWith(thrown);
    const ended = retry(work, SETTINGS).then(
      () => 'resolved',
      (error: unknown) => ({ error }),
    );
    await pass(60_000);
    const end = await ended;
    expect(typeof end === 'object' && Object.is(end.error, thrown)).toBe(true);
    expect(seen.times).toBe(times);
  });

  it('is retried where the settings say so for its kind', async () => {
    if (kind === 'cancelled') return expect(times).toBe(1);
    const { seen, work } = failingWith(make());
    const resilience = createResilience({
      config: { defaults: { retry: { ...SETTINGS, kinds: { [kind]: { maxAttempts: 2 } } } } },
    });
    const report = resilience.inspect('chat', work);
    await pass(60_000);
    expect(await report).toMatchObject({ ok: false, stopReason: 'attempts_exhausted' });
    expect(seen.times).toBe(2);
  });
});

describe('the error that comes back', () => {
  it('has nothing written into it, and explain() returns its call', async () => {
    const error = httpError(500);
    const before = Reflect.ownKeys(error);
    const resilience = createResilience({ config: { defaults: { retry: SETTINGS } } });
    const ended = resilience.execute('chat', () => Promise.reject(error)).catch((thrown: unknown) => thrown);
    await pass(60_000);
    expect(await ended).toBe(error);
    expect(Reflect.ownKeys(error)).toEqual(before);
    expect(explain(error)).toMatchObject({
      stopReason: 'attempts_exhausted',
      attempts: [{ number: 1 }, { number: 2 }, { number: 3 }],
      summary: 'chat ended by attempts_exhausted after 3 attempts in 300 ms, last failure: server_error',
    });
  });
});
