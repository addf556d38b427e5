import { AdaptiveLimit } from '../../../src/limits/adaptive-limit.js';
import { DelaySignal } from '../../../src/limits/delay-signal.js';
import type { CallSample, SimulatedLimiter } from './callers.js';

/** Always the same limit. */
export function fixedLimiter(limit: number): SimulatedLimiter {
  return { limit, onSent: doNothing, onRefused: doNothing, onDone: doNothing };
}

/** The limit of `concurrency: { adaptive }`. */
export function ownLimiter(delay?: 'pace' | 'firstContent', floor = 1, ceiling = 200): SimulatedLimiter {
  const adaptive = new AdaptiveLimit({ floor, ceiling }, doNothing);
  const signal = new DelaySignal();
  let lastCall = 0;
  return {
    get limit() {
      return adaptive.value;
    },
    onSent: (call, inFlight) => {
      lastCall = call;
      if (inFlight >= adaptive.value) adaptive.recordFull();
    },
    onRefused: (call, inFlight, nowMs) => adaptive.recordRefusal(call, lastCall, inFlight, nowMs),
    onDone: (call, { firstContentMs, totalMs, outputTokens }, nowMs) => {
      if (adaptive.countSuccess(call)) adaptive.endRound(nowMs);
      if (delay === undefined) return;
      const sample = delay === 'pace' ? (totalMs - firstContentMs) / outputTokens : firstContentMs;
      const verdict = signal.record(sample, adaptive.value, nowMs);
      if (verdict !== undefined) adaptive.recordDelay(verdict, nowMs);
    },
  };
}

/**
 * The rule of Netflix's Gradient2 limit with its defaults: the limit follows the quotient of the long-term and the present
 * total latency. Refusals do not enter it.
 */
export function gradientLimiter(): SimulatedLimiter {
  const [smoothing, tolerance, queueSize, min, max] = [0.2, 1.5, 4, 20, 200];
  let limit = 20;
  let longMs = 0;
  let samples = 0;
  return {
    get limit() {
      return Math.floor(limit);
    },
    onSent: doNothing,
    onRefused: doNothing,
    onDone: (_call, { totalMs, inFlight }) => {
      samples += 1;
      longMs = samples <= 10 ? longMs + (totalMs - longMs) / samples : longMs + (totalMs - longMs) * (2 / 601);
      if (longMs / totalMs > 2) longMs *= 0.95;
      if (inFlight < limit / 2) return;
      const gradient = Math.max(0.5, Math.min(1, (tolerance * longMs) / totalMs));
      const next = limit * (1 - smoothing) + smoothing * (limit * gradient + queueSize);
      limit = Math.max(min, Math.min(max, next));
    },
  };
}

/**
 * The rule of failsafe-go's adaptive limiter, without its correlation windows: the queue that the 90th percentile of a
 * window of 50 samples implies, beside a slowly following baseline. Refusals do not enter it.
 */
export function queueEstimateLimiter(): SimulatedLimiter {
  const [min, max, windowSize] = [1, 200, 50];
  let limit = 20;
  let baselineMs = 0;
  let window: CallSample[] = [];
  return {
    get limit() {
      return Math.floor(limit);
    },
    onSent: doNothing,
    onRefused: doNothing,
    onDone: (_call, sample) => {
      window.push(sample);
      if (window.length < windowSize) return;
      const sorted = window.map(({ totalMs }) => totalMs).sort((one, other) => one - other);
      const inFlight = Math.max(...window.map((each) => each.inFlight));
      window = [];
      const recentMs = sorted[Math.floor(sorted.length * 0.9)] ?? 0;
      baselineMs = baselineMs === 0 ? recentMs : baselineMs + (recentMs - baselineMs) * (2 / 11);
      const queued = limit * Math.max(0, 1 - baselineMs / recentMs);
      const step = Math.max(1, Math.log10(limit));
      if (queued > 6 * step) limit -= step;
      else if (queued < 3 * step) limit += step;
      limit = Math.max(min, Math.min(max, limit, inFlight * 5));
    },
  };
}

function doNothing(): void {
  // This limiter does not learn from it.
}
