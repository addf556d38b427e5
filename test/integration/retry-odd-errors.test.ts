import { type Call, createResilience, explain, type FailureKind } from 'holdfast';
import { AbortError } from 'p-retry';
import { describe, expect, it, vi } from 'vitest';
import { errorOf } from '../support/calls.js';
import { httpError } from '../support/failures.js';
import { RETRY_DOORS } from '../support/retry-doors.js';
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
  return vi.fn((_call: Call): Promise<never> => Promise.reject(thrown));
}

describe.each(RETRY_DOORS)('$door', ({ open }) => {
  it.each(ODD)('given $what makes $times attempts, and rejects with it as it is', async ({ make, times }) => {
    const thrown = make();
    const work = failingWith(thrown);
    const ended = errorOf(open(SETTINGS)(work));
    await pass(60_000);
    expect(await ended).toBe(thrown);
    expect(work).toHaveBeenCalledTimes(times);
  });

  it.each(ODD.filter(({ kind }) => kind !== 'cancelled'))(
    'given $what retries where the settings say so for its kind, $kind',
    async ({ make, kind }) => {
      const work = failingWith(make());
      const ended = errorOf(open({ ...SETTINGS, kinds: { [kind]: { maxAttempts: 2 } } })(work));
      await pass(60_000);
      await ended;
      expect(work).toHaveBeenCalledTimes(2);
    },
  );
});

describe('the report of a call', () => {
  it.each(ODD)('that fails with $what says $kind, and has its $times attempts', async ({ make, kind, times }) => {
    const thrown = make();
    const resilience = createResilience({ config: { defaults: { retry: SETTINGS } } });
    const report = resilience.inspect('chat', failingWith(thrown));
    await pass(60_000);
    const ended = await report;
    expect(ended).toMatchObject({ ok: false, failure: { kind } });
    expect(!ended.ok && Object.is(ended.error, thrown)).toBe(true);
    expect(ended.attempts).toHaveLength(times);
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
