import assert from 'node:assert/strict';
import fc from 'fast-check';
import { createResilience, type StopReason } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** One attempt that fails: how, after how long, and what the callee asked for. Every time is a multiple of ten. */
interface Failing {
  readonly how: 'server_error' | 'network' | 'refused' | 'rate_limited' | 'overloaded' | 'auth';
  readonly takesMs: number;
  readonly hintMs: number | undefined;
}

interface Course {
  readonly failures: readonly Failing[];
  readonly maxAttempts: number;
  readonly maxAttemptsOfNetwork: number;
  readonly minDelayMs: number;
  readonly maxDelayMs: number;
  /** No multiple of ten, so that nothing comes at the very moment of a limit. */
  readonly deadlineMs: number;
  readonly maxElapsedMs: number;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  readonly tokens: number;
}

const tens = (max: number) => fc.nat(max / 10).map((nth) => nth * 10);
const between = (max: number) => fc.nat(max / 10).map((nth) => nth * 10 + 5);

const courses: fc.Arbitrary<Course> = fc.record({
  failures: fc.array(
    fc.record({
      how: fc.constantFrom('server_error', 'network', 'refused', 'rate_limited', 'overloaded', 'auth'),
      takesMs: fc.oneof(fc.constant(0), tens(300)),
      hintMs: fc.option(
        fc.integer({ min: 1, max: 200 }).map((nth) => nth * 10),
        { nil: undefined },
      ),
    }),
    { maxLength: 8 },
  ),
  maxAttempts: fc.integer({ min: 1, max: 9 }),
  maxAttemptsOfNetwork: fc.integer({ min: 1, max: 9 }),
  minDelayMs: fc.integer({ min: 1, max: 30 }).map((nth) => nth * 10),
  maxDelayMs: tens(1_000).map((ms) => ms + 300),
  deadlineMs: between(6_000),
  maxElapsedMs: between(6_000).map((ms) => ms + 300),
  idempotent: fc.integer({ min: 0, max: 5 }).map((one) => one > 0),
  replayable: fc.integer({ min: 0, max: 9 }).map((one) => one > 0),
  tokens: fc.integer({ min: 1, max: 6 }),
});

/** What is to be expected: when each attempt begins, and the end. */
interface Outcome {
  readonly begins: readonly number[];
  readonly stopReason: StopReason;
  readonly totalMs: number;
  readonly waitedMs: number;
}

function hintOf({ how, hintMs }: Failing): number | undefined {
  return how === 'rate_limited' || how === 'overloaded' ? hintMs : undefined;
}

/** Why a failure is not followed by another attempt, in the order in which the rules are asked. */
function refusalOf(course: Course, failing: Failing, attempt: number, nowMs: number, waitMs: number, tokens: number) {
  const nothingDone = failing.how === 'refused' || hintOf(failing) !== undefined;
  const isNetwork = failing.how === 'refused' || failing.how === 'network';
  const rules: readonly (readonly [boolean, StopReason])[] = [
    [failing.how === 'auth', 'not_retryable'],
    [!course.replayable || (!course.idempotent && !nothingDone), 'not_retryable'],
    [attempt >= (isNetwork ? course.maxAttemptsOfNetwork : course.maxAttempts), 'attempts_exhausted'],
    [nowMs + waitMs >= course.deadlineMs, 'deadline'],
    [nowMs + waitMs > course.maxElapsedMs, 'attempts_exhausted'],
    [tokens < 1, 'retry_budget'],
  ];
  return rules.find(([holds]) => holds)?.[1];
}

function expected(course: Course): Outcome {
  const begins: number[] = [];
  let nowMs = 0;
  let waitedMs = 0;
  let { tokens } = course;
  for (;;) {
    begins.push(nowMs);
    const failing = course.failures[begins.length - 1];
    if (failing === undefined) return { begins, stopReason: 'success', totalMs: nowMs, waitedMs };
    if (nowMs + failing.takesMs > course.deadlineMs) {
      return { begins, stopReason: 'deadline', totalMs: course.deadlineMs, waitedMs };
    }
    nowMs += failing.takesMs;
    const first = failing.how === 'overloaded' ? Math.min(course.minDelayMs * 2, course.maxDelayMs) : course.minDelayMs;
    const backoffMs = Math.min(first * 2 ** (begins.length - 1), course.maxDelayMs);
    const waitMs = hintOf(failing) ?? backoffMs;
    const stopReason = refusalOf(course, failing, begins.length, nowMs, waitMs, tokens);
    if (stopReason !== undefined) return { begins, stopReason, totalMs: nowMs, waitedMs };
    tokens -= 1;
    nowMs += waitMs;
    waitedMs += waitMs;
  }
}

function errorOf({ how, hintMs }: Failing): Error {
  const headers = hintMs === undefined ? {} : { 'retry-after-ms': `${hintMs}` };
  switch (how) {
    case 'server_error':
      return Object.assign(new Error('down'), { status: 500 });
    case 'network':
      return Object.assign(new Error('reset'), { code: 'ECONNRESET' });
    case 'refused':
      return Object.assign(new Error('refused'), { code: 'ECONNREFUSED' });
    case 'rate_limited':
      return Object.assign(new Error('slow down'), { status: 429, headers });
    case 'overloaded':
      return Object.assign(new Error('busy'), { status: 503, headers });
    case 'auth':
      return Object.assign(new Error('who?'), { status: 401 });
  }
}

async function actual(course: Course): Promise<Outcome> {
  stopTime();
  const { failures, maxAttempts, maxAttemptsOfNetwork, minDelayMs, maxDelayMs, maxElapsedMs, tokens } = course;
  const resilience = createResilience({
    config: {
      defaults: {
        breaker: false,
        quota: false,
        attemptTimeoutMs: false,
        retry: {
          maxAttempts,
          minDelayMs,
          maxDelayMs,
          maxElapsedMs,
          jitter: 'none',
          kinds: { network: { maxAttempts: maxAttemptsOfNetwork } },
          budget: { ratio: 0, floorPerSecond: 1e-6, burst: tokens },
        },
      },
    },
  });
  const startMs = performance.now();
  const begins: number[] = [];
  const { deadlineMs, idempotent, replayable } = course;
  const report = resilience.inspect(
    'chat',
    ({ attempt }) => {
      begins.push(performance.now() - startMs);
      const failing = failures[attempt - 1];
      if (failing === undefined) return 'fine';
      if (failing.takesMs === 0) throw errorOf(failing);
      return new Promise((_, reject) => setTimeout(() => reject(errorOf(failing)), failing.takesMs));
    },
    { deadlineMs, idempotent, replayable },
  );
  await pass(60_000);
  assert.equal(vi.getTimerCount(), 0, 'timers left');
  const { stopReason, totalMs, waitedMs } = await report;
  return { begins, stopReason, totalMs, waitedMs };
}

test('a call takes the course that its rules describe, to the millisecond', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(courses, async (course) => {
      const outcome = await actual(course);
      assert.deepEqual(outcome, expected(course));
      seen.add(`${outcome.stopReason} after ${outcome.begins.length > 1 ? 'retries' : 'one attempt'}`);
    }),
    runs(2_000),
  );
  const reasons = ['attempts_exhausted', 'deadline', 'not_retryable', 'success'].flatMap((reason) => [
    `${reason} after one attempt`,
    `${reason} after retries`,
  ]);
  assert.deepEqual([...seen].toSorted(), [...reasons, 'retry_budget after retries'].toSorted());
});
