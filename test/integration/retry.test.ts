import {
  type CallRetrySettings,
  createResilience,
  type ExecuteOptions,
  type Resilience,
  type RetrySettings,
} from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, recorded, typesOf } from '../support/calls.js';
import { down, failing, httpError } from '../support/failures.js';
import { FAILURES_BY_KIND } from '../support/retry-doors.js';
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
  it('counts one attempt and no retry when it succeeds at once', async () => {
    const resilience = retrying();
    expect(await resilience.execute('chat', () => 'fine')).toBe('fine');
    expect(resilience.stats('chat')).toMatchObject({ attempts: 1, retries: 0 });
  });

  it('makes three attempts, 2 to 10 s apart, with all stages as they are by default', async () => {
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

describe('the report of a call', () => {
  it.each(FAILURES_BY_KIND)(
    'has the failure of the kind $kind, and why there was no further attempt',
    async ({ error, kind, times }) => {
      const report = retrying({ maxElapsedMs: false }).inspect('chat', down(error).work);
      await pass(600_000);
      expect(await report).toMatchObject({
        failure: { kind },
        stopReason: times === 1 ? 'not_retryable' : 'attempts_exhausted',
      });
    },
  );

  it('has the kind that a rule of the user gives its failure', async () => {
    const resilience = createResilience({
      config: { defaults: { retry: PLAIN } },
      classify: [{ when: { status: 500 }, means: { kind: 'auth', retry: 'never' } }],
    });
    expect(await resilience.inspect('chat', down().work)).toMatchObject({
      failure: { kind: 'auth' },
      stopReason: 'not_retryable',
    });
  });
});

describe('the call that a function receives', () => {
  it('has the same context in each attempt, and the time that is left of its own deadline', async () => {
    const seen: { context: object; remainingMs: number }[] = [];
    const ended = retrying().execute(
      'chat',
      (call) => {
        seen.push({ context: call.context, remainingMs: call.remainingMs() });
        if (call.attempt < 2) throw httpError(500);
      },
      { deadlineMs: 10_000, context: { user: 'alice' } },
    );
    await pass(1_000);
    await ended;
    expect(seen).toEqual([
      { context: { user: 'alice' }, remainingMs: 10_000 },
      { context: { user: 'alice' }, remainingMs: 9_000 },
    ]);
    expect(seen[0]?.context).toBe(seen[1]?.context);
  });
});

describe('a wrapped function', () => {
  it('is retried with the same arguments and the same this', async () => {
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
