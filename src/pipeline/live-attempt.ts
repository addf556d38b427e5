import { DeadlineExceededError } from '../errors/index.js';
import { defer, LONGEST_TIMER_MS, monotonicMs, rejectLater, runWork, startWait, stopTimer } from '../runtime/index.js';
import type { Call, CallTarget, Interruption, Usage } from './call.js';
import type { Failure } from './failure.js';
import type {
  AttemptInit,
  AttemptOutcome,
  CallHooks,
  DeferredOutcome,
  Lane,
  Observation,
  StageAttempt,
  StageCall,
} from './stage.js';
import type { StopReason } from './stop.js';

/** The call that an attempt belongs to. */
export interface OwningCall extends StageCall {
  readonly hooks: CallHooks;
  readonly work: (call: Call) => unknown;
  readonly attempts: readonly LiveAttempt[];
}

/** A list in which each subscription links to the one before it: an array would cost more than the one or two that it holds. */
interface Subscription<Args extends readonly unknown[]> {
  readonly listener: (...args: Args) => void;
  previous: Subscription<Args> | undefined;
}

const SUCCESS: AttemptOutcome = Object.freeze({ status: 'success' });
const IGNORED: AttemptOutcome = Object.freeze({ status: 'ignored' });

/** One attempt of a call, which is passed to the stages and the function. */
export class LiveAttempt implements StageAttempt {
  readonly call: OwningCall;
  readonly attempt: number;
  readonly mustStartByMs: number;
  readonly isHedge: boolean;
  /** Written only here. A field, since the retry stage reads it where calling a getter might overflow the stack. */
  rejectedBy: StopReason | undefined;
  /** When it was created, before it waits. */
  #createdAtMs: number;
  #lane: Lane;
  #target: CallTarget | undefined;
  #patienceMs: (() => number) | undefined;
  #waitedMs: number;
  #endedAtMs: number | undefined;
  /** `delivered`: the value has been returned, the outcome is pending. */
  #progress: 'waiting' | 'running' | 'delivered' | 'ended' = 'waiting';
  #outcome: AttemptOutcome | undefined;
  #interruption: Interruption | undefined;
  /** Rejects the promise that the attempt is waiting for: of the function, or of a pause. */
  #reject: ((error: unknown) => void) | undefined;
  #controller: AbortController | undefined;
  #classified: { readonly error: unknown; readonly failure: Failure } | undefined;
  /** The latest subscription first, so that inner stages are called before outer ones, as their promises would settle. */
  #outcomeListeners: Subscription<[outcome: AttemptOutcome]> | undefined;
  #endListeners: Subscription<[]> | undefined;
  #observationListeners: ((observation: Observation) => void)[] | undefined;
  #isInvoked = false;
  #usage: Usage | undefined;
  #isRunning = false;
  #isDeferred = false;
  #gaveValueEarly = false;
  /** A deferred outcome that was settled before the value arrived. */
  #deferredOutcome: AttemptOutcome | undefined;

  constructor(
    call: OwningCall,
    attempt: number,
    createdAtMs: number,
    lane: Lane,
    { mustStartByMs, isHedge, target, patienceMs, waitedMs }: AttemptInit = {},
  ) {
    this.call = call;
    this.attempt = attempt;
    this.mustStartByMs = mustStartByMs ?? Number.POSITIVE_INFINITY;
    this.isHedge = isHedge ?? false;
    this.#createdAtMs = createdAtMs;
    this.#waitedMs = waitedMs ?? 0;
    this.#lane = lane;
    this.#target = target;
    this.#patienceMs = patienceMs;
  }

  get id(): string {
    return this.call.id;
  }

  get operation(): string {
    return this.#lane.operation;
  }

  get key(): string | undefined {
    return this.#lane.key;
  }

  get target(): CallTarget | undefined {
    return this.#target;
  }

  get lane(): Lane {
    return this.#lane;
  }

  get context(): Readonly<Record<string, unknown>> {
    return this.call.context;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#interruption !== undefined) this.#controller.abort(abortReason(this.#interruption));
    }
    return this.#controller.signal;
  }

  /** Aborts its signal; `undefined` if that was never read. Does not retain the attempt, whose value may be a stream. */
  get abortSignal(): ((reason: unknown) => void) | undefined {
    const controller = this.#controller;
    return controller && ((reason) => controller.abort(reason));
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  get usage(): Usage | undefined {
    return this.#usage;
  }

  get invoked(): boolean {
    return this.#isInvoked;
  }

  get isRunning(): boolean {
    return this.#isRunning;
  }

  get outcome(): AttemptOutcome | undefined {
    return this.#outcome;
  }

  /** Whether its value was returned before its outcome was known, after {@link deferOutcome}. */
  get gaveValueEarly(): boolean {
    return this.#gaveValueEarly;
  }

  get startedAtMs(): number {
    return this.#createdAtMs + this.#waitedMs;
  }

  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  /** How long it waited before it started, in milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** What its error meant, if it has been classified. */
  get failure(): Failure | undefined {
    return this.#classified?.failure;
  }

  remainingMs(): number {
    return this.call.remainingMs();
  }

  noRetry(): void {
    this.call.forbidRetry();
  }

  delayStart(): void {
    this.#createdAtMs = monotonicMs() - this.#waitedMs;
  }

  patienceMs(): number {
    return this.#patienceMs?.() ?? Number.POSITIVE_INFINITY;
  }

  moveTo(lane: Lane, { target, patienceMs }: Pick<AttemptInit, 'target' | 'patienceMs'> = {}): void {
    this.#target = target;
    this.#patienceMs = patienceMs;
    if (lane === this.#lane) return;
    const hasEnded = this.#outcome !== undefined;
    if (lane !== this.call.lane) {
      lane.enter();
      if (hasEnded) lane.rest();
    }
    if (this.#lane !== this.call.lane) {
      if (!hasEnded) this.#lane.rest();
      this.#lane.leave(monotonicMs());
    }
    this.#lane = lane;
  }

  invoke(wrap?: (work: (call: Call) => unknown) => (call: Call) => unknown): Promise<unknown> {
    if (this.#interruption !== undefined) return rejectLater(this.#interruption.error);
    const { hooks } = this.call;
    const work = wrap === undefined ? this.call.work : wrap(this.call.work);
    const { promise, resolve, reject } = defer<unknown>();
    this.#progress = 'running';
    this.#isInvoked = true;
    this.#isRunning = true;
    hooks.attemptStarted?.(this);
    this.#reject = reject;
    const scope = hooks.openScope?.(this);
    runWork(
      scope === undefined ? work : (call: Call) => scope.run(work, call),
      this,
      (value) => {
        scope?.close();
        this.#isRunning = false;
        if (this.#outcome !== undefined) return this.#endAbandoned('success');
        try {
          if (this.#isDeferred) this.#deliver();
          else this.#succeed();
        } finally {
          resolve(value);
        }
      },
      (error) => {
        scope?.close();
        this.#isRunning = false;
        if (this.#outcome !== undefined) return this.#endAbandoned('failure');
        try {
          this.#fail(error);
        } finally {
          reject(error);
        }
      },
    );
    return promise;
  }

  reject(reason: StopReason, error: Error): Promise<never> {
    if (this.#interruption !== undefined) return rejectLater(this.#interruption.error);
    this.rejectedBy = reason;
    this.#end({ status: 'rejected', error });
    return rejectLater(error);
  }

  interrupt(interruption: Interruption): void {
    // The caller's abort and the deadline end the whole call.
    if (interruption.by === 'caller' || interruption.by === 'deadline') this.call.interrupt(interruption);
    else this.end(interruption);
  }

  /** Ends this attempt, unless it has ended. */
  end(interruption: Interruption): void {
    if (this.#interruption !== undefined || this.#progress === 'ended') return;
    const { invoked } = this;
    this.#interruption = interruption;
    this.#endedAtMs = monotonicMs();
    // The promise and the outcome come first, so that a listener of the signal cannot affect them.
    this.#reject?.(interruption.error);
    this.#reject = undefined;
    if (invoked) this.call.hooks.attemptFailed?.(this, interruption.error);
    this.#settle({ status: 'failure', error: interruption.error });
    this.#controller?.abort(abortReason(interruption));
  }

  /** Ends an attempt whose stages threw, unless it has ended. */
  fail(error: unknown): void {
    if (this.#outcome === undefined && this.invoked) this.#fail(error);
    else this.drop();
  }

  /** Ends an attempt that no stage has invoked or rejected. */
  drop(): void {
    if (this.#progress === 'waiting' && this.#outcome === undefined) this.#end(IGNORED);
  }

  failureOf(error: unknown): Failure {
    // Several stages need it, and classifying an error is not free.
    if (this.#classified !== undefined && Object.is(this.#classified.error, error)) return this.#classified.failure;
    const thrower = this.call.attempts.length === 1 ? undefined : this.#otherThatEndedWith(error);
    const failure = thrower?.failureOf(error) ?? this.call.hooks.classify(error, this);
    this.#classified = { error, failure };
    return failure;
  }

  /** Whether it failed or was rejected with this error. */
  endedWith(error: unknown): boolean {
    const outcome = this.#outcome;
    return outcome !== undefined && 'error' in outcome && Object.is(outcome.error, error);
  }

  pause(waitMs: number): Promise<void> {
    if (waitMs <= 0 && this.#interruption === undefined) return Promise.resolve();
    return this.wait(waitMs, () => undefined);
  }

  wait(maxWaitMs: number, begin: (wake: () => void) => void): Promise<void> {
    if (this.#interruption !== undefined) return rejectLater(this.#interruption.error);
    const { deadlineMs } = this.call;
    const leftMs = deadlineMs === undefined ? Number.POSITIVE_INFINITY : this.remainingMs();
    const endsCall = leftMs < maxWaitMs;
    const untilMs = Math.min(maxWaitMs, leftMs, LONGEST_TIMER_MS);
    const pausedAtMs = monotonicMs();
    const countWait = () => {
      this.#waitedMs += monotonicMs() - pausedAtMs;
    };
    return new Promise((resolve, reject) => {
      const wake = () => {
        if (this.#reject !== interrupted) return;
        stopTimer(timer);
        this.#reject = undefined;
        countWait();
        resolve();
      };
      const end = () => {
        // Timers count whole milliseconds and may fire that much early; a wait that a provider asked for must not.
        const missingMs = untilMs - (monotonicMs() - pausedAtMs);
        if (missingMs > 0 && missingMs <= 1) {
          timer = startWait(1, end);
        } else if (deadlineMs !== undefined && (endsCall || this.remainingMs() <= 0)) {
          // The second condition covers a thread that was blocked for longer than the wait.
          this.interrupt({ by: 'deadline', error: new DeadlineExceededError(this.operation, deadlineMs) });
        } else wake();
      };
      let timer = startWait(Math.ceil(untilMs), end);
      const interrupted = (error: unknown) => {
        stopTimer(timer);
        countWait();
        reject(error);
      };
      this.#reject = interrupted;
      begin(wake);
    });
  }

  onOutcome(listener: (outcome: AttemptOutcome) => void): void {
    if (this.#outcome === undefined) this.#outcomeListeners = { listener, previous: this.#outcomeListeners };
    else listener(this.#outcome);
  }

  onEnded(listener: () => void): void {
    if (this.#outcome === undefined || this.#isRunning) {
      this.#endListeners = { listener, previous: this.#endListeners };
    } else listener();
  }

  /** Like {@link onOutcome}, but after all stages: for the owner of the call. */
  afterOutcome(listener: (outcome: AttemptOutcome) => void): void {
    if (this.#outcome !== undefined) {
      listener(this.#outcome);
      return;
    }
    const subscription = { listener, previous: undefined };
    let first = this.#outcomeListeners;
    while (first?.previous !== undefined) first = first.previous;
    if (first === undefined) this.#outcomeListeners = subscription;
    else first.previous = subscription;
  }

  deferOutcome(): DeferredOutcome {
    this.#isDeferred = true;
    const settle = (outcome: AttemptOutcome) => {
      if (this.#outcome !== undefined) return;
      if (this.#progress === 'delivered') this.#endLate(outcome);
      else this.#deferredOutcome ??= outcome;
    };
    return {
      succeed: () => settle(SUCCESS),
      fail: (error) => settle({ status: 'failure', error }),
      ignore: () => settle(IGNORED),
    };
  }

  settleUsage(usage: Usage): void {
    this.observe({ usage });
  }

  observe(observation: Observation): void {
    if (observation.usage !== undefined) this.#usage = { ...this.#usage, ...observation.usage };
    for (const listener of this.#observationListeners ?? []) listener(observation);
  }

  onObservation(listener: (observation: Observation) => void): void {
    // Pushing to an empty array would make room for 17.
    if (this.#observationListeners === undefined) this.#observationListeners = [listener];
    else this.#observationListeners.push(listener);
  }

  #deliver(): void {
    this.#progress = 'delivered';
    this.#gaveValueEarly = true;
    if (this.#deferredOutcome !== undefined) this.#endLate(this.#deferredOutcome);
  }

  #endLate(outcome: AttemptOutcome): void {
    if (outcome.status === 'failure') this.#fail(outcome.error);
    else {
      this.#endedAtMs = monotonicMs();
      this.#end(outcome);
    }
  }

  #succeed(): void {
    // The only attempt of a call ends with the call, which reads the clock anyway.
    if (this.call.attempts.length > 1) this.#endedAtMs = monotonicMs();
    this.#end(SUCCESS);
  }

  #fail(error: unknown): void {
    this.#endedAtMs = monotonicMs();
    this.#progress = 'ended';
    this.call.hooks.attemptFailed?.(this, error);
    this.#settle({ status: 'failure', error });
  }

  #end(outcome: AttemptOutcome): void {
    this.#progress = 'ended';
    this.#settle(outcome);
  }

  #settle(outcome: AttemptOutcome): void {
    if (this.#outcome !== undefined) return;
    this.#outcome = outcome;
    if (this.#lane !== this.call.lane) this.#lane.rest();
    for (let each = this.#outcomeListeners; each !== undefined; each = each.previous) each.listener(outcome);
    if (!this.#isRunning) this.#callEndListeners();
  }

  #endAbandoned(outcome: 'success' | 'failure'): void {
    this.call.hooks.attemptAbandoned?.(this, outcome);
    this.#callEndListeners();
  }

  #callEndListeners(): void {
    for (let each = this.#endListeners; each !== undefined; each = each.previous) each.listener();
  }

  #otherThatEndedWith(error: unknown): LiveAttempt | undefined {
    if (this.endedWith(error)) return undefined;
    return this.call.attempts.findLast((other) => other !== this && other.endedWith(error));
  }
}

/** SDKs recognise a `TimeoutError`; the caller's own reason is passed on unchanged. */
function abortReason({ by, error }: Interruption): unknown {
  if (by === 'caller') return error;
  return new DOMException(error.message, { name: by === 'superseded' ? 'AbortError' : 'TimeoutError', cause: error });
}
