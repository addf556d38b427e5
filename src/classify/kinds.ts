import type { Failure, FailureKind } from '../pipeline/index.js';
import { deepFreeze } from '../runtime/index.js';

/**
 * What each kind means for the stages. The order is the precedence: if an error gives evidence of several kinds, the first
 * one here applies, since providers wrap it in the later ones (an exhausted quota is sent as a 429).
 */
export const FAILURE_DEFAULTS: Readonly<Record<FailureKind, Failure>> = deepFreeze({
  cancelled: { kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false },
  timeout: { kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true },
  quota_exhausted: { kind: 'quota_exhausted', retry: 'never', breaker: 'ignored', failover: true },
  context_length: { kind: 'context_length', retry: 'never', breaker: 'ignored', failover: true },
  content_policy: { kind: 'content_policy', retry: 'never', breaker: 'ignored', failover: false },
  overloaded: { kind: 'overloaded', retry: 'backoff', breaker: 'failure', failover: true },
  rate_limited: { kind: 'rate_limited', retry: 'after_hint', breaker: 'ignored', failover: true },
  auth: { kind: 'auth', retry: 'never', breaker: 'ignored', failover: true },
  not_found: { kind: 'not_found', retry: 'never', breaker: 'ignored', failover: true },
  invalid_request: { kind: 'invalid_request', retry: 'never', breaker: 'ignored', failover: false },
  network: { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true },
  server_error: { kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true },
  unknown: { kind: 'unknown', retry: 'never', breaker: 'failure', failover: true },
});

/** Every kind, in order of precedence. */
export const KINDS: readonly FailureKind[] = Object.values(FAILURE_DEFAULTS).map(({ kind }) => kind);

/** True for the name of a kind. */
export function isKind(value: unknown): value is FailureKind {
  return typeof value === 'string' && Object.hasOwn(FAILURE_DEFAULTS, value);
}
