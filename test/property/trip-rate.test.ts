import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CircuitBreaker } from 'holdfast/breaker';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** `some` of `all`. */
const shares = fc
  .integer({ min: 1, max: 200 })
  .chain((all) => fc.tuple(fc.integer({ min: 1, max: all }), fc.constant(all)));

test('a failure rate that equals its limit opens the breaker, one failure less does not', () => {
  fc.assert(
    fc.property(shares, ([failures, calls]) => {
      assert.equal(stateAfter(failures, calls, { failureRate: failures / calls }), 'open');
      assert.equal(stateAfter(failures - 1, calls, { failureRate: failures / calls }), 'closed');
    }),
    runs(2_000),
  );
});

test('a rate of slow calls that equals its limit opens the breaker, one slow call less does not', () => {
  fc.assert(
    fc.property(shares, ([slow, calls]) => {
      const limit = { slowCallMs: 5, slowCallRate: slow / calls };
      assert.equal(stateAfter(slow, calls, limit), 'open');
      assert.equal(stateAfter(slow - 1, calls, limit), 'closed');
    }),
    runs(2_000),
  );
});

/** Where a breaker stands after `calls` calls, the first `bad` of which were failures, or slow where that is asked. */
function stateAfter(
  bad: number,
  calls: number,
  limit: { failureRate: number } | { slowCallMs: number; slowCallRate: number },
) {
  stopTime();
  const breaker = new CircuitBreaker({ trip: { ...limit, minimumCalls: calls } });
  const admissions = Array.from({ length: calls }, () => breaker.admit());
  const isSlow = 'slowCallMs' in limit;
  for (const admission of admissions.slice(bad)) breaker.settle(admission, 'success');
  if (isSlow) vi.advanceTimersByTime(5);
  for (const admission of admissions.slice(0, bad)) breaker.settle(admission, isSlow ? 'success' : 'failure');
  const { state } = breaker;
  breaker.shutdown();
  return state;
}
