import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Call, createResilience, type Report, type Resilience } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { httpError } from '../support/failures.js';
import { runs } from '../support/seed.js';
import { checkWinner, type ObservedAttempt } from './attempts-beside.js';
import { checkKey, checkStats } from './ended-checks.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

const OPERATION = 'chat';
const TARGETS = ['first', 'second'];
const DEADLINE_MS = 300;
const TICK_MS = 5;
/** Longer than the call can take. */
const ALL_OVER_MS = 1_000;

/** What the function does each time that it is called, as soon as the schedule lets it. */
type Deed = 'succeed' | 'fail' | 'fail for good' | 'hang';

interface Plan {
  /** By the order in which it is called; from then on it fails. */
  readonly deeds: readonly Deed[];
  readonly maxAttempts: number;
  readonly hedges: number;
  readonly attemptTimeoutMs: number | false;
  /** How often some time passes between outcomes. */
  readonly ticks: number;
  readonly isAborted: boolean;
}

const plans: fc.Arbitrary<Plan> = fc.record({
  deeds: fc.array(fc.constantFrom<Deed>('succeed', 'fail', 'fail', 'fail', 'fail for good', 'hang'), {
    minLength: 1,
    maxLength: 6,
  }),
  maxAttempts: fc.constantFrom(1, 1, 2),
  hedges: fc.integer({ min: 1, max: 2 }),
  attemptTimeoutMs: fc.constantFrom(false as const, 3 * TICK_MS),
  ticks: fc.integer({ min: 4, max: 12 }),
  isAborted: fc.constantFrom(false, false, false, false, true),
});

/** One call, whose function settles when the scheduler says so. */
class TargetPlay {
  readonly resilience: Resilience;
  readonly caller = new AbortController();
  readonly invocations: ObservedAttempt[] = [];
  readonly errors: unknown[] = [];
  readonly reports: Report<unknown>[] = [];
  /** What did not hold at the end of the call. */
  readonly broken: unknown[] = [];
  readonly #plan: Plan;
  readonly #scheduler: fc.Scheduler;
  /** Lets those settle that hang. */
  readonly #stuck: (() => void)[] = [];

  constructor(plan: Plan, scheduler: fc.Scheduler) {
    this.#plan = plan;
    this.#scheduler = scheduler;
    const { maxAttempts, hedges, attemptTimeoutMs } = plan;
    this.resilience = createResilience({
      random: () => 0,
      targets: { [OPERATION]: { list: TARGETS } },
      config: {
        defaults: {
          deadlineMs: DEADLINE_MS,
          attemptTimeoutMs,
          retry: { maxAttempts, minDelayMs: TICK_MS, maxDelayMs: TICK_MS, jitter: 'none', budget: false },
          hedge: { delayMs: TICK_MS, max: hedges },
          concurrency: { limit: 10 },
          breaker: { trip: { consecutiveFailures: 4 }, openMs: 20 },
        },
      },
    });
  }

  start(): void {
    const { signal } = this.caller;
    void this.resilience
      .inspect(OPERATION, (call) => this.#work(call), { signal })
      .then((report) => {
        this.reports.push(report);
        checkWinner(this, report);
        this.#checkTargets(report);
      })
      .catch((error: unknown) => this.broken.push(error));
  }

  releaseStuck(): void {
    for (const settle of this.#stuck.splice(0)) settle();
  }

  #work(call: Call): unknown {
    assert.equal(this.reports.length, 0, 'called after the end of its call');
    const deed = this.#plan.deeds[this.invocations.length] ?? 'fail';
    const invocation: ObservedAttempt = { call, settled: undefined };
    this.invocations.push(invocation);
    const label = `attempt ${call.attempt} in ${call.target?.name}: ${deed}`;
    return new Promise((resolve, reject) => {
      const settle = () => {
        invocation.settled = deed === 'succeed' ? 'value' : 'error';
        const error = httpError(deed === 'fail for good' ? 400 : 503);
        if (deed !== 'succeed' && !call.signal.aborted) this.errors.push(error);
        if (deed === 'succeed') resolve(invocation);
        else reject(error);
      };
      if (deed === 'hang') this.#stuck.push(settle);
      else void this.#scheduler.schedule(Promise.resolve(), label).then(settle);
    });
  }

  /** A call leaves a target for good, hedges run where their first attempt does, and retries are counted by target. */
  #checkTargets(report: Report<unknown>): void {
    const places = report.attempts.map(({ target }) => TARGETS.indexOf(target ?? ''));
    assert.deepEqual(
      places,
      places.toSorted((one, other) => one - other),
    );
    for (const target of TARGETS) {
      const inTarget = report.attempts.filter((each) => each.target === target);
      const own = inTarget.filter(({ hedge }) => hedge !== true).length;
      assert(own <= this.#plan.maxAttempts, `${own} attempts in ${target}`);
      assert(inTarget.length - own <= own * this.#plan.hedges, `too many hedges in ${target}`);
    }
    if (!report.ok) return;
    const winner = this.invocations.find((each) => each === report.value);
    assert.equal(report.target, winner?.call.target?.name);
  }
}

async function played(plan: Plan, scheduler: fc.Scheduler): Promise<TargetPlay> {
  stopTime();
  const play = new TargetPlay(plan, scheduler);
  play.start();
  const ticks = Array.from({ length: plan.ticks }, () => ({ builder: () => pass(TICK_MS), label: `${TICK_MS} ms` }));
  scheduler.scheduleSequence(ticks);
  if (plan.isAborted) {
    const builder = async () => play.caller.abort(new Error('the caller gave up'));
    scheduler.scheduleSequence([{ builder, label: 'abort' }]);
  }
  await scheduler.waitIdle();
  await pass(ALL_OVER_MS);
  // Time has passed, and with it further attempts have begun.
  await scheduler.waitIdle();
  await pass(ALL_OVER_MS);
  return play;
}

test('a call with targets, hedges and retries settles once with one winner, under any interleaving of outcomes', async () => {
  const seen = new Map<string, number>();
  const see = (what: string) => seen.set(what, (seen.get(what) ?? 0) + 1);
  await fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
      const play = await played(plan, scheduler);
      assert.deepEqual(play.broken, []);
      const [report, ...others] = play.reports;
      assert(report !== undefined && others.length === 0, `settled ${play.reports.length} times`);
      see(report.ok ? `value of ${report.target}` : report.stopReason);
      const winner = report.attempts.find(({ outcome }) => outcome === 'success');
      if (winner?.hedge === true) see(`value of a hedge in ${report.target}`);

      const before = play.resilience.stats();
      checkStats(before);
      assert.equal(before.calls, 1);
      assert.equal(before.attempts, play.invocations.length);
      assert.equal(before.attempts, 1 + before.retries + before.hedges);
      play.releaseStuck();
      await drain();
      assert.deepEqual(play.resilience.stats(), before);
      for (const key of play.resilience.snapshot().operations[OPERATION]?.keys ?? []) {
        checkKey(key);
        assert.equal(key.concurrency?.inUse, 0);
      }
      await play.resilience.close();
      assert.equal(vi.getTimerCount(), 0);
    }),
    runs(1_000),
  );
  // The plans are no good if they do not come to everything.
  for (const what of [
    ...['value of first', 'value of second', 'value of a hedge in first', 'value of a hedge in second'],
    ...['attempts_exhausted', 'not_retryable', 'cancelled', 'deadline'],
  ]) {
    assert((seen.get(what) ?? 0) > 2, `${what} only ${seen.get(what) ?? 0} times`);
  }
});
