import type { Judged } from './judged.js';

/** How the wait grows from one retry to the next; each from the two waits before it and its number, from 1. */
const GROWTH = new Map<unknown, (last: number, beforeLast: number, nth: number) => number>([
  ['fixed', () => 1],
  ['linear', (_last, _beforeLast, nth) => nth],
  ['exponential', (last) => last * 2],
  ['fibonacci', (last, beforeLast) => last + beforeLast],
]);

/** What all waits of a call add up to, in milliseconds and before jitter, when each attempt fails. */
export function allWaitsMs(judged: Judged): number {
  const minDelayMs = judged.number('retry.minDelayMs') ?? 0;
  const maxDelayMs = judged.number('retry.maxDelayMs') ?? 0;
  const stepMs = minDelayMs * (judged.number('retry.multiplier') ?? 1);
  const grow = GROWTH.get(judged.value('retry.strategy'));
  const retries = (judged.number('retry.maxAttempts') ?? 1) - 1;
  let sumMs = 0;
  let [last, beforeLast] = [0, 0];
  for (let nth = 1; nth <= retries && grow !== undefined; nth++) {
    const growth = nth === 1 ? 1 : grow(last, beforeLast, nth);
    sumMs += Math.min(Math.max(stepMs * growth, minDelayMs), maxDelayMs);
    [last, beforeLast] = [growth, last];
  }
  return sumMs;
}
