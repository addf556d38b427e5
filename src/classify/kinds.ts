import type { Failure, FailureKind } from '../pipeline/index.js';

/**
 * What each kind means for the stages. The order counts as well: of several kinds that an error gives evidence of, the
 * first one here is meant, since the later ones are what providers wrap it in (a used-up quota comes as a 429).
 */
export const USUAL: Readonly<Record<FailureKind, Failure>> = Object.freeze({
  cancelled: Object.freeze<Failure>({ kind: 'cancelled', retry: 'never', breaker: 'ignored', failover: false }),
  timeout: Object.freeze<Failure>({ kind: 'timeout', retry: 'backoff', breaker: 'failure', failover: true }),
  quota_exhausted: Object.freeze<Failure>({
    kind: 'quota_exhausted',
    retry: 'never',
    breaker: 'ignored',
    failover: true,
  }),
  context_length: Object.freeze<Failure>({
    kind: 'context_length',
    retry: 'never',
    breaker: 'ignored',
    failover: true,
  }),
  content_policy: Object.freeze<Failure>({
    kind: 'content_policy',
    retry: 'never',
    breaker: 'ignored',
    failover: false,
  }),
  overloaded: Object.freeze<Failure>({ kind: 'overloaded', retry: 'backoff', breaker: 'failure', failover: true }),
  rate_limited: Object.freeze<Failure>({
    kind: 'rate_limited',
    retry: 'after_hint',
    breaker: 'ignored',
    failover: true,
  }),
  auth: Object.freeze<Failure>({ kind: 'auth', retry: 'never', breaker: 'ignored', failover: true }),
  not_found: Object.freeze<Failure>({ kind: 'not_found', retry: 'never', breaker: 'ignored', failover: true }),
  invalid_request: Object.freeze<Failure>({
    kind: 'invalid_request',
    retry: 'never',
    breaker: 'ignored',
    failover: false,
  }),
  network: Object.freeze<Failure>({ kind: 'network', retry: 'backoff', breaker: 'failure', failover: true }),
  server_error: Object.freeze<Failure>({ kind: 'server_error', retry: 'backoff', breaker: 'failure', failover: true }),
  unknown: Object.freeze<Failure>({ kind: 'unknown', retry: 'never', breaker: 'failure', failover: true }),
});

/** Every kind, in the order in which they are believed. */
export const KINDS: readonly FailureKind[] = Object.values(USUAL).map(({ kind }) => kind);

/** True for the name of a kind. */
export function isKind(value: unknown): value is FailureKind {
  return typeof value === 'string' && Object.hasOwn(USUAL, value);
}
