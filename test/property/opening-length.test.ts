import assert from 'node:assert/strict';
import fc from 'fast-check';
import { CircuitBreaker } from 'holdfast/breaker';
import { afterEach, test, vi } from 'vitest';
import { computeOpenMs } from '../../src/breaker/open-duration.js';
import { runs } from '../support/seed.js';
import { stopTime } from './fake-time.js';

const LONGEST_MS = 2 ** 31 - 1;
const HOUR_MS = 3_600_000;

const durationMs = fc.oneof(
  fc.integer({ min: 1, max: LONGEST_MS }),
  fc.double({ min: 1, max: 300_000, noNaN: true }),
  fc.double({ min: 1, max: LONGEST_MS, noNaN: true }),
);

/** `openMs` and an `openMaxMs` that is not below it. */
const lengths = fc
  .tuple(durationMs, durationMs)
  .map(([one, other]) => ({ openMs: Math.min(one, other), openMaxMs: Math.max(one, other) }));

const nth = fc.oneof(
  fc.integer({ min: 1, max: 12 }),
  fc.integer({ min: 1, max: 5_000 }),
  fc.constant(Number.MAX_SAFE_INTEGER),
);
const chance = fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true });
const hint = fc.oneof(durationMs, fc.double({ min: 0, max: 1e12, noNaN: true }));

afterEach(() => {
  vi.useRealTimers();
});

test('an opening lasts at least openMs, at least three quarters of its full length, and at most openMaxMs', () => {
  fc.assert(
    fc.property(lengths, nth, chance, ({ openMs, openMaxMs }, n, random) => {
      const waitMs = computeOpenMs({ openMs, openMaxMs }, n, () => random);
      assert(waitMs >= openMs && waitMs <= openMaxMs, `${waitMs} ms`);
      let fullMs = openMs;
      for (let doubled = 1; doubled < n && fullMs < openMaxMs; doubled++) fullMs *= 2;
      assert(waitMs >= Math.min(fullMs, openMaxMs) * 0.75, `${waitMs} ms of ${fullMs} ms`);
    }),
    runs(10_000),
  );
});

test('without jitter each opening is as long as the last or longer, until it is openMaxMs', () => {
  fc.assert(
    fc.property(lengths, (between) => {
      let lastMs = 0;
      for (let n = 1; n < 40; n++) {
        const waitMs = computeOpenMs(between, n, () => 0);
        assert(waitMs >= lastMs);
        assert(n === 1 || waitMs === Math.min(lastMs * 2, between.openMaxMs));
        lastMs = waitMs;
      }
      assert.equal(lastMs, between.openMaxMs);
    }),
    runs(5_000),
  );
});

test('a hint of the provider, an hour or openMaxMs at the most, lengthens an opening and never shortens it', () => {
  fc.assert(
    fc.property(lengths, nth, chance, hint, (between, n, random, askedMs) => {
      const ownMs = computeOpenMs(between, n, () => random);
      const heardMs = Math.min(askedMs, Math.max(between.openMaxMs, HOUR_MS));
      assert.equal(
        computeOpenMs(between, n, () => random, askedMs),
        Math.max(ownMs, heardMs),
      );
    }),
    runs(10_000),
  );
});

test('an implausible hint does not change an opening', () => {
  fc.assert(
    fc.property(
      lengths,
      nth,
      chance,
      fc.constantFrom(Number.NaN, -1, -Infinity, -0, 0),
      (between, n, random, asked) => {
        assert.equal(
          computeOpenMs(between, n, () => random, asked),
          computeOpenMs(between, n, () => random),
        );
      },
    ),
    runs(2_000),
  );
});

test('an opening of any length, fractions and the longest timer among them, ends on time', () => {
  fc.assert(
    fc.property(lengths, chance, hint, (between, random, retryAfterMs) => {
      stopTime();
      const breaker = new CircuitBreaker({ ...between, trip: { consecutiveFailures: 1 }, random: () => random });
      let waitMs = 0;
      breaker.on('breaker.opened', (event) => {
        waitMs = event.waitMs ?? 0;
      });
      breaker.settle(breaker.admit(), 'failure', { retryAfterMs });
      // Timers count whole milliseconds, and events tenths of them.
      vi.advanceTimersByTime(Math.max(0, Math.floor(waitMs - 0.1) - 1));
      assert.equal(breaker.state, 'open');
      vi.advanceTimersByTime(3);
      assert.equal(breaker.state, 'half_open');
      breaker.shutdown();
      assert.equal(vi.getTimerCount(), 0);
    }),
    runs(2_000),
  );
});
