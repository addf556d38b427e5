import { monotonicMs, rejectLater, type SignalLinks } from '../runtime/index.js';
import type { Call, Interruption, SkippedTarget, UsageEstimate } from './call.js';
import type { Failure } from './failure.js';
import { LiveAttempt, type OwningCall } from './live-attempt.js';
import type { AttemptInit, CallHooks, Lane, Priority, QueuedStart, Run, StageAttempt, StreamOpening } from './stage.js';
import type { StopReason, StopRule } from './stop.js';

/** The parts of a call. */
export interface CallInit {
  readonly hooks: CallHooks;
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  /** The stages that it runs through. */
  readonly run: Run;
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  /** The time left, for a call without a deadline of its own that several callers share. Default `Infinity`. */
  readonly remainingMs?: (() => number) | undefined;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  /** The signal of the parent call. */
  readonly parentSignal?: AbortSignal | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  /** Default `normal`. */
  readonly priority?: Priority | undefined;
  readonly estimate?: UsageEstimate | undefined;
  /** Present if its value is a guarded stream. */
  readonly stream?: StreamOpening | undefined;
}

/** Why a call ended with an error. */
export interface CallEnding {
  readonly stopReason: StopReason;
  /** The rule behind it; `undefined` if none had to decide. */
  readonly stopRule: StopRule | undefined;
  /** What its error means; `undefined` if a stage rejected the call and the error is not from the function. */
  readonly failure: Failure | undefined;
}

const NONE: readonly SkippedTarget[] = Object.freeze([]);

/** True for a value that is read later: an async iterable, a `ReadableStream`, a `Response` whose body is not read yet. */
export function isStream(value: unknown): value is object {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (Symbol.asyncIterator in value || 'getReader' in value) return true;
    return 'bodyUsed' in value && value.bodyUsed === false && 'body' in value && isStream(value.body);
  } catch {
    return false;
  }
}

/** One call in progress: the state that its attempts share, and what can end all of them. */
export class LiveCall implements OwningCall {
  readonly hooks: CallHooks;
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  readonly priority: Priority;
  readonly estimate: UsageEstimate | undefined;
  readonly stream: StreamOpening | undefined;
  readonly queued: QueuedStart | undefined;
  readonly #run: Run;
  readonly #sharedRemainingMs: (() => number) | undefined;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #parentSignal: AbortSignal | undefined;
  readonly #first: LiveAttempt;
  readonly #attempts: LiveAttempt[];
  /** Present while signals are linked. */
  #onAbort: ((reason: unknown) => void) | undefined;
  #interruption: Interruption | undefined;
  /** Why no attempt followed an error, by the error. Created when first needed. */
  #endings: Map<unknown, CallEnding> | undefined;
  #skippedTargets: SkippedTarget[] | undefined;
  #valueOf: LiveAttempt | undefined;
  #retryForbidden = false;

  /** @param queued its wait for a permit, if it has waited before it was built. */
  constructor(init: CallInit, queued?: QueuedStart) {
    this.hooks = init.hooks;
    this.lane = init.lane;
    this.work = init.work;
    this.serial = init.serial;
    this.startedAtMs = init.startedAtMs;
    this.deadlineMs = init.deadlineMs;
    this.context = init.context;
    this.idempotent = init.idempotent;
    this.replayable = init.replayable;
    this.priority = init.priority ?? 'normal';
    this.estimate = init.estimate;
    this.stream = init.stream;
    this.queued = queued;
    this.#run = init.run;
    this.#sharedRemainingMs = init.remainingMs;
    this.#callerSignal = init.signal;
    this.#parentSignal = init.parentSignal;
    this.#first = new LiveAttempt(
      this,
      1,
      init.startedAtMs,
      init.lane,
      queued && { waitedMs: monotonicMs() - init.startedAtMs },
    );
    this.#attempts = [this.#first];
  }

  get id(): string {
    return this.hooks.callId(this.serial);
  }

  get operation(): string {
    return this.lane.operation;
  }

  get attempts(): readonly LiveAttempt[] {
    return this.#attempts;
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  get skippedTargets(): readonly SkippedTarget[] {
    return this.#skippedTargets ?? NONE;
  }

  get retryForbidden(): boolean {
    return this.#retryForbidden;
  }

  /** The attempt that returned its value before its outcome was known. */
  get streaming(): LiveAttempt | undefined {
    if (this.#attempts.length === 1) return this.#first.gaveValueEarly ? this.#first : undefined;
    if (this.#valueOf !== undefined) return this.#valueOf.gaveValueEarly ? this.#valueOf : undefined;
    return this.#attempts.findLast(({ gaveValueEarly }) => gaveValueEarly);
  }

  /** The attempt that the value of the call comes from, or else the last one. */
  get decisive(): LiveAttempt {
    if (this.#attempts.length === 1) return this.#first;
    return this.#valueOf ?? this.#attempts.findLast(({ outcome }) => outcome?.status === 'success') ?? this.#last;
  }

  remainingMs(): number {
    if (this.deadlineMs === undefined) return this.#sharedRemainingMs?.() ?? Number.POSITIVE_INFINITY;
    return Math.max(0, this.startedAtMs + this.deadlineMs - monotonicMs());
  }

  forbidRetry(): void {
    this.#retryForbidden = true;
  }

  /** Starts the first attempt now, later than the call: a listener ran in between. */
  delayStart(): void {
    this.#first.delayStart();
  }

  /**
   * Runs the stages, unless the caller's signal has already aborted, and subscribes to that signal. Throws if the stack
   * overflows or subscribing fails; then {@link fail} ends what has begun.
   */
  start(links: SignalLinks): Promise<unknown> {
    if (this.#callerSignal !== undefined) this.#link(this.#callerSignal, links);
    if (this.#parentSignal !== undefined) this.#link(this.#parentSignal, links);
    return this.#interruption === undefined ? this.#run(this.#first) : rejectLater(this.#interruption.error);
  }

  /** Ends every attempt in progress with the error that {@link start} threw. */
  fail(error: unknown): void {
    for (const attempt of this.#attempts) attempt.fail(error);
  }

  interrupt(interruption: Interruption): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = interruption;
    for (const attempt of this.#attempts) attempt.end(interruption);
  }

  nextAttempt(init: AttemptInit = {}): LiveAttempt {
    const { lane = this.lane } = init;
    if (lane !== this.lane) lane.enter();
    const attempt = new LiveAttempt(this, this.#attempts.length + 1, monotonicMs(), lane, init);
    this.#attempts.push(attempt);
    // An interruption between two attempts had no attempt to end.
    if (this.#interruption !== undefined) attempt.end(this.#interruption);
    return attempt;
  }

  takeValueOf(attempt: StageAttempt): void {
    this.#valueOf = this.#attempts.find((each) => each === attempt);
  }

  giveUp(error: unknown, stopReason: StopReason, stopRule: StopRule, failure: Failure): void {
    this.#endings ??= new Map();
    this.#endings.set(error, { stopReason, stopRule, failure });
  }

  skipTarget(skipped: SkippedTarget): void {
    this.#skippedTargets ??= [];
    this.#skippedTargets.push(skipped);
  }

  /** The attempt that ended with this error, or else the last one. */
  attemptOf(error: unknown): LiveAttempt {
    return this.#attempts.findLast((each) => each.endedWith(error)) ?? this.#last;
  }

  /** Why it ended with this error: by the rule that a stage named, or else by how the attempt with this error ended. */
  ending(error: unknown): CallEnding {
    const known = this.#endings?.get(error);
    if (known !== undefined) return known;
    const attempt = this.attemptOf(error);
    const { rejectedBy, interruption } = attempt;
    const stopRule = undefined;
    if (rejectedBy !== undefined) return { stopReason: rejectedBy, stopRule, failure: undefined };
    const failure = attempt.failureOf(error);
    if (interruption?.by === 'deadline') return { stopReason: 'deadline', stopRule, failure };
    if (interruption?.by === 'caller' || failure.kind === 'cancelled') {
      return { stopReason: 'cancelled', stopRule, failure };
    }
    return { stopReason: failure.retry === 'never' ? 'not_retryable' : 'attempts_exhausted', stopRule, failure };
  }

  /**
   * Releases the links to signals, and the lanes that the call moved to. If its value is a stream, the function's signal
   * still follows those of the caller, so that an abort of the caller stops the upstream.
   *
   * @param source the call whose function the value comes from. Default: this one.
   */
  release(links: SignalLinks, nowMs: number, value?: unknown, source: LiveCall = this): void {
    const onAbort = this.#onAbort;
    if (onAbort !== undefined) {
      // `undefined` if the function has not read its signal.
      const abort = isStream(value) ? source.decisive.abortSignal : undefined;
      for (const signal of [this.#callerSignal, this.#parentSignal]) {
        if (signal === undefined) continue;
        if (abort !== undefined && isStream(value)) links.linkWhileAlive(value, signal, abort);
        links.unlink(signal, onAbort);
      }
    }
    for (const attempt of this.#attempts) {
      attempt.drop();
      if (attempt.lane !== this.lane) attempt.lane.leave(nowMs);
    }
  }

  get #last(): LiveAttempt {
    return this.#attempts.at(-1) ?? this.#first;
  }

  #link(signal: AbortSignal, links: SignalLinks): void {
    this.#onAbort ??= (reason) => this.interrupt({ by: 'caller', error: reason });
    if (signal.aborted) this.#onAbort(signal.reason);
    else links.link(signal, this.#onAbort);
  }
}
