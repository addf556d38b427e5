import assert from 'node:assert/strict';
import fc from 'fast-check';
import { AttemptTimeoutError, DeadlineExceededError, type RetryOptions, retry } from 'holdfast/retry';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** What a timer may be late by: it counts whole milliseconds. */
const TICK_MS = 1;

/** How long an attempt takes, and the wait that its error asks for, if any. */
interface Planned {
  readonly takesMs: number;
  readonly hintMs: number | undefined;
  readonly succeeds: boolean;
}

const planned: fc.Arbitrary<Planned> = fc.record({
  takesMs: fc.oneof(fc.constant(0), fc.integer({ min: 1, max: 400 })),
  hintMs: fc.option(fc.double({ min: 0.5, max: 700, noNaN: true }), { nil: undefined }),
  succeeds: fc.integer({ min: 0, max: 9 }).map((one) => one === 0),
});

const options: fc.Arbitrary<RetryOptions> = fc.record({
  deadlineMs: fc.oneof(fc.constant(false as const), fc.integer({ min: 1, max: 1_500 })),
  attemptTimeoutMs: fc.oneof(fc.constant(false as const), fc.integer({ min: 1, max: 300 })),
  maxElapsedMs: fc.oneof(fc.constant(false as const), fc.integer({ min: 1, max: 1_200 })),
  maxAttempts: fc.integer({ min: 1, max: 12 }),
  maxDelayMs: fc.integer({ min: 0, max: 500 }),
  strategy: fc.constantFrom('fixed', 'linear', 'exponential', 'fibonacci'),
  jitter: fc.constantFrom('none', 'full', 'equal', 'decorrelated', 'additive'),
});

function failure(hintMs: number | undefined): Error {
  const headers = hintMs === undefined ? {} : { 'retry-after-ms': String(hintMs) };
  return Object.assign(new Error('down'), { status: 503, headers });
}

/** One run of a plan: when each attempt began, what it threw, and how it all ended. */
async function play(options: RetryOptions, plan: readonly Planned[], draws: readonly number[]) {
  stopTime();
  const startMs = performance.now();
  const begun: number[] = [];
  const thrown: unknown[] = [];
  let drawn = 0;
  const random = () => draws[drawn++ % draws.length] ?? 0.5;
  const ends: { readonly atMs: number; readonly error?: unknown }[] = [];
  const work = () => {
    const own = plan[begun.length % plan.length] ?? { takesMs: 0, hintMs: undefined, succeeds: true };
    begun.push(performance.now() - startMs);
    return new Promise((resolve, reject) => {
      const settle = () => {
        if (own.succeeds) return resolve('fine');
        const error = failure(own.hintMs);
        thrown.push(error);
        reject(error);
      };
      if (own.takesMs === 0) settle();
      else setTimeout(settle, own.takesMs);
    });
  };
  const notices: {
    readonly waitFor: string;
    readonly delayMs: number;
    readonly hintMs: number | undefined;
    readonly atMs: number;
  }[] = [];
  retry(work, {
    ...options,
    // Within the other two, or it would be refused.
    minDelayMs: Math.min(20, options.maxDelayMs ?? 20, options.maxElapsedMs || 20),
    random,
    onRetry: ({ waitFor, delayMs, failure: { retryAfterMs } }) => {
      notices.push({ waitFor, delayMs, hintMs: retryAfterMs, atMs: performance.now() - startMs });
    },
  }).then(
    () => ends.push({ atMs: performance.now() - startMs }),
    (error: unknown) => ends.push({ atMs: performance.now() - startMs, error }),
  );
  await pass(60_000);
  return { begun, thrown, ends, notices };
}

type Played = Awaited<ReturnType<typeof play>>;

function assertWithinLimits(options: RetryOptions, { begun, ends }: Played): void {
  const { deadlineMs = false, maxElapsedMs = false, maxAttempts = 3 } = options;
  assert(begun.length >= 1 && begun.length <= maxAttempts, `${begun.length} attempts`);
  assert.equal(begun[0], 0, 'the first attempt is made at once');
  const endedAtMs = ends[0]?.atMs ?? Infinity;
  if (deadlineMs !== false) {
    assert(endedAtMs <= deadlineMs + TICK_MS, `ended at ${endedAtMs}`);
    for (const at of begun) assert(at < deadlineMs, `began at ${at} of ${deadlineMs}`);
  }
  if (maxElapsedMs === false) return;
  for (const at of begun) assert(at <= maxElapsedMs + TICK_MS, `began at ${at} of ${maxElapsedMs}`);
}

function assertWaitsKept({ begun, notices }: Played): void {
  for (const [index, { waitFor, delayMs, hintMs, atMs }] of notices.entries()) {
    assert.equal(waitFor, hintMs === undefined ? 'backoff' : 'hint');
    const next = begun[index + 1] ?? Infinity;
    assert(next >= atMs + Math.floor(delayMs), 'began before its wait was over');
    assert(next - atMs >= (hintMs ?? 0), 'a hint was undercut');
  }
}

/** How it ended; its error must be its own. */
function endOf({ ends, thrown }: Played): string {
  const [end, ...others] = ends;
  assert(end !== undefined && others.length === 0, `settled ${ends.length} times`);
  if (!('error' in end)) return 'success';
  const { error } = end;
  if (error instanceof DeadlineExceededError) return 'deadline';
  if (error instanceof AttemptTimeoutError) return 'attempt timeout';
  assert(thrown.includes(error), 'an error from nowhere');
  return 'failure';
}

test('no limit is exceeded by more than a tick, no hint undercut, and every call ends once with its own error', async () => {
  const seen = new Set<string>();
  await fc.assert(
    fc.asyncProperty(
      options,
      fc.array(planned, { minLength: 1, maxLength: 8 }),
      // In thousandths: the faked timers take 5e-324 ms for 5.
      fc.array(
        fc.nat(999).map((nth) => nth / 1_000),
        { minLength: 1, maxLength: 8 },
      ),
      async (options, plan, draws) => {
        const course = await play(options, plan, draws);
        assertWithinLimits(options, course);
        assertWaitsKept(course);
        seen.add(endOf(course));
        assert.equal(vi.getTimerCount(), 0, 'timers left');
      },
    ),
    runs(1_500),
  );
  assert.deepEqual([...seen].toSorted(), ['attempt timeout', 'deadline', 'failure', 'success']);
});
