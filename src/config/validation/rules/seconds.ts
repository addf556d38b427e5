import type { Rule } from './rule.js';

/** A duration of which anything below this looks like seconds. */
interface Duration {
  readonly path: string;
  readonly belowMs: number;
}

/** What waits for a service to recover takes longer than what waits for an answer. */
const DURATIONS: readonly Duration[] = [
  { path: 'deadlineMs', belowMs: 100 },
  { path: 'attemptTimeoutMs', belowMs: 100 },
  { path: 'retry.minDelayMs', belowMs: 100 },
  { path: 'retry.maxDelayMs', belowMs: 100 },
  { path: 'retry.jitterMaxMs', belowMs: 100 },
  { path: 'retry.maxElapsedMs', belowMs: 1_000 },
  { path: 'quota.maxWaitMs', belowMs: 100 },
  { path: 'quota.exhaustedMs', belowMs: 1_000 },
  { path: 'quota.maxHoldMs', belowMs: 1_000 },
  { path: 'breaker.trip.windowMs', belowMs: 1_000 },
  { path: 'breaker.openMs', belowMs: 1_000 },
  { path: 'breaker.openMaxMs', belowMs: 1_000 },
  { path: 'breaker.trialLeaseMs', belowMs: 100 },
];

const MS_PER_S = 1_000;

/** Durations that look like seconds. 0 is no duration, and looks like nothing. */
export const SECONDS_RULES: readonly Rule[] = DURATIONS.map(({ path, belowMs }) => ({
  id: 'looks-like-seconds',
  paths: [path],
  when: (judged) => {
    const value = judged.number(path);
    return value !== undefined && value > 0 && value < belowMs;
  },
  message: (judged) => `is in milliseconds, and ${judged.number(path)} of them look like seconds`,
  suggestion: (judged) => `Write ${(judged.number(path) ?? 0) * MS_PER_S} for ${judged.number(path)} s.`,
}));
