export { SECURITY_LIMITS, type SecurityLimits } from './limits.js';
export { FORBIDDEN_PATTERNS, type ForbiddenPattern } from './patterns.js';
export { type SecurityResult, validateSecurity } from './validate-security.js';
