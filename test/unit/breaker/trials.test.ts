import { describe, expect, it } from 'vitest';
import { Lease, Trials } from '../../../src/breaker/trials.js';
import { randomFrom, SEED } from '../../support/seed.js';

const LEASE_MS = 100;
const places = (trials: number) => new Trials({ trials });

/** Takes a place that must be free. */
function take(trials: Trials, nowMs: number): Lease {
  const lease = trials.take(nowMs, LEASE_MS);
  if (lease === undefined) throw new Error('expected a free place');
  return lease;
}

/** Trials beside a plain list of the leases that are held, with which they must agree. */
class ListedTrials {
  readonly #size: number;
  readonly #trials: Trials;
  readonly #taken: Lease[] = [];
  #held: Lease[] = [];

  constructor(size: number) {
    this.#size = size;
    this.#trials = places(size);
  }

  take(nowMs: number, leaseMs: number): void {
    if (this.#held.length >= this.#size) this.#held = this.#held.filter(({ untilMs }) => untilMs > nowMs);
    const isFree = this.#held.length < this.#size;
    expect(this.#trials.isFull(nowMs)).toBe(!isFree);
    const lease = this.#trials.take(nowMs, leaseMs);
    expect(lease?.untilMs).toBe(isFree ? nowMs + leaseMs : undefined);
    if (lease === undefined) return;
    this.#taken.unshift(lease);
    this.#held.push(lease);
  }

  /** Gives back one of the leases so far, the `back`th newest. */
  giveBack(back: number): void {
    const lease = this.#taken[back];
    if (lease === undefined) return;
    expect(this.#trials.giveBack(lease)).toBe(this.#held.includes(lease));
    this.#held = this.#held.filter((other) => other !== lease);
  }
}

describe('the places of trials', () => {
  it('are as many as the setting says', () => {
    const trials = places(2);
    take(trials, 0);
    take(trials, 0);
    expect(trials.take(0, LEASE_MS)).toBeUndefined();
  });

  it('are leased for as long as each trial may take', () => {
    expect(places(1).take(50, 100)?.untilMs).toBe(150);
    expect(places(1).take(50, 0.5)?.untilMs).toBe(50.5);
  });

  it('come free one by one as trials give them back', () => {
    const trials = places(2);
    const first = take(trials, 0);
    take(trials, 0);
    expect(trials.giveBack(first)).toBe(true);
    take(trials, 1);
    expect(trials.take(1, LEASE_MS)).toBeUndefined();
  });

  it('cannot be given back twice', () => {
    const trials = places(2);
    const first = take(trials, 0);
    take(trials, 0);
    expect(trials.giveBack(first)).toBe(true);
    expect(trials.giveBack(first)).toBe(false);
    take(trials, 0);
    expect(trials.take(0, LEASE_MS)).toBeUndefined();
  });

  it('cannot be given back by a lease of another breaker', () => {
    const trials = places(1);
    take(trials, 0);
    expect(trials.giveBack(new Lease(LEASE_MS))).toBe(false);
    expect(trials.take(0, LEASE_MS)).toBeUndefined();
  });
});

describe('a trial that hangs', () => {
  it('keeps its place until its lease has run out, and loses it on the millisecond', () => {
    const trials = places(1);
    take(trials, 0);
    expect(trials.take(99.9, LEASE_MS)).toBeUndefined();
    expect(trials.take(100, LEASE_MS)).toBeInstanceOf(Lease);
  });

  it('no longer counts once it has lost its place', () => {
    const trials = places(1);
    const hung = take(trials, 0);
    const other = take(trials, 100);
    expect(trials.giveBack(hung)).toBe(false);
    // The place belongs to the other one, and giving back what was lost has not freed it.
    expect(trials.take(100, LEASE_MS)).toBeUndefined();
    expect(trials.giveBack(other)).toBe(true);
  });

  it('still counts when it comes late but no other trial took its place', () => {
    const trials = places(1);
    const hung = take(trials, 0);
    expect(trials.giveBack(hung)).toBe(true);
    expect(trials.take(500, LEASE_MS)).toBeInstanceOf(Lease);
  });

  it('costs no other trial its place', () => {
    const trials = places(2);
    take(trials, 0);
    const young = take(trials, 60);
    take(trials, 100);
    expect(trials.take(120, LEASE_MS)).toBeUndefined();
    expect(trials.giveBack(young)).toBe(true);
  });
});

describe('leases of different lengths', () => {
  it('end each at its own time', () => {
    const trials = places(2);
    const long = trials.take(0, 1000);
    const short = trials.take(0, 50);
    if (long === undefined || short === undefined) throw new Error('expected two places');
    take(trials, 50);
    expect(trials.giveBack(short)).toBe(false);
    expect(trials.giveBack(long)).toBe(true);
  });
});

describe('very many places of trials', () => {
  // With a search among all leases either would take minutes, and the test would time out.
  it('are taken, refused and given back in the same time as a few', () => {
    const trials = places(100_000);
    const leases = Array.from({ length: 100_000 }, () => take(trials, 0));
    const refused = leases.filter(() => trials.take(1, LEASE_MS) === undefined);
    expect(refused).toHaveLength(100_000);
    // From the middle outwards, which a list searched from its beginning would feel.
    const given = [...leases.slice(50_000), ...leases.slice(0, 50_000)].filter((lease) => trials.giveBack(lease));
    expect(given).toHaveLength(100_000);
    expect(trials.take(1, LEASE_MS)).toBeInstanceOf(Lease);
  });

  it('are taken and given back in the same time when every trial may take another time', () => {
    const random = randomFrom(SEED);
    const trials = places(100_000);
    const leases = Array.from({ length: 100_000 }, () => trials.take(0, 1 + random() * 60_000));
    const given = leases.filter((lease) => lease !== undefined && trials.giveBack(lease));
    expect(given).toHaveLength(100_000);
  });

  it('go to those that a list of all leases says, whatever their lengths and whichever is given back', () => {
    const random = randomFrom(SEED);
    for (let size = 1; size <= 12; size++) {
      const listed = new ListedTrials(size);
      for (let nowMs = 0; nowMs < 1_000; nowMs++) {
        if (random() < 0.7) listed.take(nowMs, 1 + Math.floor(random() * 20));
        else listed.giveBack(Math.floor(random() * 12));
      }
    }
  });
});

describe('the successes of trials', () => {
  it('are counted', () => {
    const trials = places(1);
    expect([trials.succeed(), trials.succeed(), trials.succeed()]).toEqual([1, 2, 3]);
  });
});
