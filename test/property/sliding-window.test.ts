import assert from 'node:assert/strict';
import fc from 'fast-check';
import { test } from 'vitest';
import { SlidingWindow } from '../../src/breaker/window.js';
import { runs } from '../support/seed.js';

interface Counted {
  readonly atMs: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

/** Pauses of every size against the window: none, within a slice, some slices, many windows. */
const pause = fc.oneof(
  fc.constant(0),
  fc.double({ min: 0, max: 0.2, noNaN: true }),
  fc.double({ min: 0, max: 3, noNaN: true }),
  fc.double({ min: 0, max: 1e4, noNaN: true }),
);

const calls = fc.array(fc.record({ pause, failed: fc.boolean(), slow: fc.boolean() }), {
  minLength: 1,
  maxLength: 80,
  size: 'max',
});

const windowMs = fc.oneof(fc.constantFrom(10, 1_000, 60_000), fc.double({ min: 10, max: 2 ** 31 - 1, noNaN: true }));

test('the window counts what fell into the present tenth of it and the nine before', () => {
  fc.assert(
    fc.property(windowMs, fc.double({ min: 0, max: 1e10, noNaN: true }), calls, (lengthMs, startMs, steps) => {
      const window = new SlidingWindow(lengthMs);
      const all: Counted[] = [];
      const tenth = (ms: number) => Math.floor(ms / (lengthMs / 10));
      let nowMs = startMs;
      for (const { pause, failed, slow } of steps) {
        nowMs += pause * lengthMs;
        all.push({ atMs: nowMs, failed, slow });
        const totals = { ...window.record(nowMs, failed, slow) };
        const recent = all.filter(({ atMs }) => tenth(atMs) > tenth(nowMs) - 10);
        assert.deepEqual(totals, {
          calls: recent.length,
          failures: recent.filter((one) => one.failed).length,
          slow: recent.filter((one) => one.slow).length,
        });
      }
    }),
    runs(2_000),
  );
});

test('the window forgets whatever is older than its length, and nothing younger than nine tenths of it', () => {
  fc.assert(
    fc.property(windowMs, fc.double({ min: 0, max: 1e6, noNaN: true }), calls, (lengthMs, startMs, steps) => {
      const window = new SlidingWindow(lengthMs);
      const times: number[] = [];
      let nowMs = startMs;
      let counted = 0;
      for (const { pause } of steps) {
        nowMs += pause * lengthMs;
        times.push(nowMs);
        counted = window.record(nowMs, false, false).calls;
        // A hair of slack, since the times are sums of fractions.
        const youngerThan = (ms: number) => times.filter((atMs) => nowMs - atMs < ms).length;
        assert(counted <= youngerThan(lengthMs * (1 + 1e-9)), 'something old is counted');
        assert(counted >= youngerThan(lengthMs * (0.9 - 1e-9)), 'something young is forgotten');
      }
    }),
    runs(2_000),
  );
});
