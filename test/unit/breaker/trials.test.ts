import { describe, expect, it } from 'vitest';
import { Lease, Trials } from '../../../src/breaker/trials.js';

const LEASE_MS = 100;
const places = (trials: number) => new Trials({ trials });

/** Takes a place that must be free. */
function take(trials: Trials, nowMs: number): Lease {
  const lease = trials.take(nowMs, LEASE_MS);
  if (lease === undefined) throw new Error('expected a free place');
  return lease;
}

describe('places of trials', () => {
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

describe('places of trials: a trial that hangs', () => {
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

describe('places of trials: leases of different lengths', () => {
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

describe('places of trials: very many', () => {
  it('are taken, refused and given back in the same time as a few', () => {
    const trials = places(100_000);
    const leases = Array.from({ length: 100_000 }, () => take(trials, 0));
    for (let nth = 0; nth < 100_000; nth++) expect(trials.take(1, LEASE_MS)).toBeUndefined();
    // From the middle outwards, which a list searched from its beginning would feel.
    for (const lease of [...leases.slice(50_000), ...leases.slice(0, 50_000)])
      expect(trials.giveBack(lease)).toBe(true);
    expect(trials.take(1, LEASE_MS) instanceof Lease).toBe(true);
  }, 5_000);
});

describe('places of trials: successes', () => {
  it('are counted', () => {
    const trials = places(1);
    expect([trials.succeed(), trials.succeed(), trials.succeed()]).toEqual([1, 2, 3]);
  });
});
