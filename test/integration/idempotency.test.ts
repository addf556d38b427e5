import { BreakerOpenError, createResilience, type ExecuteOptions, QuotaHeldError } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { errorOf, recorded } from '../support/calls.js';
import { failing, httpError, networkError } from '../support/failures.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

/** Whether a call that fails so is tried again, and the reason that is told when it is not. */
async function course(error: unknown, options: ExecuteOptions) {
  const retry = { maxAttempts: 2, minDelayMs: 10, jitter: 'none' } as const;
  const resilience = createResilience({ random: () => 0, config: { defaults: { retry } } });
  const events = recorded(resilience);
  const { work, calledAt } = failing(error);
  const report = resilience.inspect('chat', work, options);
  await pass(60_000);
  const { stopReason } = await report;
  const refusal = events.find((event) => event.type === 'retry.refused');
  return { times: calledAt.length, stopReason, stopRule: refusal?.stopRule };
}

const RETRIED = { times: 2, stopReason: 'success', stopRule: undefined };

/** The callee cannot have done anything. */
const NOTHING_DONE = [
  { what: 'a refused connection', make: () => networkError('ECONNREFUSED') },
  { what: 'a name that is not found', make: () => networkError('ENOTFOUND') },
  { what: 'a name server that does not answer', make: () => networkError('EAI_AGAIN') },
  { what: 'a connection that could not be made in time', make: () => networkError('UND_ERR_CONNECT_TIMEOUT') },
  { what: 'a refused connection within the error of fetch', make: wrappedRefusal },
  { what: 'a 429 that names a time', make: () => httpError(429, { 'retry-after': '1' }) },
  { what: 'a 503 that names a time', make: () => httpError(503, { 'retry-after': '1' }) },
  { what: 'a 500 that says to try again', make: () => httpError(500, { 'x-should-retry': 'true' }) },
  { what: 'a 409 that says to try again', make: () => httpError(409, { 'x-should-retry': 'true' }) },
] as const;

/** The callee may have done it. */
const MAYBE_DONE = [
  { what: 'a reset connection', make: () => networkError('ECONNRESET') },
  { what: 'a broken pipe', make: () => networkError('EPIPE') },
  { what: 'an answer that never came', make: () => networkError('UND_ERR_HEADERS_TIMEOUT') },
  { what: 'a connection that timed out', make: () => networkError('ETIMEDOUT') },
  { what: 'a 500', make: () => httpError(500) },
  { what: 'a 502', make: () => httpError(502) },
  { what: 'a 504', make: () => httpError(504) },
  { what: 'a 500 that names a time', make: () => httpError(500, { 'retry-after': '1' }) },
  { what: 'a 503 that names none', make: () => httpError(503) },
  { what: 'a 429 that names none', make: () => httpError(429) },
] as const;

function wrappedRefusal(): Error {
  return new TypeError('fetch failed', { cause: networkError('ECONNREFUSED') });
}

describe('a call that is not idempotent', () => {
  it.each(NOTHING_DONE)('is retried after $what', async ({ make }) => {
    expect(await course(make(), { idempotent: false })).toEqual(RETRIED);
  });

  it.each(MAYBE_DONE)('is not retried after $what', async ({ make }) => {
    const end = { times: 1, stopReason: 'not_retryable', stopRule: 'not_idempotent' };
    expect(await course(make(), { idempotent: false })).toEqual(end);
  });

  it('is not retried after a failure that is never retried, whatever the provider has done', async () => {
    const end = { times: 1, stopReason: 'not_retryable', stopRule: undefined };
    expect(await course(httpError(401), { idempotent: false })).toEqual(end);
    expect(await course(httpError(429, { 'x-should-retry': 'false' }), { idempotent: false })).toEqual(end);
  });

  it.each([
    { what: 'a breaker', make: refusedByBreaker },
    { what: 'a held quota', make: refusedByQuota },
  ])('is retried after $what of a nested call has rejected it', async ({ make }) => {
    expect(await course(await make(), { idempotent: false })).toEqual(RETRIED);
  });
});

async function refusedByBreaker(): Promise<unknown> {
  const inner = createResilience({ config: { defaults: { breaker: { openMs: 5_000 } } } });
  await inner.execute('inner', () => 'fine');
  inner.breaker('inner').open();
  const error = await errorOf(inner.execute('inner', () => 'fine'));
  expect(error).toBeInstanceOf(BreakerOpenError);
  return error;
}

async function refusedByQuota(): Promise<unknown> {
  const inner = createResilience({ config: { defaults: { retry: false, quota: { maxWaitMs: 0 } } } });
  await errorOf(inner.execute('inner', () => Promise.reject(httpError(429, { 'retry-after': '5' }))));
  const error = await errorOf(inner.execute('inner', () => 'fine'));
  expect(error).toBeInstanceOf(QuotaHeldError);
  return error;
}

describe('a call that is idempotent', () => {
  it.each([...NOTHING_DONE, ...MAYBE_DONE])('is retried after $what', async ({ make }) => {
    expect(await course(make(), { idempotent: true })).toEqual(RETRIED);
    expect(await course(make(), {})).toEqual(RETRIED);
  });
});

describe('a call that cannot be replayed', () => {
  it.each([...NOTHING_DONE, ...MAYBE_DONE])('is never retried: $what', async ({ make }) => {
    const end = { times: 1, stopReason: 'not_retryable', stopRule: 'not_replayable' };
    expect(await course(make(), { replayable: false })).toEqual(end);
    expect(await course(make(), { replayable: false, idempotent: false })).toEqual(end);
    expect(await course(make(), { replayable: false, idempotent: true })).toEqual(end);
  });

  it('is not retried although its settings retry the kind', async () => {
    const settings = { retry: { kinds: { server_error: true, network: true, auth: true } } };
    for (const error of [httpError(500), httpError(401), networkError('ECONNREFUSED')]) {
      expect(await course(error, { replayable: false, settings })).toMatchObject({ times: 1 });
    }
  });

  it('waits for its quota all the same, since it has not begun', async () => {
    const resilience = createResilience({ random: () => 0, config: { defaults: { retry: false } } });
    await errorOf(resilience.execute('chat', () => Promise.reject(httpError(429, { 'retry-after': '5' }))));
    const { work, calledAt } = failing();
    const ended = resilience.execute('chat', work, { replayable: false });
    await pass(5_000);
    expect(await ended).toBe('fine');
    expect(calledAt).toHaveLength(1);
  });
});
