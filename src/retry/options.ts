import { readOnce } from '../input/index.js';
import type { FailureKind } from '../pipeline/index.js';
import type { BackoffStrategy } from './backoff.js';
import type { Jitter } from './jitter.js';

/** The kinds that can be retried. A cancelled call has nobody left to retry it for. */
export type RetryableKind = Exclude<FailureKind, 'cancelled'>;

/**
 * How often to try, and how long to wait between. What is not given makes room for what is: `maxDelayMs: 1000` alone
 * lowers the default of `minDelayMs` to 1000.
 */
export interface KindSettings {
  /** Attempts of a call in all, the first one and those that failed otherwise included. 1: no retries. Default 3. */
  readonly maxAttempts?: number | undefined;
  /** How the wait grows from one retry to the next. Default `exponential`. */
  readonly strategy?: BackoffStrategy | undefined;
  /**
   * The shortest wait before jitter, and what the strategy begins with, in milliseconds. Default 2 000. The default of
   * kind `overloaded` is twice that of the others.
   */
  readonly minDelayMs?: number | undefined;
  /** The longest wait with jitter, in milliseconds. Only what the callee asked for may be longer. Default 10 000. */
  readonly maxDelayMs?: number | undefined;
  /** Scales every wait, from above 0 to 1 000; it is not the growth, which is the strategy's. Default 1. */
  readonly multiplier?: number | undefined;
  /**
   * How chance spreads the waits. Default `equal`: `full` has many retries come after a moment, in which no quota and
   * no crowded model recovers, and attempts are few and dear; half of the wait keeps callers apart as well.
   */
  readonly jitter?: Jitter | undefined;
  /**
   * The most that `additive` jitter adds, and the most by which a wait that the callee asked for is lengthened, in
   * milliseconds. Default 2 000.
   */
  readonly jitterMaxMs?: number | undefined;
}

/** How retries are paid for. */
export interface BudgetSettings {
  /** Retries that each success pays for, 0 to 1. Default 0.2. */
  readonly ratio?: number | undefined;
  /** Retries a second that are free, so that a quiet service can retry. Default 5. */
  readonly floorPerSecond?: number | undefined;
  /** Retries that can be saved up, from 1. Default what the floor gives in two seconds, and 10 at least. */
  readonly burst?: number | undefined;
}

/** Retries that can stand in a config: plain data, every part optional. */
export interface RetrySettings extends KindSettings {
  /**
   * No retry begins later than this after its call began, in milliseconds; `false`: as late as its deadline allows.
   * Default 30 000, or three of the longest waits (`maxDelayMs`, those in `kinds` included) where that is more.
   */
  readonly maxElapsedMs?: number | false | undefined;
  /**
   * What is different for a kind of failure; what its settings leave out is as it stands here. `false`: never retry it.
   * `true`, or settings: retry it, also when it is none of those that are retried by themselves (`timeout`,
   * `overloaded`, `rate_limited`, `network`, `server_error`). One of these that the callee forbids to retry never is.
   */
  readonly kinds?: Readonly<Partial<Record<RetryableKind, KindSettings | boolean | undefined>>> | undefined;
  /** What bounds the retries of all calls together; `false`: nothing does. */
  readonly budget?: BudgetSettings | false | undefined;
}

/** A copy of settings, read once: see {@link readOnce}. */
export function readRetrySettings<S extends RetrySettings>(path: string, given: S): S {
  return readOnce(path, given, (own) => {
    const { kinds, budget } = own;
    return {
      ...own,
      ...(kinds === undefined ? {} : { kinds: readOnce(`${path}.kinds`, kinds, (each) => readKinds(path, each)) }),
      ...(budget === undefined || budget === false ? {} : { budget: readOnce(`${path}.budget`, budget) }),
    };
  });
}

type Kinds = NonNullable<RetrySettings['kinds']>;

function readKinds(path: string, kinds: Kinds): Kinds {
  const entries = Object.entries(kinds);
  return Object.fromEntries(entries.map(([kind, given]) => [kind, readOnce(`${path}.kinds.${kind}`, given)]));
}
