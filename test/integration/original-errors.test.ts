import {
  AttemptTimeoutError,
  BreakerOpenError,
  ConfigurationError,
  createResilience,
  DeadlineExceededError,
  explain,
  HoldfastError,
  QuotaHeldError,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf, never } from '../support/calls.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

class SdkError extends Error {
  readonly status = 503;
}

/** One that tries nothing again. */
function onceOnly() {
  return createResilience({ random: () => 0, config: { defaults: { retry: false } } });
}

describe("the caller's own error", () => {
  it.each([
    { what: 'an error', error: new SdkError('down'), attempts: 3 },
    { what: 'a frozen error', error: Object.freeze(new SdkError('down')), attempts: 3 },
    { what: 'an object', error: { status: 503 }, attempts: 3 },
    { what: 'a function', error: () => 503, attempts: 1 },
  ])('comes back as the very object, with nothing added, also after retries: $what', async ({ error, attempts }) => {
    const before = Object.getOwnPropertyDescriptors(error);
    const resilience = createResilience();
    const ended = errorOf(resilience.execute('chat', () => Promise.reject(error)));
    await pass(30_000);
    expect(await ended).toBe(error);
    expect(Object.getOwnPropertyDescriptors(error)).toEqual(before);
    const stopReason = attempts === 1 ? 'not_retryable' : 'attempts_exhausted';
    expect(explain(error)).toMatchObject({ operation: 'chat', stopReason });
    expect(explain(error)?.attempts).toHaveLength(attempts);
  });

  it('keeps its cause, its stack and its prototype', async () => {
    const error = new SdkError('down', { cause: new Error('ECONNRESET') });
    const { cause, stack } = error;
    const ended = errorOf(createResilience().execute('chat', () => Promise.reject(error)));
    await pass(30_000);
    const caught = await ended;
    expect(caught).toBeInstanceOf(SdkError);
    expect(caught).toHaveProperty('cause', cause);
    expect(caught).toHaveProperty('stack', stack);
  });
});

describe('explain()', () => {
  it('returns everything about the call that ended with the error', async () => {
    const resilience = onceOnly();
    const error = new SdkError('down');
    const work = async () => {
      await pass(30);
      throw error;
    };
    await errorOf(resilience.execute('chat', work, { key: 'eu' }));
    const failure = { kind: 'overloaded', retry: 'backoff', breaker: 'failure', failover: true, status: 503 };
    expect(explain(error)).toEqual({
      operation: 'chat',
      key: 'eu',
      callId: '0-1',
      stopReason: 'attempts_exhausted',
      failure,
      attempts: [{ number: 1, key: 'eu', startedAt: START, durationMs: 30, waitedMs: 0, outcome: 'failure', failure }],
      totalMs: 30,
      waitedMs: 0,
      skippedTargets: [],
      fallbackUsed: false,
      cached: false,
      summary: 'chat/eu ended by attempts_exhausted after 1 attempt in 30 ms, last failure: overloaded',
    });
  });

  it('returns no attempt for a rejected call', async () => {
    const resilience = createResilience();
    resilience.operation('chat').breaker().open();
    const error = await errorOf(resilience.execute('chat', never));
    expect(error).toBeInstanceOf(BreakerOpenError);
    expect(explain(error)).toMatchObject({
      stopReason: 'breaker_open',
      failure: undefined,
      attempts: [{ number: 1, key: undefined, startedAt: START, durationMs: 0, waitedMs: 0, outcome: 'rejected' }],
      summary: 'chat ended by breaker_open after 0 attempts in 0 ms',
    });
  });

  it('returns the calls that holdfast ended', async () => {
    const resilience = createResilience({ config: { defaults: { deadlineMs: 50, retry: false } } });
    const late = errorOf(resilience.execute('chat', never));
    const slow = errorOf(resilience.execute('chat', never, { settings: { attemptTimeoutMs: 20 } }));
    await pass(50);
    expect(await slow).toBeInstanceOf(AttemptTimeoutError);
    expect(explain(await slow)?.summary).toBe(
      'chat ended by attempts_exhausted after 1 attempt in 20 ms, last failure: timeout',
    );
    expect(await late).toBeInstanceOf(DeadlineExceededError);
    expect(explain(await late)?.summary).toBe('chat ended by deadline after 1 attempt in 50 ms, last failure: timeout');
  });

  it('returns undefined for errors that came from no call', () => {
    expect(explain(new Error('of somebody else'))).toBeUndefined();
    expect(explain(new AttemptTimeoutError('chat', 5))).toBeUndefined();
    expect(explain({})).toBeUndefined();
  });

  it('returns undefined for errors that are no objects', async () => {
    const resilience = createResilience();
    for (const error of [undefined, null, 'down', 7, 7n, true, Symbol('down')]) {
      await errorOf(resilience.execute('chat', () => Promise.reject(error)));
      expect(explain(error)).toBeUndefined();
    }
  });

  it('returns undefined for bad input, which was no call', async () => {
    const error = await errorOf(createResilience().execute('', () => 1));
    expect(error).toBeInstanceOf(ConfigurationError);
    expect(explain(error)).toBeUndefined();
  });

  it('returns the last of several calls that ended with the same error', async () => {
    const resilience = onceOnly();
    const error = new SdkError('shared');
    for (const operation of ['chat', 'embed'])
      await errorOf(resilience.execute(operation, () => Promise.reject(error)));
    expect(explain(error)?.operation).toBe('embed');
  });

  it('returns what interrupted the call, not what the function threw then', async () => {
    const resilience = createResilience();
    const abort = new AbortController();
    const reason = new SdkError('the user left');
    const ended = errorOf(resilience.execute('chat', never, { signal: abort.signal }));
    abort.abort(reason);
    await ended;
    expect(explain(reason)).toMatchObject({ stopReason: 'cancelled', attempts: [{ outcome: 'cancelled' }] });
  });
});

describe("an error of holdfast's own", () => {
  it.each([
    {
      error: new AttemptTimeoutError('inner', 5),
      kind: 'timeout',
      breaker: 'failure',
      stopReason: 'attempts_exhausted',
    },
    {
      error: new DeadlineExceededError('inner', 5),
      kind: 'timeout',
      breaker: 'failure',
      stopReason: 'attempts_exhausted',
    },
    {
      error: new BreakerOpenError('inner', 'open', 5),
      kind: 'overloaded',
      breaker: 'ignored',
      stopReason: 'attempts_exhausted',
    },
    {
      error: new QuotaHeldError('inner', undefined, 'rate_limited', 5),
      kind: 'overloaded',
      breaker: 'ignored',
      stopReason: 'attempts_exhausted',
    },
    { error: new ConfigurationError([]), kind: 'invalid_request', breaker: 'ignored', stopReason: 'not_retryable' },
  ])(
    'is classified by its own kind when the function throws it: $error.name',
    async ({ error, kind, breaker, stopReason }) => {
      const resilience = onceOnly();
      expect(await errorOf(resilience.execute('chat', () => Promise.reject(error)))).toBe(error);
      expect(explain(error)).toMatchObject({
        stopReason,
        failure: { kind, breaker },
        attempts: [{ outcome: 'failure' }],
      });
      expect(resilience.breaker('chat').stats()[breaker === 'failure' ? 'failures' : 'ignored']).toBe(1);
      expect(resilience.stats('chat').failuresByKind).toEqual({ [kind]: 1 });
    },
  );

  it('can be explained when it is frozen', async () => {
    const error = Object.freeze(new AttemptTimeoutError('inner', 5));
    await errorOf(onceOnly().execute('chat', () => Promise.reject(error)));
    expect(explain(error)?.operation).toBe('chat');
  });

  it('has no property for what explain() returns', async () => {
    const resilience = createResilience({ config: { defaults: { attemptTimeoutMs: 5, retry: false } } });
    const ended = errorOf(resilience.execute('chat', never));
    await pass(5);
    const error = await ended;
    expect(HoldfastError.is(error) && Object.keys(error).toSorted()).toEqual([
      'code',
      'name',
      'operation',
      'timeoutMs',
    ]);
  });
});
