import {
  createResilience,
  type ExecuteOptions,
  explain,
  type HoldfastEvent,
  type Report,
  type Resilience,
  type Work,
} from 'holdfast';
import { describe, expect, it } from 'vitest';
import { recorded } from '../support/calls.js';
import { failing, httpError, networkError } from '../support/failures.js';
import { pass, START, useFakeTime } from '../support/time.js';

useFakeTime();

const RETRY = { maxAttempts: 3, minDelayMs: 1_000, maxDelayMs: 8_000, jitter: 'none' } as const;

interface Ended {
  readonly resilience: Resilience;
  readonly report: Report<unknown>;
  readonly events: readonly HoldfastEvent[];
}

async function ended(work: Work<unknown>, options?: ExecuteOptions): Promise<Ended> {
  const resilience = createResilience({ random: () => 0, config: { defaults: { retry: RETRY } } });
  const events = recorded(resilience);
  const report = resilience.inspect('chat', work, options);
  await pass(600_000);
  return { resilience, report: await report, events };
}

/** An attempt that takes its time and then fails. */
function slowly(ms: number, error: unknown): Work<unknown> {
  return () => new Promise((_, reject) => setTimeout(reject, ms, error));
}

const CASES: readonly {
  readonly what: string;
  readonly work: () => Work<unknown>;
  readonly options?: ExecuteOptions;
  readonly invoked: number;
}[] = [
  { what: 'a success at once', work: () => failing().work, invoked: 1 },
  { what: 'a success after two retries', work: () => failing(httpError(500), httpError(500)).work, invoked: 3 },
  { what: 'a failure after two retries', work: () => slowly(70, httpError(500)), invoked: 3 },
  { what: 'a failure that is never retried', work: () => slowly(70, httpError(401)), invoked: 1 },
  {
    what: 'a failure beyond the deadline',
    work: () => slowly(70, httpError(500)),
    options: { deadlineMs: 2_000 },
    invoked: 2,
  },
  {
    what: 'a deadline during an attempt',
    work: () => slowly(1_500, httpError(500)),
    options: { deadlineMs: 3_000 },
    invoked: 2,
  },
  {
    what: 'attempts that take too long',
    work: () => slowly(90, httpError(500)),
    options: { settings: { attemptTimeoutMs: 50 } },
    invoked: 3,
  },
  { what: 'a hint', work: () => failing(httpError(429, { 'retry-after': '5' })).work, invoked: 2 },
  {
    what: 'a hint beyond the deadline',
    work: () => failing(httpError(429, { 'retry-after': '500' })).work,
    invoked: 1,
  },
];

describe.each(CASES)('$what', ({ work, options, invoked }) => {
  it('is described alike by the report, explain(), the events and the numbers', async () => {
    const { resilience, report, events } = await ended(work(), options);
    const { attempts, totalMs, waitedMs, stopReason, callId } = report;
    const ofType = <T extends HoldfastEvent['type']>(type: T) =>
      events.filter((event): event is Extract<HoldfastEvent, { type: T }> => event.type === type);

    expect(attempts.filter(({ outcome }) => outcome !== 'rejected')).toHaveLength(invoked);
    expect(attempts.map(({ number }) => number)).toEqual(attempts.map((_, index) => index + 1));
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, attempts: invoked, retries: invoked - 1 });
    expect(ofType('retry.scheduled')).toHaveLength(invoked - 1);
    expect(ofType('attempt.failed')).toHaveLength(attempts.filter(({ outcome }) => outcome === 'failure').length);

    const sum = (of: (attempt: (typeof attempts)[number]) => number) => attempts.reduce((all, one) => all + of(one), 0);
    expect(sum((attempt) => attempt.waitedMs)).toBe(waitedMs);
    expect(sum((attempt) => attempt.waitedMs + attempt.durationMs)).toBe(totalMs);
    expect(ofType('retry.scheduled').reduce((all, { delayMs }) => all + delayMs, 0)).toBe(waitedMs);
    expect(resilience.stats('chat').latencyMs.max).toBe(totalMs);
    let at = START;
    for (const { startedAt, durationMs, waitedMs: before } of attempts) {
      expect(startedAt).toBe(at + before);
      at = startedAt + durationMs;
    }

    const end = report.ok ? ofType('call.succeeded') : ofType('call.failed');
    expect(end).toMatchObject([{ callId, durationMs: totalMs, attempts: invoked }]);
    if (report.ok) return expect(stopReason).toBe('success');
    expect(end).toMatchObject([{ stopReason, failure: report.failure, error: report.error }]);
    const { ok: _, error, ...record } = report;
    expect(explain(error)).toEqual({ ...record, summary: expect.stringContaining(`ended by ${stopReason}`) });
    expect(resilience.stats('chat').failuresByKind).toEqual({ [report.failure?.kind ?? '']: 1 });
    expect(attempts.at(-1)?.failure).toEqual(report.failure);
  });
});

describe('the events of a call', () => {
  it('come in the order of what happened, each with its own details', async () => {
    const errors = [networkError('ECONNRESET'), httpError(429, { 'retry-after': '5' }), httpError(500)];
    const { events, report } = await ended(failing(...errors).work, { key: 'eu' });
    const { callId } = report;
    const about = { operation: 'chat', key: 'eu', callId };
    expect(events).toMatchObject([
      { type: 'call.started', at: START, ...about },
      { type: 'attempt.failed', attempt: 1, error: errors[0], failure: { kind: 'network' }, ...about },
      { type: 'retry.scheduled', attempt: 1, delayMs: 1_000, waitFor: 'backoff', error: errors[0], ...about },
      { type: 'attempt.failed', at: START + 1_000, attempt: 2, failure: { kind: 'rate_limited' }, ...about },
      { type: 'quota.held', kind: 'rate_limited', forMs: 5_000, operation: 'chat', key: 'eu' },
      { type: 'retry.scheduled', attempt: 2, delayMs: 5_000, waitFor: 'hint', ...about },
      { type: 'quota.released', at: START + 6_000, operation: 'chat', key: 'eu' },
      { type: 'attempt.failed', at: START + 6_000, attempt: 3, ...about },
      { type: 'retry.refused', attempt: 3, stopRule: 'max_attempts', stopReason: 'attempts_exhausted', ...about },
      { type: 'call.failed', at: START + 6_000, stopReason: 'attempts_exhausted', attempts: 3, ...about },
    ]);
  });

  it('include no refused retry for a failure that is never retried', async () => {
    const { events } = await ended(failing(httpError(400)).work);
    expect(events.map(({ type }) => type)).toEqual(['call.started', 'attempt.failed', 'call.failed']);
  });

  it('are delivered also when listeners throw', async () => {
    const resilience = createResilience({ config: { defaults: { retry: RETRY } } });
    resilience.on('retry.scheduled', () => {
      throw new Error('of the listener');
    });
    const failures: unknown[] = [];
    resilience.on('hook.failed', ({ error }) => failures.push(error));
    const report = resilience.inspect('chat', failing(httpError(500)).work);
    await pass(1_000);
    expect(await report).toMatchObject({ ok: true });
    expect(failures).toMatchObject([{ message: 'of the listener' }]);
  });
});

describe('a report', () => {
  it('stays as it is when its error ends another call', async () => {
    const error = httpError(500);
    const resilience = createResilience({ config: { defaults: { retry: RETRY, breaker: false } } });
    const first = resilience.inspect('chat', () => Promise.reject(error));
    await pass(60_000);
    const before = structuredClone((await first).attempts);
    const second = resilience.inspect('chat', () => Promise.reject(error), { settings: { retry: false } });
    expect((await second).attempts).toHaveLength(1);
    expect((await first).attempts).toEqual(before);
    expect(explain(error)?.attempts).toHaveLength(1);
  });
});
