export {
  ClientRateLimit,
  type ClientRateLimitStatus,
  type ClientRateLimitVerdict,
} from './client-rate-limit.js';
export { SECURITY_LIMITS, type SecurityLimits } from './limits.js';
export { FORBIDDEN_PATTERNS, type ForbiddenPattern } from './patterns.js';
export type { ClientRateLimitOptions } from './rate-limit-options.js';
export { type SecurityResult, validateSecurity } from './validate-security.js';
