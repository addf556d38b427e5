import type { OptionalStage } from '../pipeline/pipeline.js';
import { attemptTimeout } from './attempt-timeout.js';
import { deadline } from './deadline.js';

/** What keeps a running function within its time: one stage for both limits, and none where there is neither. */
export function timeLimit(attemptTimeoutMs: number | false, deadlineMs: number | false): OptionalStage {
  if (attemptTimeoutMs !== false) return attemptTimeout(attemptTimeoutMs);
  return deadlineMs === false ? undefined : deadline();
}
