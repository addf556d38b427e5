import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
  type Call,
  createResilience,
  type HoldfastEvent,
  type Report,
  type Resilience,
  type StopReason,
} from 'holdfast';
import { type AttemptPlan, type RetriedCallPlan, type RetryPlan, SIGNALS, type Step } from './retry-plans.js';

const OPERATION = 'chat';

/** One time that a function was called. */
export interface Invocation {
  readonly atMs: number;
  /** Its place among all that happened. */
  readonly serial: number;
  /** The wait that it asked for when it failed. */
  hintMs: number | undefined;
  /** When it failed, or was told to stop. */
  endedAtMs: number | undefined;
}

/** One call, and what became of it. */
export class RetriedCall {
  readonly id: number;
  readonly plan: RetriedCallPlan;
  readonly invocations: Invocation[] = [];
  readonly errors: unknown[] = [];
  readonly reports: Report<unknown>[] = [];
  readonly value: object = { of: 'the function' };
  readonly told: HoldfastEvent[] = [];
  callId: string | undefined;
  startedAtMs = 0;
  reason: unknown;
  abortedAtMs: { readonly atMs: number; readonly serial: number } | undefined;
  #release: (() => void) | undefined;

  constructor(id: number, plan: RetriedCallPlan) {
    this.id = id;
    this.plan = plan;
  }

  /** How it ended; it must have. */
  get report(): Report<unknown> {
    const [report, ...others] = this.reports;
    assert(report !== undefined && others.length === 0, `settled ${this.reports.length} times`);
    return report;
  }

  /** Why it ended, and whether it may end with what it ended with. */
  meaning(): StopReason {
    const { report, errors, invocations } = this;
    if (report.ok) {
      assert.equal(report.value, this.value);
      return report.stopReason;
    }
    const { error, stopReason } = report;
    const name = error instanceof Error ? error.name : '';
    if (stopReason === 'cancelled') assert.equal(error, this.reason);
    else if (stopReason === 'deadline') assert(name === 'DeadlineExceededError' || this.#isOfLast(error));
    else if (report.failure === undefined) {
      assert.equal(invocations.length, 0);
      assert.equal(name, stopReason === 'quota_held' ? 'QuotaHeldError' : 'BreakerOpenError');
    } else assert(this.#isOfLast(error), `an error from nowhere: ${String(error)}`);
    assert(errors.length <= invocations.length);
    return stopReason;
  }

  /** The protected function. */
  work(call: Call, serial: number): unknown {
    this.callId = call.id;
    const nth = this.invocations.length;
    const invocation: Invocation = { atMs: performance.now(), serial, hintMs: undefined, endedAtMs: undefined };
    this.invocations.push(invocation);
    assert.equal(call.attempt, this.invocations.length);
    call.signal.addEventListener('abort', () => {
      invocation.endedAtMs ??= performance.now();
    });
    const { attempts } = this.plan;
    const plan = attempts[Math.min(nth, attempts.length - 1)];
    assert(plan !== undefined);
    return new Promise((resolve, reject) => {
      const settle = () => {
        this.#settle(plan, invocation, resolve, reject);
      };
      if (plan.does === 'hang') return;
      if (plan.when === 'at once') settle();
      else this.#release = settle;
    });
  }

  /** Lets the attempt that waits for it settle. */
  settle(): void {
    this.#release?.();
    this.#release = undefined;
  }

  #settle(
    { does, hintMs }: AttemptPlan,
    invocation: Invocation,
    resolve: (value: unknown) => void,
    reject: (error: unknown) => void,
  ): void {
    if (invocation.endedAtMs !== undefined || does === 'succeed') {
      // When an interruption has come first, what it gives is dropped.
      resolve(invocation.endedAtMs === undefined ? this.value : 'too late');
      return;
    }
    invocation.endedAtMs = performance.now();
    const error = errorFor(does, hintMs);
    if (does === 'limit') invocation.hintMs = hintMs;
    this.errors.push(error);
    reject(error);
  }

  #isOfLast(error: unknown): boolean {
    return this.errors.includes(error) || (error instanceof Error && error.name === 'AttemptTimeoutError');
  }
}

function errorFor(does: AttemptPlan['does'], hintMs: number): Error {
  if (does === 'fail') return Object.assign(new Error('down'), { status: 500 });
  if (does === 'limit')
    return Object.assign(new Error('slow down'), { status: 429, headers: { 'retry-after-ms': `${hintMs}` } });
  return Object.assign(new Error('bad'), { status: 400 });
}

/** A time in which nobody may use the quota of a key. */
interface Held {
  readonly key: string | undefined;
  readonly fromMs: number;
  readonly untilMs: number;
  readonly serial: number;
}

/** The calls of a plan, while they are played. */
export class RetryPlay {
  readonly resilience: Resilience;
  readonly calls: readonly RetriedCall[];
  readonly holds: Held[] = [];
  readonly #callers = Array.from({ length: SIGNALS }, () => new AbortController());
  readonly #started = new Set<number>();
  #serial = 0;

  constructor(plan: RetryPlan) {
    const { draws, maxAttempts, minDelayMs, maxElapsedMs, attemptTimeoutMs, burst } = plan;
    let drawn = 0;
    this.resilience = createResilience({
      random: () => draws[drawn++ % draws.length] ?? 0.5,
      config: {
        defaults: {
          attemptTimeoutMs,
          retry: {
            maxAttempts,
            minDelayMs,
            maxDelayMs: 80,
            maxElapsedMs,
            budget: { ratio: 0.5, floorPerSecond: 1, burst },
          },
          breaker: { trip: { consecutiveFailures: plan.consecutiveFailures }, openMs: 60 },
          quota: { maxWaitMs: plan.maxWaitMs, spreadMs: 20 },
        },
      },
    });
    this.calls = plan.calls.map((each, id) => new RetriedCall(id, each));
    this.resilience.on('*', (event) => this.#hear(event));
  }

  /** Takes one step; the time that passes afterwards is for the caller to let pass. */
  take(step: Step): void {
    if (step.do === 'start') this.#start(this.calls[step.call]);
    if (step.do === 'settle') this.calls[step.call]?.settle();
    if (step.do === 'abort') this.#abort(step.signal);
  }

  /** Listeners that are left on the callers' signals. */
  listeners(): number {
    return this.#callers.reduce((sum, { signal }) => sum + getEventListeners(signal, 'abort').length, 0);
  }

  openBreakers(): number {
    return this.resilience.health().openBreakers.length;
  }

  close(): Promise<void> {
    return this.resilience.close();
  }

  #start(call: RetriedCall | undefined): void {
    if (call === undefined || this.#started.has(call.id)) return;
    this.#started.add(call.id);
    const { key, deadlineMs, idempotent, signal: index } = call.plan;
    const signal = this.#callers[index ?? -1]?.signal;
    if (signal?.aborted === true) this.#note(call, signal);
    call.startedAtMs = performance.now();
    const work = (live: Call) => call.work(live, this.#next());
    // The id is not known before the function is called, and some are refused before that.
    this.#starting = call;
    void this.resilience
      .inspect(OPERATION, work, { key, deadlineMs, idempotent, signal })
      .then((report) => call.reports.push(report));
    this.#starting = undefined;
  }

  #starting: RetriedCall | undefined;

  #abort(index: number): void {
    const controller = this.#callers[index];
    if (controller === undefined || controller.signal.aborted) return;
    const serial = this.#next();
    controller.abort(new Error(`caller ${index} gave up`));
    for (const call of this.calls) {
      if (call.plan.signal === index && this.#started.has(call.id)) this.#note(call, controller.signal, serial);
    }
  }

  #note(call: RetriedCall, signal: AbortSignal, serial: number = this.#next()): void {
    call.reason = signal.reason;
    call.abortedAtMs = { atMs: performance.now(), serial };
  }

  #hear(event: HoldfastEvent): void {
    if (event.type === 'quota.held') {
      const fromMs = performance.now();
      this.holds.push({ key: event.key, fromMs, untilMs: fromMs + event.forMs, serial: this.#next() });
    }
    if (event.callId === undefined) return;
    if (event.type === 'call.started' && this.#starting !== undefined) this.#starting.callId = event.callId;
    this.calls.find(({ callId }) => callId === event.callId)?.told.push(event);
  }

  #next(): number {
    this.#serial += 1;
    return this.#serial;
  }
}
