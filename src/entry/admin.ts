/**
 * What an HTTP service puts before holdfast: a rate limit for each client.
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
