import assert from 'node:assert/strict';
import fc from 'fast-check';
import type { BreakerEvent, CircuitBreaker } from 'holdfast/breaker';
import { afterEach, test, vi } from 'vitest';
import { runs } from '../support/seed.js';
import { anyHistory, callHistory, rules } from './breaker-histories.js';
import { born } from './breaker-life.js';

afterEach(() => {
  vi.useRealTimers();
});

const LEADS_TO: Readonly<Record<string, readonly string[]>> = {
  closed: ['breaker.opened'],
  open: ['breaker.half_opened'],
  half_open: ['breaker.closed', 'breaker.opened'],
};

const STATE_AFTER: Readonly<Record<string, string>> = {
  'breaker.opened': 'open',
  'breaker.half_opened': 'half_open',
  'breaker.closed': 'closed',
};

test('calls and time move a breaker only from closed to open, to half-open, and from there to closed or open', () => {
  fc.assert(
    fc.property(rules(['enforce', 'observe']), callHistory, (drawn, steps) => {
      const life = born(drawn);
      let state = 'closed';
      life.breaker.on('*', ({ type }) => {
        const next = STATE_AFTER[type];
        if (next === undefined) return;
        assert(LEADS_TO[state]?.includes(type), `${type} was told while ${state}`);
        state = next;
        assert.equal(life.breaker.state, state, 'what is told is not what is');
      });
      for (const step of steps) {
        life.take(step);
        assert.equal(life.breaker.state, state, 'a change was not told');
      }
    }),
    runs(2_000),
  );
});

test('an open breaker admits no call', () => {
  fc.assert(
    fc.property(rules(['enforce', 'forced_open']), anyHistory, (drawn, steps) => {
      const life = born(drawn);
      for (const step of steps) {
        const { state } = life.breaker;
        const before = life.admitted;
        life.take(step);
        if (state === 'open') assert.equal(life.admitted, before);
      }
    }),
    runs(2_000),
  );
});

test('trials under way never exceed the limit while no lease runs out', () => {
  fc.assert(
    fc.property(rules(), anyHistory, (drawn, steps) => {
      const life = born({ ...drawn, trialLeaseMs: 2 ** 31 - 1 });
      for (const step of steps) {
        life.take(step);
        assert(life.trials.length <= drawn.trials, `${life.trials.length} trials under way`);
      }
    }),
    runs(2_000),
  );
});

test('trials under way never exceed the limit among those whose lease has not run out', () => {
  fc.assert(
    fc.property(rules(), anyHistory, (drawn, steps) => {
      const life = born(drawn);
      for (const step of steps) {
        life.take(step);
        const nowMs = performance.now();
        const live = life.trials.filter(({ startedMs }) => nowMs < startedMs + drawn.trialLeaseMs);
        assert(live.length <= drawn.trials, `${live.length} trials under way`);
      }
    }),
    runs(2_000),
  );
});

test('every admitted call is under way or counted with one of three outcomes', () => {
  fc.assert(
    fc.property(rules(['enforce', 'observe', 'disabled']), anyHistory, (drawn, steps) => {
      const life = born(drawn);
      for (const step of steps) {
        // Forgetting the numbers is for the model test.
        if (step.do !== 'reset') life.take(step);
        const { admitted, successes, failures, ignored, stale, rejected } = life.breaker.stats();
        assert.equal(admitted, life.admitted);
        assert.equal(admitted, successes + failures + ignored + life.underWay.length);
        assert(stale <= successes + failures + ignored);
        assert.equal(rejected, life.events.filter(({ type }) => type === 'breaker.rejected').length);
        if (drawn.mode === 'enforce') assert.equal(rejected, life.refused);
      }
    }),
    runs(2_000),
  );
});

test('openings, half-openings and closings are counted as often as they are emitted', () => {
  fc.assert(
    fc.property(rules(['enforce', 'observe', 'forced_open', 'disabled']), anyHistory, (drawn, steps) => {
      const life = born(drawn);
      for (const step of steps) if (step.do !== 'reset') life.take(step);
      const { opens, halfOpens, closes } = life.breaker.stats();
      const told = (type: BreakerEvent['type']) => life.events.filter((event) => event.type === type).length;
      assert.deepEqual(
        { opens, halfOpens, closes },
        { opens: told('breaker.opened'), halfOpens: told('breaker.half_opened'), closes: told('breaker.closed') },
      );
    }),
    runs(2_000),
  );
});

test('a breaker closes and stays closed once the provider has recovered, whatever has happened before', () => {
  fc.assert(
    fc.property(rules(), anyHistory, (drawn, steps) => {
      const life = born(drawn);
      for (const step of steps) life.take(step);
      const { breaker } = life;
      const hung = life.underWay;
      // What is closed already has nothing to recover from.
      if (breaker.state === 'closed') breaker.open();
      const { state, waitMs } = { waitMs: 0, ...breaker.snapshot() };
      // What a person holds open, a person closes.
      if (waitMs === null) breaker.close();
      const { refusals, trials, tookMs } = recover(breaker, drawn.trialLeaseMs);
      assert(refusals <= 2, 'once for the opening, once for hung trials');
      assert(trials <= drawn.successesToClose);
      assert(tookMs <= (state === 'open' ? (waitMs ?? 0) : 0) + drawn.trialLeaseMs, `took ${tookMs} ms`);

      for (const { admission } of hung) breaker.settle(admission, 'failure');
      for (let call = 0; call < 30; call++) breaker.settle(breaker.admit(), 'success');
      assert.equal(breaker.state, 'closed');
    }),
    runs(2_000),
  );
});

/** Calls that all succeed at once, by a caller who comes again when the refusal says so, or else when hung trials give up. */
function recover(breaker: CircuitBreaker, trialLeaseMs: number): { refusals: number; trials: number; tookMs: number } {
  const startMs = performance.now();
  let refusals = 0;
  let trials = 0;
  while (breaker.state !== 'closed' && refusals + trials < 20) {
    const admission = breaker.tryAdmit();
    if (!(admission instanceof Error)) {
      trials += 1;
      breaker.settle(admission, 'success');
      continue;
    }
    refusals += 1;
    assert('refusal' in admission);
    assert.equal(admission.retryAfterMs === undefined, admission.refusal === 'trials_taken');
    vi.advanceTimersByTime(admission.retryAfterMs ?? trialLeaseMs);
  }
  assert.equal(breaker.state, 'closed');
  return { refusals, trials, tookMs: performance.now() - startMs };
}
