import type { Failure, FailureKind } from '../pipeline/index.js';
import type { ErrorFacts } from './error-facts.js';

/** What an error must be like, as data. All parts that are given must fit, each on any error of the chain of causes. */
export interface Matcher {
  /** The HTTP status, or several that will do. */
  readonly status?: number | readonly number[] | undefined;
  /** A code, exactly as it is written, or several that will do. */
  readonly code?: string | readonly string[] | undefined;
  /** A type, exactly as it is written, or several that will do. */
  readonly type?: string | readonly string[] | undefined;
  /** The name of the error or of its class, or several that will do. */
  readonly name?: string | readonly string[] | undefined;
  /** A part of a message or of a text in the body, in any case; or what it must match. */
  readonly message?: string | RegExp | undefined;
  /** Who failed, or several that will do: see `Failure.provider`. */
  readonly provider?: string | readonly string[] | undefined;
}

/** What an error is; what is not given is as usual for the kind. */
export interface Judgement {
  readonly kind: FailureKind;
  /** Whether the same request may succeed when it is sent again. */
  readonly retry?: Failure['retry'] | undefined;
  /** Whether a breaker counts it. */
  readonly breaker?: Failure['breaker'] | undefined;
  /** Whether another target may succeed where this one failed. */
  readonly failover?: boolean | undefined;
  /** How long to leave the callee alone, in milliseconds, above 0 to a year. Default: what the callee asked for. */
  readonly retryAfterMs?: number | undefined;
}

/** A rule of the user's: it comes before all that is built in, and the first that fits decides. */
export interface ClassifyRule {
  /** Shown when the rule fails. */
  readonly name?: string | undefined;
  /** Which errors are meant. A function must answer `true` or `false` at once; one that throws is passed over. */
  readonly when: Matcher | ((facts: ErrorFacts, error: unknown) => boolean);
  /** What they are. */
  readonly means: FailureKind | Judgement;
}
