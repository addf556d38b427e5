import type { Rule } from './rule.js';

/** What is recommended. What is allowed is wider. */
interface Range {
  readonly path: string;
  readonly min: number;
  readonly max: number;
}

const RANGES: readonly Range[] = [
  { path: 'retry.maxAttempts', min: 1, max: 10 },
  { path: 'retry.minDelayMs', min: 500, max: 10_000 },
  { path: 'retry.maxDelayMs', min: 5_000, max: 120_000 },
  { path: 'retry.multiplier', min: 0.1, max: 5 },
  { path: 'retry.jitterMaxMs', min: 100, max: 10_000 },
  { path: 'retry.maxElapsedMs', min: 5_000, max: 600_000 },
  { path: 'breaker.trip.consecutiveFailures', min: 1, max: 20 },
  { path: 'breaker.openMs', min: 10_000, max: 300_000 },
];

/** Values outside of what is recommended. */
export const RANGE_RULES: readonly Rule[] = RANGES.map(({ path, min, max }) => ({
  id: 'recommended-range',
  paths: [path],
  when: (judged) => {
    const value = judged.number(path);
    return value !== undefined && (value < min || value > max);
  },
  message: (judged) => {
    const is = (judged.number(path) ?? 0) < min ? 'less' : 'more';
    return `is ${is} than what is recommended, ${min} to ${max}`;
  },
  suggestion: (judged) => `Write ${(judged.number(path) ?? 0) < min ? min : max}, or leave it out.`,
}));
