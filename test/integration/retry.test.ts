import {
  type CallRetrySettings,
  createResilience,
  type ExecuteOptions,
  type Resilience,
  type RetrySettings,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, recorded, typesOf } from '../support/calls.js';
import { down, failing, httpError, networkError } from '../support/failures.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

/** Waits 1, 2, 4 and then 8 seconds, and nothing by chance. */
const PLAIN: CallRetrySettings = { maxAttempts: 5, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none' };

function retrying(retry: RetrySettings | false = {}): Resilience {
  const settings = retry === false ? false : { ...PLAIN, ...retry };
  return createResilience({ random: () => 0.5, config: { defaults: { retry: settings, breaker: false } } });
}

/** Runs a call to its end, and tells at which times from its beginning the function was called. */
async function timesOf(
  errors: readonly unknown[],
  retry: RetrySettings | false = {},
  options?: ExecuteOptions,
): Promise<number[]> {
  const { calledAt, work } = failing(...errors);
  const beganAt = performance.now();
  const report = retrying(retry).inspect('chat', work, options);
  await pass(600_000);
  await report;
  return calledAt.map((at) => at - beganAt);
}

describe('a call', () => {
  it('is made at once, and starts no timer when it succeeds', async () => {
    const work = vi.fn(() => 'fine');
    const resilience = createResilience({
      config: { defaults: { retry: PLAIN, deadlineMs: false, attemptTimeoutMs: false } },
    });
    const ended = resilience.execute('chat', work);
    expect(work).toHaveBeenCalledTimes(1);
    expect(vi.getTimerCount()).toBe(0);
    expect(await ended).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, retries: 0 });
  });

  it('is retried after each wait until it succeeds', async () => {
    const down = httpError(500);
    expect(await timesOf([])).toEqual([0]);
    expect(await timesOf([down])).toEqual([0, 1_000]);
    expect(await timesOf([down, down, down])).toEqual([0, 1_000, 3_000, 7_000]);
  });

  it('resolves with the result of the attempt that succeeded', async () => {
    const ended = retrying().execute('chat', failing(httpError(500), networkError('ECONNRESET')).work);
    await pass(3_000);
    expect(await ended).toBe('fine');
  });

  it('rejects with the very error of the last attempt when none is left', async () => {
    const errors = [1, 2, 3, 4, 5, 6].map((nth) => httpError(500, {}, `failure ${nth}`));
    const { work, calledAt } = failing(...errors);
    const ended = errorOf(retrying().execute('chat', work));
    await pass(600_000);
    expect(await ended).toBe(errors[4]);
    expect(calledAt).toHaveLength(5);
  });

  it('makes three attempts, 2 to 10 s apart, by default', async () => {
    const { calledAt, work } = down();
    const beganAt = performance.now();
    const ended = errorOf(createResilience({ random: () => 0.5 }).execute('chat', work));
    await pass(60_000);
    await ended;
    // Equal jitter: three quarters of 2 and of 4 seconds.
    expect(calledAt.map((at) => at - beganAt)).toEqual([0, 1_500, 4_500]);
  });

  it('makes one attempt when retries are switched off, for all or for itself', async () => {
    expect(await timesOf([httpError(500)], false)).toEqual([0]);
    expect(await timesOf([httpError(500)], {}, { settings: { retry: false } })).toEqual([0]);
    expect(await timesOf([httpError(500)], { maxAttempts: 1 })).toEqual([0]);
  });

  it('may bring settings of its own, which are merged over those of the operation', async () => {
    const errors = new Array<Error>(9).fill(httpError(500));
    const options = { settings: { retry: { maxAttempts: 3, strategy: 'fixed', minDelayMs: 200 } } } as const;
    expect(await timesOf(errors, {}, options)).toEqual([0, 200, 400]);
  });

  it('is retried when its operation is not, if its settings say so', async () => {
    const options = { settings: { retry: { ...PLAIN, maxAttempts: 2 } } };
    expect(await timesOf([httpError(500), httpError(500)], false, options)).toEqual([0, 1_000]);
  });
});

describe('a failure', () => {
  const KINDS = [
    { kind: 'server_error', error: httpError(500), times: 5 },
    { kind: 'overloaded', error: httpError(529), times: 5 },
    { kind: 'rate_limited', error: httpError(429), times: 5 },
    { kind: 'network', error: networkError('ECONNRESET'), times: 5 },
    { kind: 'timeout', error: networkError('ETIMEDOUT'), times: 5 },
    { kind: 'auth', error: httpError(401), times: 1 },
    { kind: 'not_found', error: httpError(404), times: 1 },
    { kind: 'invalid_request', error: httpError(400), times: 1 },
    { kind: 'unknown', error: new Error('who knows'), times: 1 },
  ] as const;

  it.each(KINDS)('of the kind $kind leads to $times attempts by default', async ({ error, kind, times }) => {
    const { work, calledAt } = down(error);
    const report = retrying({ maxElapsedMs: false }).inspect('chat', work);
    await pass(600_000);
    expect(await report).toMatchObject({
      failure: { kind },
      stopReason: times === 1 ? 'not_retryable' : 'attempts_exhausted',
    });
    expect(calledAt).toHaveLength(times);
  });

  it.each(KINDS)('of the kind $kind is never retried where its settings are false', async ({ error, kind }) => {
    expect(await timesOf([error], { kinds: { [kind]: false } })).toEqual([0]);
  });

  it.each(KINDS)('of the kind $kind is retried where its settings say how', async ({ error, kind }) => {
    const kinds = { [kind]: { maxAttempts: 3, strategy: 'fixed', minDelayMs: 30 } } as const;
    const fails = new Array<Error>(9).fill(error);
    expect(await timesOf(fails, { kinds })).toEqual([0, 30, 60]);
  });

  it('may have another kind in each attempt, and with it other settings', async () => {
    const kinds = { network: { maxAttempts: 9, minDelayMs: 10 }, server_error: { maxAttempts: 3 } };
    const errors = [networkError('ECONNRESET'), networkError('ECONNRESET'), httpError(500), httpError(500)];
    const { work, calledAt } = failing(...errors);
    const report = retrying({ kinds }).inspect('chat', work);
    await pass(60_000);
    expect(await report).toMatchObject({ stopReason: 'attempts_exhausted', error: errors[2] });
    expect(calledAt).toHaveLength(3);
  });

  it('has the kind that a rule of the user gives', async () => {
    const resilience = createResilience({
      config: { defaults: { retry: PLAIN } },
      classify: [
        { when: { message: /busy/ }, means: 'overloaded' },
        { when: { status: 500 }, means: { kind: 'server_error', retry: 'never' } },
      ],
    });
    const busy = resilience.inspect('chat', failing(new Error('busy')).work);
    const forbidden = resilience.inspect('chat', failing(httpError(500)).work);
    await pass(600_000);
    expect(await busy).toMatchObject({ ok: true, stopReason: 'success' });
    expect(await forbidden).toMatchObject({ ok: false, stopReason: 'not_retryable' });
  });
});

describe('the call that a function receives', () => {
  it('has its number, a fresh signal, and what is the same for all attempts', async () => {
    const seen: { attempt: number; id: string; signal: AbortSignal; context: object; remainingMs: number }[] = [];
    const ended = retrying().execute(
      'chat',
      (call) => {
        const { attempt, id, signal, context } = call;
        seen.push({ attempt, id, signal, context, remainingMs: call.remainingMs() });
        if (attempt < 3) throw httpError(500);
        return 'fine';
      },
      { deadlineMs: 10_000, context: { user: 'alice' } },
    );
    await pass(3_000);
    expect(await ended).toBe('fine');

    expect(seen.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
    expect(seen.map(({ remainingMs }) => remainingMs)).toEqual([10_000, 9_000, 7_000]);
    expect(new Set(seen.map(({ signal }) => signal)).size).toBe(3);
    expect(seen.map(({ signal }) => signal.aborted)).toEqual([false, false, false]);
    expect(new Set(seen.map(({ id }) => id)).size).toBe(1);
    expect(new Set(seen.map(({ context }) => context)).size).toBe(1);
    expect(seen[0]?.context).toEqual({ user: 'alice' });
  });

  it('stays as it was when it is kept from an earlier attempt', async () => {
    const kept: { readonly attempt: number }[] = [];
    const ended = retrying().execute('chat', (call) => {
      kept.push(call);
      if (kept.length < 3) throw httpError(500);
    });
    await pass(3_000);
    await ended;
    expect(kept.map(({ attempt }) => attempt)).toEqual([1, 2, 3]);
  });
});

describe('a function that throws at once', () => {
  it('is retried like one that rejects', async () => {
    const work = vi.fn(() => {
      throw httpError(500);
    });
    const report = retrying({ maxAttempts: 2 }).inspect('chat', work);
    await pass(1_000);
    expect(await report).toMatchObject({ stopReason: 'attempts_exhausted' });
    expect(work).toHaveBeenCalledTimes(2);
  });

  it('is retried when it is wrapped, with the same arguments and the same this', async () => {
    const client = {
      name: 'client',
      seen: [] as unknown[],
      async ask(this: { name: string; seen: unknown[] }, question: string): Promise<string> {
        this.seen.push(question);
        if (this.seen.length < 3) throw httpError(500);
        return `${this.name} answers`;
      },
    };
    client.ask = retrying().wrap('chat', client.ask);
    const ended = client.ask('why?');
    await pass(3_000);
    expect(await ended).toBe('client answers');
    expect(client.seen).toEqual(['why?', 'why?', 'why?']);
  });
});

describe('the timers of a call', () => {
  it('are one during a wait, whatever the limits, and none afterwards', async () => {
    const resilience = createResilience({ config: { defaults: { retry: PLAIN } } });
    const ended = resilience.execute('chat', failing(httpError(500), httpError(500)).work);
    await pass(0);
    expect(vi.getTimerCount()).toBe(1);
    await pass(1_000);
    expect(vi.getTimerCount()).toBe(1);
    await pass(2_000);
    expect(await ended).toBe('fine');
    expect(vi.getTimerCount()).toBe(0);
  });

  it('can hold the longest wait, and a longer wait is not begun', async () => {
    const longestS = Math.floor((2 ** 31 - 1) / 1_000);
    const settings = { deadlineMs: false, retry: { ...PLAIN, maxElapsedMs: false } } as const;
    const resilience = createResilience({ config: { defaults: settings } });
    const { work, calledAt } = failing(httpError(503, { 'retry-after': `${longestS}` }));
    const ended = resilience.execute('chat', work);
    await pass(longestS * 1_000 - 1);
    expect(calledAt).toHaveLength(1);
    await pass(1);
    expect(calledAt).toHaveLength(2);
    expect(await ended).toBe('fine');

    const longer = down(httpError(503, { 'retry-after': `${longestS + 1}` }));
    const report = resilience.inspect('chat', longer.work);
    await pass(60_000);
    expect(await report).toMatchObject({ stopReason: 'deadline', waitedMs: 0 });
    expect(longer.calledAt).toHaveLength(1);
  });
});

describe('very many attempts', () => {
  it('are made, emitted and reported one by one', async () => {
    const resilience = createResilience({
      config: {
        defaults: {
          deadlineMs: false,
          breaker: false,
          retry: { maxAttempts: 1_000, minDelayMs: 1, maxDelayMs: 1, jitter: 'none', budget: false },
        },
      },
    });
    const events = recorded(resilience);
    const { work, calledAt } = down();
    const report = resilience.inspect('chat', work);
    await pass(5_000);
    const { attempts, stopReason, waitedMs, totalMs } = await report;
    expect(calledAt).toHaveLength(1_000);
    expect(attempts.map(({ number }) => number)).toEqual(Array.from({ length: 1_000 }, (_, index) => index + 1));
    expect({ stopReason, waitedMs, totalMs }).toEqual({
      stopReason: 'attempts_exhausted',
      waitedMs: 999,
      totalMs: 999,
    });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, attempts: 1_000, retries: 999 });
    expect(typesOf(events).filter((type) => type === 'retry.scheduled')).toHaveLength(999);
    expect(attempts[999]?.startedAt).toBe(START + 999);
  });
});
