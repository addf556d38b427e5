import assert from 'node:assert/strict';
import { afterEach, beforeEach, test, vi } from 'vitest';
import { SEED } from '../support/seed.js';
import { ComposedLife } from './composed-life.js';
import { COMPOSITIONS } from './composed-options.js';
import { drain, pass, stopTime } from './fake-time.js';

const STEPS = 16;
/** Events, what ended calls, what they shared, and what answered them. */
const EVERYTHING = [
  ...['attempt.abandoned', 'attempt.failed', 'call.failed', 'call.started', 'call.succeeded', 'capacity.rejected'],
  ...['breaker.closed', 'breaker.half_opened', 'breaker.opened', 'breaker.rejected', 'quota.held', 'quota.released'],
  ...['cache.hit', 'fallback.failed', 'fallback.used', 'hedge.ended', 'hedge.sent', 'target.moved'],
  ...['retry.refused', 'retry.scheduled'],
  ...['success', 'attempts_exhausted', 'breaker_open', 'cancelled', 'capacity', 'closed', 'deadline', 'no_target'],
  ...['not_retryable', 'quota_held', 'retry_budget'],
  ...['hit', 'shared', 'fallback function', 'fallback last_good', 'fallback operation', 'fallback value'],
];

const unhandled: unknown[] = [];
const note = (reason: unknown) => {
  unhandled.push(reason);
};

beforeEach(() => {
  process.on('unhandledRejection', note);
});

afterEach(() => {
  process.off('unhandledRejection', note);
  vi.useRealTimers();
});

test('Every composition of stages (all subsets, in their order) settles each call exactly once under random outcomes, aborts, timeouts and hedges', async () => {
  const seen = new Set<string>();
  for (const [index, parts] of COMPOSITIONS.entries()) {
    stopTime();
    const life = new ComposedLife(parts, SEED + index);
    try {
      for (let step = 0; step < STEPS; step++) {
        life.step();
        const ms = life.passMs();
        if (ms > 0) await pass(ms);
        else await drain();
      }
      await life.end();
      assert.deepEqual(unhandled, [], 'unhandled rejections');
    } catch (error) {
      throw new Error(`composition ${index} of seed ${SEED}: ${[...parts].join(', ')}`, { cause: error });
    }
    for (const each of life.seen) seen.add(each);
  }
  // The lives are no good if they do not come to everything.
  for (const each of EVERYTHING) assert(seen.has(each), `no ${each} in any life`);
}, 180_000);
