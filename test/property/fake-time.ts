import { vi } from 'vitest';
import type { Moment } from '../support/breaker-model.js';

/** `setImmediate` stays real: one turn of the event loop is how a test lets everything settle that can. */
const FAKED = ['setTimeout', 'clearTimeout', 'setInterval', 'clearInterval', 'Date', 'performance'] as const;

/** Time begins anew, with no timer, and passes from here on only when a test says so. */
export function stopTime(): void {
  vi.useFakeTimers({ toFake: [...FAKED], now: Date.UTC(2030, 0) });
}

/** Both clocks now. */
export function moment(): Moment {
  return { monotonicMs: performance.now(), wallMs: Date.now() };
}

/** Lets every promise settle that waits for no timer. */
export function drain(): Promise<void> {
  return new Promise((resolve) => {
    setImmediate(resolve);
  });
}

/** Lets time pass from timer to timer, and promises settle after each, as the event loop does. */
export async function pass(ms: number): Promise<void> {
  let isOver = false;
  setTimeout(() => {
    isOver = true;
  }, ms);
  await drain();
  while (!isOver) {
    vi.advanceTimersToNextTimer();
    await drain();
  }
}
