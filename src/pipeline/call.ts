/** The argument of a protected function. */
export interface Call {
  /** The same in every event of the call and in `explain(error)`. */
  readonly id: string;
  /** The operation's name. */
  readonly operation: string;
  /** What tells apart upstreams of one operation, such as a model, a tenant or a region. */
  readonly key: string | undefined;
  /** The upstream that this attempt goes to, if the operation has several; `undefined` otherwise. */
  readonly target: CallTarget | undefined;
  /** The number of this attempt, from 1. */
  readonly attempt: number;
  /**
   * Aborts when the caller's signal does, at the deadline, when this attempt times out, and when another attempt of the call
   * was faster. Its reason is then that of the caller, a `TimeoutError` or an `AbortError`. The latter two are a DOMException
   * with the holdfast error as its `cause`, which SDKs recognise. Created when first read: a call that never reads it has no
   * cost. If the value of the call is a stream, it still follows the caller's signal for as long as the stream is in use; the
   * deadline and the attempt timeout have ended with the call.
   */
  readonly signal: AbortSignal;
  /** Values that travel with the call: those of the `context` hook, overlaid with the call's own. */
  readonly context: Readonly<Record<string, unknown>>;
  /** Milliseconds left until the deadline, never negative; `Infinity` without a deadline. */
  remainingMs(): number;
  /**
   * Forbids further attempts of this call, whatever its error: for a function that knows that another attempt would do
   * harm or cannot help. Attempts in progress continue.
   */
  noRetry(): void;
  /**
   * Reports what this attempt consumed in total, for `pacing`, adaptive limits and hedging. Missing numbers are unknown.
   * A later report replaces the numbers that it contains, as those of a stream that counts up.
   */
  settleUsage(usage: Usage): void;
}

/** What an attempt consumed. */
export interface Usage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** What each attempt of a call will probably consume. Numbers that are missing are estimated from earlier attempts. */
export interface UsageEstimate {
  readonly inputTokens?: number | undefined;
  readonly outputTokens?: number | undefined;
}

/** One of several upstreams of an operation. */
export interface CallTarget {
  readonly name: string;
  /** The name of the key to use, if the target has several; `undefined` otherwise. */
  readonly key: string | undefined;
  /** Changes the input of a call for this target, if it needs that. */
  readonly prepare?: PrepareInput | undefined;
}

/**
 * Returns what a target is sent instead of `input`: the JSON of a request, as an object of its own, or the options of a model.
 */
export type PrepareInput = (input: Record<string, unknown>, target: CallTarget) => unknown;

/** A target that a call passed over, and why. */
export interface SkippedTarget {
  readonly target: string;
  /** The name of the target's key, if it has several. */
  readonly key: string | undefined;
  /** `breaker_open` or `quota_held`, or else the reason that `accepts` gave. */
  readonly reason: string;
}

/** Why an attempt ended before its function had settled. */
export type Interruption =
  | { readonly by: 'caller'; readonly error: unknown }
  /** `superseded`: another attempt of the same call made this one redundant. */
  | { readonly by: 'deadline' | 'attempt_timeout' | 'superseded'; readonly error: Error };
