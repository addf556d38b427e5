import assert from 'node:assert/strict';
import fc from 'fast-check';
import { type Admission, BreakerOpenError, CircuitBreaker, ConfigurationError } from 'holdfast/breaker';
import { afterEach, expect, test, vi } from 'vitest';
import { BreakerModel, type ModelRules, type Ticket, type Told } from '../support/breaker-model.js';
import { runs } from '../support/seed.js';
import { anyHistory, callHistory, optionsOf, rules, type Step } from './breaker-histories.js';
import { moment, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** A breaker and its model, which must never differ. */
class Pair {
  readonly #rules: ModelRules;
  #breaker: CircuitBreaker;
  #model: BreakerModel;
  #admitted: { readonly admission: Admission; readonly ticket: Ticket }[] = [];
  #told: Told[] = [];

  constructor(rules: ModelRules) {
    stopTime();
    this.#rules = rules;
    this.#breaker = this.#listenTo(new CircuitBreaker({ ...optionsOf(rules), name: 'paired' }));
    this.#model = new BreakerModel(rules);
  }

  /** Everything that the model has told. */
  readonly seen = new Set<string>();

  play(steps: readonly Step[]): void {
    this.#compare();
    for (const step of steps) {
      this.#take(step);
      this.#compare();
    }
    this.#breaker.shutdown();
    assert.equal(vi.getTimerCount(), 0, 'timers left');
  }

  #take(step: Step): void {
    switch (step.do) {
      case 'admit':
        this.#admit();
        break;
      case 'settle':
        this.#settle(step.back, step.outcome, step.hintMs);
        break;
      case 'wait':
        this.#wait(step.ms);
        break;
      case 'wait out':
        this.#wait(Math.max(0, (this.#model.waitsForMs(moment()) ?? 0) + step.offByMs));
        break;
      case 'set the wall clock':
        vi.setSystemTime(Date.now() + step.byMs);
        break;
      case 'restart':
        this.#restart();
        break;
      case 'open':
      case 'isolate':
        this.#model[step.do](moment());
        this.#breaker[step.do]();
        break;
      case 'close':
      case 'reset':
        this.#model[step.do]();
        this.#breaker[step.do]();
    }
  }

  #admit(): void {
    const expected = this.#model.admit(moment());
    const admission = this.#breaker.tryAdmit();
    if (!('refusal' in expected)) {
      assert(!(admission instanceof Error), 'the breaker refused what it should admit');
      assert.equal(admission.trial, expected.leaseUntilMs !== undefined);
      this.#admitted.push({ admission, ticket: expected });
      return;
    }
    assert(admission instanceof BreakerOpenError, 'the breaker admitted what it should refuse');
    const { refusal, retryAfterMs } = admission;
    assert.deepEqual({ refusal, retryAfterMs }, expected);
  }

  #settle(back: number, outcome: 'success' | 'failure' | 'ignored', hintMs: number | undefined): void {
    const one = this.#admitted.at(-1 - (back % Math.max(1, this.#admitted.length)));
    if (one === undefined) return;
    this.#model.settle(one.ticket, outcome, hintMs, moment());
    this.#breaker.settle(one.admission, outcome, hintMs === undefined ? undefined : { retryAfterMs: hintMs });
  }

  #wait(ms: number): void {
    vi.advanceTimersByTime(ms);
    this.#model.tick(moment());
  }

  #restart(): void {
    const snapshot = this.#breaker.snapshot();
    this.#breaker.shutdown();
    this.#breaker = this.#listenTo(
      CircuitBreaker.restore(JSON.parse(JSON.stringify(snapshot)), optionsOf(this.#rules)),
    );
    this.#model = BreakerModel.restore(this.#model.snapshot(moment()), this.#rules, moment());
    const former = this.#admitted.at(-1);
    if (former !== undefined) {
      assert.throws(() => this.#breaker.settle(former.admission, 'failure'), ConfigurationError);
    }
    this.#admitted = [];
  }

  #listenTo(breaker: CircuitBreaker): CircuitBreaker {
    this.#told = [];
    breaker.on('*', ({ at, breaker: _, ...told }) => {
      assert.equal(at, Date.now());
      this.#told.push(told);
    });
    return breaker;
  }

  #compare(): void {
    assert.equal(this.#breaker.state, this.#model.state);
    assert.deepEqual(this.#told, this.#model.told);
    assert.deepEqual(this.#breaker.stats(), this.#model.counts);
    assert.deepEqual(this.#breaker.snapshot(), this.#model.snapshot(moment()));
    for (const told of this.#model.told) this.seen.add(named(told));
    this.#told = [];
    this.#model.told.length = 0;
  }
}

function named(told: Told): string {
  if ('cause' in told) return `${told.type}: ${told.cause}`;
  return 'refusal' in told ? `${told.type}: ${told.refusal}, ${told.enforced ? 'enforced' : 'observed'}` : told.type;
}

const EVERYTHING_BY_CALLS = [
  'breaker.closed: recovered',
  'breaker.half_opened',
  'breaker.opened: consecutive_failures',
  'breaker.opened: failure_rate',
  'breaker.opened: slow_call_rate',
  'breaker.opened: trial_failed',
  'breaker.rejected: open, enforced',
  'breaker.rejected: trials_taken, enforced',
];

test('under calls and time alone the breaker does what its model says', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(rules(), callHistory, (drawn, steps) => {
      const pair = new Pair(drawn);
      pair.play(steps);
      for (const one of pair.seen) seen.add(one);
    }),
    runs(4_000),
  );
  // The histories are no good if they do not go everywhere.
  expect([...seen].sort()).toEqual(EVERYTHING_BY_CALLS);
});

test('in every mode, with manual changes, restarts and clock jumps, the breaker does what its model says', () => {
  const seen = new Set<string>();
  fc.assert(
    fc.property(rules(['enforce', 'enforce', 'observe', 'forced_open', 'disabled']), anyHistory, (drawn, steps) => {
      const pair = new Pair(drawn);
      pair.play(steps);
      for (const one of pair.seen) seen.add(one);
    }),
    runs(4_000),
  );
  expect([...seen].sort()).toEqual(
    [
      ...EVERYTHING_BY_CALLS,
      'breaker.closed: manual',
      'breaker.closed: reset',
      'breaker.opened: isolated',
      'breaker.opened: manual',
      'breaker.rejected: held_open, enforced',
      'breaker.rejected: held_open, observed',
      'breaker.rejected: open, observed',
      'breaker.rejected: trials_taken, observed',
    ].sort(),
  );
});
