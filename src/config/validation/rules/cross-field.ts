import { type BackoffStrategy, backoffMs } from '../../../retry/backoff.js';
import type { Judged } from '../judged.js';
import type { Rule } from './rule.js';

const ATTEMPT_MS = 2_000;
const SYNCHRONISED_FROM = 3;
const ROOM = 2;
const JUDGING: readonly unknown[] = ['enforce', 'observe'];

const attempts = (judged: Judged): number => judged.number('retry.maxAttempts') ?? 1;
/** A breaker that judges nothing opens at no number of failures. */
const failures = (judged: Judged): number => {
  const judges = JUDGING.includes(judged.value('breaker.mode'));
  return (judges ? judged.number('breaker.trip.consecutiveFailures') : undefined) ?? Infinity;
};

/** What settings can have against each other. */
export const CROSS_FIELD_RULES: readonly Rule[] = [
  {
    id: 'attempts-open-breaker',
    paths: ['retry.maxAttempts', 'breaker.trip.consecutiveFailures'],
    when: (judged) => attempts(judged) > failures(judged),
    message: (judged) =>
      `lets one failing call open the breaker: ${attempts(judged)} attempts, and it opens at ${failures(judged)} failures`,
    suggestion: (judged) => `Write ${attempts(judged) + ROOM} for breaker.trip.consecutiveFailures.`,
  },
  {
    id: 'short-elapsed',
    paths: ['retry.maxElapsedMs', 'retry.maxAttempts'],
    when: (judged) =>
      attempts(judged) > 1 && (judged.number('retry.maxElapsedMs') ?? Infinity) < attempts(judged) * ATTEMPT_MS,
    message: (judged) =>
      `leaves no time: ${attempts(judged)} attempts within maxElapsedMs, which is ${judged.number('retry.maxElapsedMs')}`,
    suggestion: (judged) => `Write ${attempts(judged) * ATTEMPT_MS} at least for retry.maxElapsedMs.`,
  },
  {
    id: 'deadline-cuts-waits',
    paths: ['deadlineMs', 'retry.maxAttempts', 'retry.minDelayMs', 'retry.maxDelayMs', 'retry.multiplier'],
    when: (judged) => {
      const waitsMs = allWaitsMs(judged);
      return waitsMs > 0 && waitsMs >= (judged.number('deadlineMs') ?? Infinity);
    },
    message: (judged) =>
      `cuts retries off: the waits between ${attempts(judged)} attempts add up to ${Math.round(allWaitsMs(judged))} ms, ` +
      `and deadlineMs is ${judged.number('deadlineMs')}`,
    suggestion: () => 'Write a longer deadlineMs, fewer attempts, or shorter waits.',
  },
  {
    id: 'attempt-outlasts-deadline',
    paths: ['attemptTimeoutMs'],
    when: (judged) => (judged.number('attemptTimeoutMs') ?? 0) >= (judged.number('deadlineMs') ?? Infinity),
    message: (judged) => `has no effect: deadlineMs, which is ${judged.number('deadlineMs')}, comes first`,
    suggestion: (judged) => `Write less, such as ${Math.floor((judged.number('deadlineMs') ?? 0) / 2)}.`,
  },
  {
    id: 'no-time-limit',
    paths: ['deadlineMs', 'attemptTimeoutMs'],
    when: (judged) => judged.value('deadlineMs') === false && judged.value('attemptTimeoutMs') === false,
    message: () => 'lets a call hang for good: there is neither a deadline nor a limit of one attempt',
    suggestion: () => 'Leave one of deadlineMs and attemptTimeoutMs on.',
  },
  {
    id: 'no-growth',
    paths: ['retry.minDelayMs', 'retry.maxDelayMs'],
    when: (judged) => {
      const minDelayMs = judged.number('retry.minDelayMs') ?? 0;
      const grows = judged.value('retry.strategy') !== 'fixed' && attempts(judged) > 2;
      return grows && minDelayMs > 0 && minDelayMs === judged.number('retry.maxDelayMs');
    },
    message: () => 'leaves no room to grow: the shortest wait is as long as the longest',
    suggestion: (judged) => roomToGrow(judged.number('retry.minDelayMs') ?? 0, judged.number('retry.maxDelayMs') ?? 0),
  },
  {
    id: 'synchronised-retries',
    paths: ['retry.jitter', 'retry.maxAttempts'],
    when: (judged) => judged.value('retry.jitter') === 'none' && attempts(judged) >= SYNCHRONISED_FROM,
    message: (judged) =>
      `brings synchronised retries: without jitter, callers that failed together come back together, ${attempts(judged) - 1} times`,
    suggestion: () => "Write 'equal' for retry.jitter.",
  },
  {
    id: 'unbounded-retries',
    paths: ['retry.budget'],
    when: (judged) => judged.value('retry.budget') === false && attempts(judged) > 1,
    message: (judged) => `lets retries multiply an outage by ${attempts(judged)}: no budget bounds them`,
    suggestion: () => 'Leave it out: by default each success pays for a fifth of a retry.',
  },
];

/** What makes room between the shortest and the longest wait. */
export function roomToGrow(minDelayMs: number, maxDelayMs: number): string {
  return `Write ${maxDelayMs / 2} for minDelayMs, or ${Math.max(minDelayMs, maxDelayMs) * 2} for maxDelayMs.`;
}

const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];

/** The sum of all waits of a call before jitter, in milliseconds, if each attempt fails. */
function allWaitsMs(judged: Judged): number {
  const strategy = STRATEGIES.find((each) => each === judged.value('retry.strategy'));
  if (strategy === undefined) return 0;
  const minDelayMs = judged.number('retry.minDelayMs') ?? 0;
  const maxDelayMs = judged.number('retry.maxDelayMs') ?? 0;
  const multiplier = judged.number('retry.multiplier') ?? 1;
  let sumMs = 0;
  for (let nth = 1; nth < attempts(judged); nth++)
    sumMs += backoffMs({ strategy, minDelayMs, maxDelayMs, multiplier }, nth);
  return sumMs;
}
