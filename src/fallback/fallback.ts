import type { Call, Failure, FailureKind, StopReason } from '../pipeline/index.js';

/** What a step of a fallback can be limited to: a kind of failure, or what ended the call. */
export type FallbackCondition =
  | Exclude<FailureKind, 'cancelled'>
  | Exclude<StopReason, 'success' | 'cancelled' | 'closed'>;

/** Why the call that a fallback answers has failed. */
export interface FallbackCause {
  readonly error: unknown;
  /** What the error means; `undefined` if a stage rejected the call. */
  readonly failure: Failure | undefined;
  /** What ended the call. */
  readonly stopReason: StopReason;
}

/**
 * Answers a call that has failed. `call` has the signal, the context and the remaining time of that call. A function that
 * ignores its signal is left at the deadline.
 */
export interface FallbackFunction<out T> {
  (failure: FallbackCause, call: Call): T | PromiseLike<T>;
  /** Never exists at run time: it lets the compiler tell a function from an {@link OperationStep}. */
  readonly operation?: undefined;
}

/** Which failures a step answers. */
interface Conditional {
  /** The kinds of failure and stop reasons that the step is for. Default: all. */
  readonly on?: readonly FallbackCondition[] | undefined;
}

/** A fixed value. */
export interface ValueStep<out T> extends Conditional {
  readonly value: T;
  readonly lastGood?: undefined;
  readonly run?: undefined;
  readonly operation?: undefined;
}

/** How the last value of a successful call is kept. */
export interface LastGood {
  /**
   * Tells calls apart whose answers differ, such as a hash of the prompt: an answer to another prompt would be wrong. At
   * most 10,000 characters. `undefined`: nothing is kept for this call.
   */
  readonly key: string | ((call: Call) => string | undefined);
  /** How long a value is kept, in milliseconds. Default 3 600 000, an hour. */
  readonly ttlMs?: number | undefined;
  /** How many values of the operation are kept, the most recently used ones. Default 1 000. */
  readonly maxEntries?: number | undefined;
}

/**
 * The last value of a successful call with the same key, by reference. Values are kept by operation, and by the `key` of the
 * call besides; streams are not kept.
 */
export interface LastGoodStep extends Conditional {
  readonly lastGood: LastGood;
  readonly value?: undefined;
  readonly run?: undefined;
  readonly operation?: undefined;
}

/** A function, with conditions. Written in an array of steps, the compiler knows the types of its parameters. */
export interface FunctionStep<out T> extends Conditional {
  readonly run: FallbackFunction<T>;
  readonly value?: undefined;
  readonly lastGood?: undefined;
  readonly operation?: undefined;
}

/** A nested call of another operation, with that one's protection. */
export interface OperationStep<out T> extends Conditional {
  readonly operation: string;
  /**
   * Default: the function of the failed call, unless that call is not `replayable`, or not `idempotent` and may have been
   * executed.
   */
  readonly run?: ((call: Call, failure: FallbackCause) => T | PromiseLike<T>) | undefined;
  readonly value?: undefined;
  readonly lastGood?: undefined;
}

/** One step of a fallback. */
export type FallbackStep<T> = ValueStep<T> | LastGoodStep | FunctionStep<T> | OperationStep<T> | FallbackFunction<T>;

/** Steps, and their share of the deadline. */
export interface FallbackChain<out T> {
  readonly steps: readonly FallbackStep<T>[];
  /**
   * The share of the deadline that is kept for the fallback, 0 to 0.9: the attempts of the call end that much earlier.
   * Default 0.2 if a step runs code, else 0.
   */
  readonly deadlineShare?: number | undefined;
  readonly operation?: undefined;
}

/**
 * What answers a call that has failed: the first of its steps that gives a value.
 *
 * @typeParam T the type of the value.
 *
 * @example
 * ```ts
 * const reply = await resilience.execute('chat', ask, {
 *   fallback: [{ lastGood: { key: question } }, { value: 'Please try again later.' }],
 * });
 * ```
 */
export type Fallback<T = unknown> =
  | FallbackStep<T>
  | (readonly FallbackStep<T>[] & { readonly operation?: undefined })
  | FallbackChain<T>;

/** Which step of a fallback gave the value. */
export interface FallbackUse {
  readonly step: 'value' | 'last_good' | 'function' | 'operation';
  /** Its place among the steps, from 0. */
  readonly index: number;
  /** The operation that answered, if the step names one. */
  readonly operation?: string;
}
