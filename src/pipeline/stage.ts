import type { Call, CallTarget, Interruption, SkippedTarget, Usage, UsageEstimate } from './call.js';
import type { Failure } from './failure.js';
import type { StopReason, StopRule } from './stop.js';

/** Runs an attempt and returns its value. Never throws: errors reject the promise. */
export type Run = (attempt: StageAttempt) => Promise<unknown>;

/**
 * Wraps a run in one concern. A factory creates a stage once per operation and configuration, and closes over its
 * settings and state, so that it can be read, tested and reordered alone. State of one call is in the call.
 */
export type Stage = (next: Run) => Run;

/** A stage, or nothing if a setting disabled it. */
export type OptionalStage = Stage | false | undefined;

/** Wraps `innermost` in the stages, the first one outermost. Skips absent stages. */
export function compose(stages: readonly OptionalStage[], innermost: Run): Run {
  return stages.reduceRight<Run>((next, stage) => (stage ? stage(next) : next), innermost);
}

/** Where an attempt runs. The state of the upstream (breaker, quota, counters) is kept per lane. */
export interface Lane {
  readonly operation: string;
  readonly key: string | undefined;
  /** Called before an attempt runs here: the lane's state must be kept until {@link leave}. */
  enter(): void;
  /** Called once between the two, when the attempt has ended: the call that it belongs to may take much longer. */
  rest(): void;
  /** @param nowMs by the monotonic clock. */
  leave(nowMs: number): void;
}

/**
 * How an attempt ended. A plain value and its outcome arrive together; a stream is returned early, and its outcome
 * is known at its end.
 */
export type AttemptOutcome =
  | { readonly status: 'success' }
  /** The function failed, or the attempt was interrupted. */
  | { readonly status: 'failure'; readonly error: unknown }
  /** A stage rejected the attempt: the function was not called. */
  | { readonly status: 'rejected'; readonly error: unknown }
  /** Neither a success nor a failure of the upstream, such as a stream that its consumer left. */
  | { readonly status: 'ignored' };

/** Settles a deferred outcome. Only the first call has an effect. */
export interface DeferredOutcome {
  succeed(): void;
  fail(error: unknown): void;
  ignore(): void;
}

/** What an attempt observed of the upstream. */
export interface Observation {
  /** Response headers, whatever the status. */
  readonly headers?: HeaderSource;
  readonly usage?: Usage;
  /** How long the first content of a stream took, in milliseconds. */
  readonly firstContentMs?: number;
}

/** The time limits of a stream, in milliseconds; `false`: no limit. */
export interface StreamLimits {
  /** From the start of the attempt to the first content. */
  readonly firstContentMs: number | false;
  /** Between two events with content. */
  readonly idleMs: number | false;
  /** From the start of the attempt to the end. */
  readonly totalMs: number | false;
}

/** How the stream that is the value of a call is opened. */
export interface StreamOpening {
  /** Calls the function, and resolves to the guarded stream when it has its first content. */
  open(attempt: StageAttempt, work: (call: Call) => unknown, watch: StreamWatch): Promise<unknown>;
}

/** How a stream is watched while it is open. */
export interface StreamWatch {
  readonly limits: StreamLimits;
  /** Called with the error that ends the stream, before the attempt has its outcome. */
  onFailure(attempt: StageAttempt, error: unknown): void;
  /** Called with the first error of the dialect for a stream: the event that it could not read is content. */
  onDialectFailed(attempt: StageAttempt, error: unknown): void;
}

/** Headers as `fetch` has them, or as a plain object with names in lower case. */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** Which of several waiting calls is served first, and shed last. */
export type Priority = 'high' | 'normal' | 'low';

/** The wait of a call for its first permit, before the call was built. Its first attempt goes on where the wait ended. */
export interface QueuedStart {
  /** Runs the first attempt, unless the wait ended in vain: then ends it. */
  resume(attempt: StageAttempt, next: Run): Promise<unknown>;
}

/** A whole call, as the stages see it. */
export interface StageCall {
  readonly id: string;
  readonly operation: string;
  /** The lane that the call started in; an attempt may run in another one. */
  readonly lane: Lane;
  /** When the call started, by the monotonic clock. */
  readonly startedAtMs: number;
  /** How long the call may take in total; `undefined`: no limit. */
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  /** Whether the upstream may execute the request twice. */
  readonly idempotent: boolean;
  /** Whether the function can run again at all: a stream that has been read cannot be sent once more. */
  readonly replayable: boolean;
  /** Which of several waiting calls is served first. */
  readonly priority: Priority;
  /** What each attempt will probably consume; `undefined`: not given. */
  readonly estimate: UsageEstimate | undefined;
  /** Present if its value is a guarded stream: the limits of the call end with its first content. */
  readonly stream: StreamOpening | undefined;
  /** Present if it waited for its first permit before it was built. */
  readonly queued: QueuedStart | undefined;
  /** Whether the function has forbidden further attempts. */
  readonly retryForbidden: boolean;
  /** What ended the whole call; `undefined` while it is in progress. */
  readonly interruption: Interruption | undefined;
  /** The targets that it passed over so far, in order. */
  readonly skippedTargets: readonly SkippedTarget[];
  /** Every attempt so far, in the order of their creation. */
  readonly attempts: readonly StageAttempt[];
  remainingMs(): number;
  forbidRetry(): void;
  /** Ends the whole call: every attempt in progress. */
  interrupt(interruption: Interruption): void;
  /** Creates another attempt, which may run beside those in progress. */
  nextAttempt(init?: AttemptInit): StageAttempt;
  /** Records which attempt the value of the call comes from, where several ran at once: all others have lost. */
  takeValueOf(attempt: StageAttempt): void;
  /** Records why no attempt follows an error, for the case that the call ends with it. */
  giveUp(error: unknown, reason: StopReason, rule: StopRule, failure: Failure): void;
  /** Records a target that the call passed over. */
  skipTarget(skipped: SkippedTarget): void;
}

/** How an attempt differs from the first one. */
export interface AttemptInit {
  /** How long it has waited already, in milliseconds. Default 0. */
  readonly waitedMs?: number;
  /** When it must have started at the latest, by the monotonic clock. Default `Infinity`. */
  readonly mustStartByMs?: number;
  /** Where it runs. Default: the lane of the call. */
  readonly lane?: Lane;
  /** The target that it goes to. Several may share a lane, so that this does not follow from it. Default: none. */
  readonly target?: CallTarget | undefined;
  /** See {@link StageAttempt.patienceMs}. Default: `Infinity`. */
  readonly patienceMs?: (() => number) | undefined;
  /** Whether it runs beside another attempt that takes long, rather than after one that failed. Default `false`. */
  readonly isHedge?: boolean;
}

/** One attempt, as the stages see it. The same object is passed to the function as its {@link Call}. */
export interface StageAttempt extends Call {
  readonly call: StageCall;
  readonly lane: Lane;
  /** When it started, after its waits, by the monotonic clock. */
  readonly startedAtMs: number;
  /** When it ended, by the monotonic clock; `undefined` while in progress, and if the only attempt of a call succeeded. */
  readonly endedAtMs: number | undefined;
  /** When it must have started at the latest, by the monotonic clock. */
  readonly mustStartByMs: number;
  /** Whether it runs beside another attempt that takes long, rather than after one that failed. */
  readonly isHedge: boolean;
  /** What it reported to have consumed; the latest number of each kind. */
  readonly usage: Usage | undefined;
  /** Set when a stage rejected it. */
  readonly rejectedBy: StopReason | undefined;
  /** Whether the function has been called. */
  readonly invoked: boolean;
  /** Whether the function is running, also after the attempt was given up. */
  readonly isRunning: boolean;
  /** What ended it before its function had settled. */
  readonly interruption: Interruption | undefined;
  /** Starts it now: called after code that may take long, such as a listener. */
  delayStart(): void;
  /** Changes where it runs, its target, and how long it waits there; only before the function is called. */
  moveTo(lane: Lane, init?: Pick<AttemptInit, 'target' | 'patienceMs'>): void;
  /**
   * How long it should wait in its lane at most, in milliseconds: a short time if it could run in another lane at once,
   * and otherwise `Infinity`.
   */
  patienceMs(): number;
  /** Aborts its signal after its end; `undefined` if the function has not read the signal. */
  readonly abortSignal: ((reason: unknown) => void) | undefined;
  /**
   * Calls the function, and settles with it or with the interruption, whichever comes first.
   *
   * @param wrap returns what is called instead.
   */
  invoke(wrap?: (work: (call: Call) => unknown) => (call: Call) => unknown): Promise<unknown>;
  /** Ends it without calling the function. Returns what the stage must return. */
  reject(reason: StopReason, error: Error): Promise<never>;
  /**
   * Ends it now: {@link invoke} rejects with the interruption's error, then the signal aborts. A caller's abort and the
   * deadline end the whole call. Only the first interruption has an effect.
   */
  interrupt(interruption: Interruption): void;
  /**
   * Waits before the function is called. Rejects with the interruption's error if the attempt is interrupted meanwhile,
   * at the deadline at the latest.
   */
  pause(waitMs: number): Promise<void>;
  /**
   * The same, for at most `maxWaitMs`, or until `wake` is called, which `begin` is given at once.
   */
  wait(maxWaitMs: number, begin: (wake: () => void) => void): Promise<void>;
  /** What an error of this call means. Classified once. */
  failureOf(error: unknown): Failure;
  /**
   * Calls `listener` once, when the attempt has ended and before its value reaches the caller. Listeners run from the
   * innermost stage to the outermost; they must not throw. An attempt that has ended already calls it at once.
   */
  onOutcome(listener: (outcome: AttemptOutcome) => void): void;
  /**
   * Calls `listener` once, when the outcome is known and the function, if it was called, has settled: that may be long after
   * an interruption.
   */
  onEnded(listener: () => void): void;
  /** Lets the value precede the outcome: the attempt stays in progress until the returned object is settled. */
  deferOutcome(): DeferredOutcome;
  /** Reports what the attempt observed of the upstream. */
  observe(observation: Observation): void;
  /** Calls `listener` at each {@link observe}; it must not throw. */
  onObservation(listener: (observation: Observation) => void): void;
}

/** The functions that the creator of a call provides for its attempts. */
export interface CallHooks {
  /** Returns the id for a serial number; called only when the id is read. */
  callId(serial: number): string;
  /** What an error of this attempt means. Never throws. */
  classify(error: unknown, attempt: StageAttempt): Failure;
  /** Called before the function. */
  attemptStarted?(attempt: StageAttempt): void;
  /** Called after the function failed or was interrupted. */
  attemptFailed?(attempt: StageAttempt, error: unknown): void;
  /** Called when an interrupted function settles after all. */
  attemptAbandoned?(attempt: StageAttempt, outcome: 'success' | 'failure'): void;
  /** Opens the scope that the function runs in; `undefined`: none. */
  openScope?(call: Call): CallScope | undefined;
}

/** The scope that the function of one attempt runs in. */
export interface CallScope {
  /** Calls the function. */
  run(work: (call: Call) => unknown, call: Call): unknown;
  /** Called when the function has settled. */
  close(): void;
}
