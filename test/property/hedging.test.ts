import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { type Call, createResilience, type Report, type Resilience, type Settings } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { httpError } from '../support/failures.js';
import { runs } from '../support/seed.js';
import { checkWinner, type ObservedAttempt } from './attempts-beside.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

const OPERATION = 'chat';
/** Longer than any call can take. */
const ALL_OVER_MS = 2_000;

/** What one attempt does. */
interface AttemptPlan {
  readonly does: 'succeed' | 'fail' | 'fail for good' | 'limit' | 'hang';
  readonly afterMs: number;
  /** Whether it settles as soon as its signal aborts. */
  readonly heeds: boolean;
}

interface CallPlan {
  readonly attempts: readonly AttemptPlan[];
  readonly key: string | undefined;
  readonly idempotent: boolean;
  readonly deadlineMs: number;
}

type Step = { readonly do: 'start' | 'abort'; readonly call: number; readonly passMs: number };

interface Plan {
  readonly settings: Settings;
  readonly calls: readonly CallPlan[];
  readonly steps: readonly Step[];
}

const attempt: fc.Arbitrary<AttemptPlan> = fc.record({
  does: fc.constantFrom('succeed', 'succeed', 'succeed', 'fail', 'fail', 'fail for good', 'limit', 'hang'),
  // Few values, so that many ends fall into the same moment.
  afterMs: fc.constantFrom(0, 0, 5, 10, 15, 20, 30, 50, 90),
  heeds: fc.boolean(),
});

const call: fc.Arbitrary<CallPlan> = fc.record({
  attempts: fc.array(attempt, { minLength: 1, maxLength: 6 }),
  key: fc.constantFrom(undefined, undefined, 'other'),
  idempotent: fc.constantFrom(true, true, true, false),
  deadlineMs: fc.integer({ min: 20, max: 300 }),
});

const settings: fc.Arbitrary<Settings> = fc.record({
  hedge: fc.record({ delayMs: fc.constantFrom(5, 10, 15, 40), max: fc.integer({ min: 1, max: 4 }) }),
  attemptTimeoutMs: fc.constantFrom(15, 30, 60, 120),
  retry: fc.oneof(
    fc.constant(false as const),
    fc.record({
      maxAttempts: fc.integer({ min: 1, max: 3 }),
      minDelayMs: fc.constantFrom(0, 5, 20),
      maxDelayMs: fc.constant(40),
      budget: fc.oneof(
        fc.constant(false as const),
        fc.record({
          ratio: fc.constantFrom(0, 0.2),
          floorPerSecond: fc.constantFrom(0.1, 50),
          burst: fc.integer({ min: 1, max: 5 }),
        }),
      ),
    }),
  ),
  concurrency: fc.oneof(
    fc.constant(false as const),
    fc.record({
      limit: fc.integer({ min: 1, max: 4 }),
      queue: fc.nat(2),
      queueTimeoutMs: fc.constantFrom(5, 10, 40),
    }),
  ),
  breaker: fc.oneof(
    fc.constant(false as const),
    fc.record({
      trip: fc.record({ consecutiveFailures: fc.integer({ min: 1, max: 4 }) }),
      openMs: fc.constantFrom(5, 30),
    }),
  ),
});

const plans: fc.Arbitrary<Plan> = fc.array(call, { minLength: 1, maxLength: 5, size: 'max' }).chain((calls) => {
  const starts: Pick<Step, 'do' | 'call'>[] = calls.map((_, index) => ({ do: 'start', call: index }));
  const aborts: Pick<Step, 'do' | 'call'>[] = calls.map((_, index) => ({ do: 'abort', call: index }));
  const passMs = fc.constantFrom(0, 5, 10, 25);
  const steps = fc
    .tuple(fc.constant(starts), fc.subarray(aborts))
    .chain(([some, others]) =>
      fc.tuple(...[...some, ...others].map((step) => passMs.map((ms): Step => ({ ...step, passMs: ms })))),
    );
  return fc.record({ settings, calls: fc.constant(calls), steps });
});

class PlayedCall {
  readonly plan: CallPlan;
  readonly caller = new AbortController();
  readonly invocations: ObservedAttempt[] = [];
  readonly errors: unknown[] = [];
  readonly reports: Report<unknown>[] = [];

  constructor(plan: CallPlan) {
    this.plan = plan;
  }

  work(call: Call): unknown {
    assert.equal(this.reports.length, 0, 'called after the end of its call');
    const invocation: ObservedAttempt = { call, settled: undefined };
    const { attempts } = this.plan;
    const plan = attempts[this.invocations.length % attempts.length];
    this.invocations.push(invocation);
    assert(plan !== undefined);
    return new Promise((resolve, reject) => {
      const fail = (error: unknown) => {
        if (invocation.settled !== undefined) return;
        invocation.settled = 'error';
        if (!call.signal.aborted) this.errors.push(error);
        reject(error);
      };
      if (plan.heeds) call.signal.addEventListener('abort', () => fail(new Error('stopped')));
      const { does } = plan;
      if (does === 'hang') return;
      setTimeout(() => {
        if (does !== 'succeed') return fail(errorFor(does));
        if (invocation.settled !== undefined) return;
        invocation.settled = 'value';
        resolve(invocation);
      }, plan.afterMs);
    });
  }

  get report(): Report<unknown> {
    const [report, ...others] = this.reports;
    assert(report !== undefined && others.length === 0, `settled ${this.reports.length} times`);
    return report;
  }
}

function errorFor(does: 'fail' | 'fail for good' | 'limit'): Error {
  if (does === 'limit') {
    return Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after-ms': '20' } });
  }
  return httpError(does === 'fail' ? 503 : 401);
}

class HedgePlay {
  readonly resilience: Resilience;
  readonly calls: readonly PlayedCall[];
  /** What did not hold at the end of a call. */
  readonly broken: unknown[] = [];
  readonly #started = new Set<number>();

  constructor(plan: Plan) {
    this.resilience = createResilience({
      random: () => 0.5,
      config: { operations: { [OPERATION]: { quota: { spreadMs: 10 }, ...plan.settings } } },
    });
    this.calls = plan.calls.map((each) => new PlayedCall(each));
    this.resilience.on('*', () => this.checkBudget());
  }

  take(step: Step): void {
    if (step.do === 'start') this.start(step.call);
    else this.calls[step.call]?.caller.abort(new Error('the caller gave up'));
  }

  start(index: number): void {
    const played = this.calls[index];
    if (played === undefined || this.#started.has(index)) return;
    this.#started.add(index);
    const { key, idempotent, deadlineMs } = played.plan;
    const { signal } = played.caller;
    void this.resilience
      .inspect(OPERATION, (live) => played.work(live), { key, idempotent, deadlineMs, signal })
      .then((report) => {
        played.reports.push(report);
        checkWinner(played, report);
      })
      .catch((error: unknown) => this.broken.push(error));
  }

  checkBudget(): void {
    const { tokens = 0 } = this.resilience.snapshot().operations[OPERATION]?.retryBudget ?? {};
    assert(tokens >= 0, `the budget holds ${tokens} tokens`);
  }
}

async function played(plan: Plan, scheduler: fc.Scheduler): Promise<HedgePlay> {
  stopTime();
  const play = new HedgePlay(plan);
  for (const step of plan.steps) {
    const builder = async () => {
      play.take(step);
      if (step.passMs > 0) await pass(step.passMs);
      else await drain();
    };
    scheduler.scheduleSequence([{ builder, label: JSON.stringify(step) }]);
  }
  await scheduler.waitIdle();
  for (const index of play.calls.keys()) play.start(index);
  await pass(ALL_OVER_MS);
  if (play.broken.length > 0) throw play.broken[0];
  return play;
}

/** Runs a property of how any interleaving ends. */
function ofAllInterleavings(property: (play: HedgePlay, plan: Plan) => void): Promise<void> {
  return fc.assert(
    fc.asyncProperty(plans, fc.scheduler(), async (plan, scheduler) => {
      const play = await played(plan, scheduler);
      property(play, plan);
      await play.resilience.close();
    }),
    runs(500),
  );
}

test('a hedged call settles once, with the value of the one attempt that won, and no attempt is left running', async () => {
  const seen = { won: 0, lost: 0, failed: 0 };
  await ofAllInterleavings((play) => {
    for (const { report } of play.calls) {
      const hedges = report.attempts.filter(({ hedge }) => hedge);
      if (!report.ok) seen.failed += hedges.length;
      else if (hedges.some(({ outcome }) => outcome === 'success')) seen.won += 1;
      else seen.lost += hedges.length;
    }
  });
  for (const [what, times] of Object.entries(seen)) assert(times > 25, `${what} only ${times} times`);
});

test('attempts are first ones, retries and hedges, and the limit of attempts counts no hedge', async () => {
  await ofAllInterleavings((play, { settings: { retry, hedge } }) => {
    const { attempts, retries, hedges } = play.resilience.stats(OPERATION);
    const invoked = play.calls.map(({ invocations }) => invocations.length);
    assert.equal(
      attempts,
      invoked.reduce((sum, each) => sum + each, 0),
    );
    const firsts = play.calls.filter(({ invocations }) => invocations.some(({ call }) => call.attempt === 1)).length;
    assert.equal(attempts, firsts + retries + hedges);
    const most = typeof retry === 'object' ? (retry.maxAttempts ?? 3) : 1;
    const mostHedges = typeof hedge === 'object' ? (hedge.max ?? 1) : 0;
    for (const { report, plan } of play.calls) {
      const own = report.attempts.filter((each) => each.hedge !== true).length;
      assert(own <= most, `${own} attempts of ${most}`);
      assert(report.attempts.length - own <= most * mostHedges, 'too many hedges');
      if (!plan.idempotent) assert.equal(report.attempts.length, own, 'hedged though it is not idempotent');
    }
  });
});

test('every admission of a hedged call is settled, and nothing is left behind', async () => {
  await ofAllInterleavings((play, plan) => {
    const keys = play.resilience.snapshot().operations[OPERATION]?.keys ?? [];
    for (const { breaker, hedge, inFlight } of keys) {
      assert.equal(inFlight, 0);
      if (breaker !== null) {
        const { admitted, successes, failures, ignored } = breaker.counts;
        assert.equal(admitted, successes + failures + ignored);
      }
      assert(hedge !== null && hedge.won <= hedge.sent);
    }
    play.checkBudget();
    for (const { caller } of play.calls) assert.equal(getEventListeners(caller.signal, 'abort').length, 0);
    const open = plan.settings.breaker === false ? 0 : play.resilience.health().openBreakers.length;
    assert.equal(vi.getTimerCount(), open);
  });
});
