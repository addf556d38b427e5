/**
 * A rate limit per client, for HTTP services in front of holdfast.
 *
 * @packageDocumentation
 */

export type {
  ClientRateLimitOptions,
  ClientRateLimitStatus,
  ClientRateLimitVerdict,
} from '../admin/client-rate-limit.js';
export { ClientRateLimit } from '../admin/client-rate-limit.js';
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
