import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type BreakerSnapshot, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, test, vi } from 'vitest';
import type { ModelRules } from '../support/breaker-model.js';
import { runs } from '../support/seed.js';
import { anyHistory, optionsOf, rules, type Step } from './breaker-histories.js';
import { born, Life } from './breaker-life.js';

afterEach(() => {
  vi.useRealTimers();
});

/** Rules without rates: the window of rates is no part of a snapshot. */
const countingRules = rules(['enforce', 'observe', 'forced_open', 'disabled']).map((drawn) => ({
  ...drawn,
  consecutiveFailures: drawn.consecutiveFailures ?? 2,
  failureRate: undefined,
  slowCallMs: undefined,
  slowCallRate: undefined,
}));

/** What both can live through at the same time. */
const histories = fc.tuple(anyHistory, anyHistory).map((both) => both.map((steps) => steps.filter(isForTwo)));

test('a breaker restored from JSON does from then on what the original does', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(countingRules, histories, (drawn, [before = [], after = []]) => {
      const original = born(drawn);
      for (const step of before) original.take(step);
      settleDown(original, drawn);

      const json = JSON.stringify(original.breaker.snapshot());
      seen.add(original.breaker.snapshot().state);
      const twin = new Life(CircuitBreaker.restore(JSON.parse(json), optionsOf(drawn)));
      assert.equal(JSON.stringify(twin.breaker.snapshot()), json);
      original.events.length = 0;
      const { halfOpens } = original;
      for (const step of after) {
        // Time passes once for both of them.
        original.take(step);
        if (step.do !== 'wait') twin.take(step);
        assert.equal(twin.breaker.state, original.breaker.state);
        assert.equal(twin.underWay.length, original.underWay.length);
        assert.deepEqual(twin.events, original.events);
        assert.deepEqual(twin.breaker.snapshot(), original.breaker.snapshot());
      }
      assert.equal(twin.halfOpens, original.halfOpens - halfOpens);
    }),
    runs(2_000),
  );
  // The histories are no good if they do not end everywhere.
  assert.deepEqual([...seen].sort(), ['closed', 'half_open', 'open']);
});

function isForTwo(step: Step): boolean {
  return step.do !== 'wait out' && step.do !== 'set the wall clock';
}

/** Brings a life to where a snapshot holds all of it: nothing under way, and not some of the trials that closing takes. */
function settleDown(life: Life, { successesToClose }: ModelRules): void {
  for (const { admission } of life.underWay) life.breaker.settle(admission, 'ignored');
  life.underWay = [];
  if (life.breaker.snapshot().state !== 'half_open' || successesToClose === 1) return;
  const trial = life.breaker.tryAdmit();
  if (!(trial instanceof Error)) life.breaker.settle(trial, 'failure');
}

const anInstant = fc.oneof(fc.nat(100_000), fc.integer({ min: -(2 ** 40), max: 2 ** 40 }));

test('a restored breaker waits what is left of the opening when its clock is right', () => {
  fc.assert(
    fc.property(rules(), fc.nat(2_000), fc.nat(2_000), (drawn, upMs, downMs) => {
      const { snapshot, waitMs } = openFor(drawn, upMs);
      vi.advanceTimersByTime(downMs);
      const leftMs = leftOf(CircuitBreaker.restore(snapshot, optionsOf(drawn)));
      assert.equal(leftMs, Math.max(0, waitMs - upMs - downMs));
    }),
    runs(2_000),
  );
});

test('a wall clock that jumps between makes the rest of an opening neither negative nor longer than the whole', () => {
  fc.assert(
    fc.property(rules(), fc.nat(2_000), anInstant, (drawn, upMs, jumpMs) => {
      const { snapshot, waitMs } = openFor(drawn, upMs);
      vi.setSystemTime(Date.now() + jumpMs);
      const leftMs = leftOf(CircuitBreaker.restore(snapshot, optionsOf(drawn)));
      assert(leftMs >= 0 && leftMs <= waitMs, `${leftMs} of ${waitMs} ms left`);
    }),
    runs(2_000),
  );
});

test('a wall clock that jumps while a breaker lives changes nothing for it', () => {
  fc.assert(
    fc.property(rules(), fc.nat(2_000), anInstant, (drawn, upMs, jumpMs) => {
      const { breaker, waitMs } = openFor(drawn, 0);
      vi.setSystemTime(Date.now() + jumpMs);
      vi.advanceTimersByTime(upMs);
      assert.equal(leftOf(breaker), Math.max(0, waitMs - upMs));
    }),
    runs(2_000),
  );
});

/** A breaker that opened so long ago. */
function openFor(
  drawn: ModelRules,
  ms: number,
): { breaker: CircuitBreaker; snapshot: BreakerSnapshot; waitMs: number } {
  const { breaker } = born(drawn);
  breaker.open();
  const snapshot = breaker.snapshot();
  assert(snapshot.state === 'open' && snapshot.waitMs !== null);
  vi.advanceTimersByTime(ms);
  return { breaker, snapshot: JSON.parse(JSON.stringify(snapshot)), waitMs: snapshot.waitMs };
}

/** How long a breaker stays open; it is held to what it says. */
function leftOf(breaker: CircuitBreaker): number {
  if (breaker.state === 'half_open') return 0;
  const refusal = breaker.tryAdmit();
  assert('retryAfterMs' in refusal && refusal.retryAfterMs !== undefined);
  vi.advanceTimersByTime(refusal.retryAfterMs - 1);
  assert.equal(breaker.state, 'open');
  vi.advanceTimersByTime(1);
  assert.equal(breaker.state, 'half_open');
  return refusal.retryAfterMs;
}
