import type { Call, CallTarget, Interruption } from './call.js';
import type { Failure } from './failure.js';
import type { StopReason, StopRule } from './stop.js';

/** Carries an attempt to its value. Never throws: what goes wrong is in the promise. */
export type Run = (attempt: StageAttempt) => Promise<unknown>;

/**
 * Wraps a run in one concern. A stage is made once per operation and configuration by a factory that closes over its
 * settings and its state, so it can be read, tested and reordered alone; whatever belongs to one call is in the call.
 */
export type Stage = (next: Run) => Run;

/** A stage, or nothing where a setting disabled it. */
export type OptionalStage = Stage | false | undefined;

/** Wraps `innermost` in the stages, the first one outermost. Absent stages are not in the chain at all. */
export function compose(stages: readonly OptionalStage[], innermost: Run): Run {
  return stages.reduceRight<Run>((next, stage) => (stage ? stage(next) : next), innermost);
}

/** Where an attempt runs. What is known of the upstream (breaker, quota, counters) is kept per lane. */
export interface Lane {
  readonly operation: string;
  readonly key: string | undefined;
  readonly target: CallTarget | undefined;
  /** An attempt will run here: the lane's state must be kept until {@link leave}. */
  enter(): void;
  /** @param nowMs by the monotonic clock. */
  leave(nowMs: number): void;
}

/**
 * How an attempt ended. For a plain answer the outcome comes with the value; for a stream the value is there early and
 * the outcome at its end.
 */
export type AttemptOutcome =
  | { readonly status: 'success' }
  /** The function failed, or the attempt was interrupted. */
  | { readonly status: 'failure'; readonly error: unknown }
  /** A stage rejected the attempt: the function was not called. */
  | { readonly status: 'rejected'; readonly error: unknown }
  /** It says nothing about the upstream, such as a stream that its consumer left. */
  | { readonly status: 'ignored' };

/** Settles an outcome that was deferred. The first call counts. */
export interface DeferredOutcome {
  succeed(): void;
  fail(error: unknown): void;
  ignore(): void;
}

/** What was seen of the upstream while an attempt was under way. */
export interface Observation {
  /** Headers of an answer, whatever its status. */
  readonly headers?: HeaderSource;
  readonly usage?: Usage;
}

/** Headers as `fetch` has them, or as a plain object with names in lower case. */
export type HeaderSource =
  | { get(name: string): string | null }
  | Readonly<Record<string, string | readonly string[] | undefined>>;

/** What an attempt consumed. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** A whole call, as the stages see it. */
export interface StageCall {
  readonly id: string;
  readonly operation: string;
  /** The lane that the call entered by; an attempt may run in another one. */
  readonly lane: Lane;
  /** When the call started, by the monotonic clock. */
  readonly startedAtMs: number;
  /** How long the call may take in all; `undefined`: there is no limit. */
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  /** Whether the upstream may be asked to do the same twice. */
  readonly idempotent: boolean;
  /** Whether the function can run again at all: a stream that has been read cannot be sent once more. */
  readonly replayable: boolean;
  /** Whether the function has forbidden further attempts. */
  readonly retryForbidden: boolean;
  /** Every attempt so far, in the order in which they were made. */
  readonly attempts: readonly StageAttempt[];
  remainingMs(): number;
  forbidRetry(): void;
  /** Ends the whole call: every attempt that is under way. */
  interrupt(interruption: Interruption): void;
  /** Makes another attempt, which may run beside those under way. */
  nextAttempt(init?: AttemptInit): StageAttempt;
  /** Notes why there is no further attempt, and the meaning of the error that the call ends with. */
  giveUp(reason: StopReason, rule: StopRule, failure: Failure): void;
}

/** How an attempt differs from the first one. */
export interface AttemptInit {
  /** When it must have started at the latest, by the monotonic clock. Default `Infinity`. */
  readonly mustStartByMs?: number;
  /** Where it runs. Default: the lane of the call. */
  readonly lane?: Lane;
}

/** One attempt, as the stages see it. The function is given the same object as its {@link Call}. */
export interface StageAttempt extends Call {
  readonly call: StageCall;
  readonly lane: Lane;
  /** When it started, its waiting done, by the monotonic clock. */
  readonly startedAtMs: number;
  /** When it ended, by the monotonic clock; `undefined` while it is under way, and if the only attempt of a call succeeded. */
  readonly endedAtMs: number | undefined;
  /** When it must have started at the latest, by the monotonic clock. */
  readonly mustStartByMs: number;
  /** Set when a stage rejected it. */
  readonly rejectedBy: StopReason | undefined;
  /** Whether the function has been called. */
  readonly invoked: boolean;
  /** What ended it before its function had settled. */
  readonly interruption: Interruption | undefined;
  /** It starts now: something that may take long, such as a listener, was called since it started. */
  delayStart(): void;
  /** Changes where it runs; only before the function is called. */
  moveTo(lane: Lane): void;
  /** Calls the function, and settles with it or with the interruption, whichever comes first. */
  invoke(): Promise<unknown>;
  /** Ends it without calling the function. Returns what the stage must return. */
  reject(reason: StopReason, error: Error): Promise<never>;
  /**
   * Ends it now: {@link invoke} rejects with the interruption's error, then the signal aborts. A caller's abort and the
   * deadline end the whole call. The first interruption counts.
   */
  interrupt(interruption: Interruption): void;
  /**
   * Waits before the function is called. Rejects with the interruption's error when the attempt is interrupted meanwhile,
   * which happens at the deadline at the latest.
   */
  pause(waitMs: number): Promise<void>;
  /** What an error of this call means. Classified once. */
  failureOf(error: unknown): Failure;
  /**
   * Calls `listener` once, when the attempt has ended and before its value reaches the caller. Listeners run from the
   * innermost stage to the outermost; they must not throw. An attempt that has ended already calls it at once.
   */
  onOutcome(listener: (outcome: AttemptOutcome) => void): void;
  /** The value will come before the outcome is known: until the returned object is settled, the attempt is under way. */
  deferOutcome(): DeferredOutcome;
  /** Reports what was seen of the upstream. */
  observe(observation: Observation): void;
  /** Calls `listener` at each {@link observe}; it must not throw. */
  onObservation(listener: (observation: Observation) => void): void;
}

/** What the maker of a call does for its attempts. */
export interface CallHooks {
  /** The id that belongs to a serial number; only asked when it is read. */
  callId(serial: number): string;
  /** What an error of this attempt means. Never throws. */
  classify(error: unknown, attempt: StageAttempt): Failure;
  /** The function is about to be called. */
  attemptStarted?(attempt: StageAttempt): void;
  /** The function failed, or was interrupted. */
  attemptFailed?(attempt: StageAttempt, error: unknown): void;
  /** A function that had been interrupted has settled after all. */
  attemptAbandoned?(attempt: StageAttempt, outcome: 'success' | 'failure'): void;
  /** Opens what the function runs in; `undefined`: it is called as it is. */
  openScope?(call: Call): CallScope | undefined;
}

/** What the function of one attempt runs in. */
export interface CallScope {
  /** Calls the function. */
  run(work: (call: Call) => unknown, call: Call): unknown;
  /** The function has settled. */
  close(): void;
}
