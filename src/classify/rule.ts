import type { Failure, FailureKind } from '../pipeline/index.js';

/**
 * What is known of an error and everything behind it (`cause`, `errors[]`, `lastError`), outermost first.
 *
 * @example
 * ```ts
 * const trialAccount: ClassifyRule = {
 *   when: (facts) => facts.status === 429 && facts.header('x-plan') === 'trial',
 *   means: 'quota_exhausted',
 * };
 * ```
 */
export interface ErrorFacts {
  /** The HTTP status of the first error that has one. */
  readonly status: number | undefined;
  /** Every code, those in bodies included. */
  readonly codes: readonly string[];
  /** Every type, those in bodies included. */
  readonly types: readonly string[];
  /** The names of the errors, and of their classes where these differ. */
  readonly names: readonly string[];
  /** Messages, and the texts of bodies. */
  readonly messages: readonly string[];
  /** The provider that failed, if known: see `Failure.provider`. */
  readonly provider: string | undefined;
  /** The provider's ID of the request. */
  readonly requestId: string | undefined;
  /** The body of the first response that has one, parsed if it is JSON. */
  readonly body: unknown;
  /** Returns a header of the first response that has headers, by its name in any case. */
  readonly header: (name: string) => string | undefined;
}

/**
 * Describes errors as data. All given parts must match, each on any error of the chain of causes. A list matches if any of
 * its values does.
 *
 * @example
 * ```ts
 * const maintenance: Matcher = { status: [500, 502], message: 'maintenance' };
 * ```
 */
export interface Matcher {
  /** The HTTP status. */
  readonly status?: number | readonly number[] | undefined;
  /** A code, exactly as written. */
  readonly code?: string | readonly string[] | undefined;
  /** A type, exactly as written. */
  readonly type?: string | readonly string[] | undefined;
  /** The name of the error or of its class. */
  readonly name?: string | readonly string[] | undefined;
  /** A part of a message or of a text in the body, in any case, or an expression that finds it. */
  readonly message?: string | RegExp | undefined;
  /** The provider that failed: see `Failure.provider`. */
  readonly provider?: string | readonly string[] | undefined;
}

/** The result of a rule. Omitted fields follow from the kind. */
export interface RuleResult {
  readonly kind: FailureKind;
  /** Whether the same request may succeed when it is sent again. `never` is final: `retry.kinds` does not overrule it. */
  readonly retry?: Failure['retry'] | undefined;
  /** Whether a breaker counts it. */
  readonly breaker?: Failure['breaker'] | undefined;
  /** Whether another target may succeed where this one failed. */
  readonly failover?: boolean | undefined;
  /** How long to wait before the provider is called again, in ms, above 0 and at most a year. Default: the provider's hint. */
  readonly retryAfterMs?: number | undefined;
}

/**
 * A classification rule of the application. Rules are tried in order, before the built-in classification; the first that
 * matches decides.
 *
 * @example
 * ```ts
 * const rules: ClassifyRule[] = [
 *   { name: 'maintenance', when: { status: [500, 502], message: 'maintenance' }, means: 'overloaded' },
 *   { when: { code: 'upstream_busy' }, means: { kind: 'overloaded', breaker: 'ignored', retryAfterMs: 5_000 } },
 * ];
 * const resilience = createResilience({ classify: rules });
 * ```
 */
export interface ClassifyRule {
  /** Shown when the rule fails. */
  readonly name?: string | undefined;
  /** Which errors the rule matches. A function must return `true` or `false` synchronously; one that throws is skipped. */
  readonly when: Matcher | ((facts: ErrorFacts, error: unknown) => boolean);
  /** What these errors are: a kind, or a kind with details. */
  readonly means: FailureKind | RuleResult;
}
