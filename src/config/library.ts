import { BREAKER_DEFAULTS } from '../breaker/options.js';
import { QUOTA_DEFAULTS } from '../limits/options.js';
import { RETRY_DEFAULTS } from '../retry/options-rules.js';
import type { Settings } from './settings.js';

/** What holds when no layer says anything, but for what follows from other values. */
export const LIBRARY: Settings & { readonly deadlineMs: number; readonly attemptTimeoutMs: number } = {
  deadlineMs: 120_000,
  attemptTimeoutMs: 60_000,
  retry: RETRY_DEFAULTS,
  quota: QUOTA_DEFAULTS,
  breaker: BREAKER_DEFAULTS,
};
