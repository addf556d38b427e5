import { classify } from '../classify/index.js';
import { HoldfastError, type HoldfastErrorCode, QuotaHeldError } from '../errors/index.js';
import type { FailureKind } from '../pipeline/index.js';
import { explain } from './explain.js';

/** What these mean depends on their kind. */
type OfKind = 'HOLDFAST_QUOTA_HELD' | 'HOLDFAST_STREAM_FAILED' | 'HOLDFAST_INVALID_ANSWER';

const OF_OWN: Readonly<Record<Exclude<HoldfastErrorCode, OfKind>, number>> = {
  HOLDFAST_BREAKER_OPEN: 503,
  HOLDFAST_CAPACITY: 503,
  HOLDFAST_NO_TARGET: 422,
  HOLDFAST_UNWANTED_RESULT: 502,
  HOLDFAST_CLOSED: 503,
  HOLDFAST_DEADLINE_EXCEEDED: 504,
  HOLDFAST_ATTEMPT_TIMEOUT: 504,
  HOLDFAST_STREAM_STALLED: 504,
  HOLDFAST_STREAM_TRUNCATED: 502,
  HOLDFAST_CONFIGURATION: 500,
};

const OF_KIND: Readonly<Record<FailureKind, number>> = {
  cancelled: 499,
  timeout: 504,
  quota_exhausted: 503,
  context_length: 413,
  content_policy: 422,
  overloaded: 503,
  rate_limited: 429,
  // Credentials and models are configured by the service, not by its user.
  auth: 502,
  not_found: 502,
  invalid_request: 400,
  network: 502,
  server_error: 502,
  unknown: 500,
};

/**
 * The HTTP status with which a service should answer its own user when a call ended with this error. Uses what the call
 * knows about the error ({@link explain}), and classifies any other error ({@link classify}).
 *
 * @example
 * ```ts
 * app.use((error, request, response, next) => response.status(toHttpStatus(error)).end());
 * ```
 */
export function toHttpStatus(error: unknown): number {
  const own = findOwnStatus(error);
  if (own !== undefined) return own;
  const { kind, status } = explain(error)?.failure ?? classify(error);
  return kind === 'invalid_request' && status !== undefined && KEPT.has(status) ? status : OF_KIND[kind];
}

/** Statuses of the provider for errors that the sender of the request can fix: too large, or unprocessable. */
const KEPT: ReadonlySet<number> = new Set([413, 422]);

function findOwnStatus(error: unknown): number | undefined {
  try {
    if (QuotaHeldError.is(error)) return OF_KIND[error.kind];
    // An error of another version of the package may have an unknown code.
    return HoldfastError.is(error) && isKnown(error.code) ? OF_OWN[error.code] : undefined;
  } catch {
    return undefined;
  }
}

function isKnown(code: string): code is keyof typeof OF_OWN {
  return Object.hasOwn(OF_OWN, code);
}
