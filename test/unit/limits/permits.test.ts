import { describe, expect, it } from 'vitest';
import { type PermitSettings, Permits } from '../../../src/limits/permits.js';
import type { Priority } from '../../../src/pipeline/index.js';

const fixed = (limit: number, queue = 10): PermitSettings => ({ limit, queue, adaptive: false });

/** Permits, and what became of the attempts that waited for them. */
function queueOf(settings: PermitSettings) {
  const permits = new Permits(settings);
  const ends: string[] = [];
  const wait = (name: string, priority: Priority = 'normal') =>
    permits.enqueue({
      priority,
      onGranted: () => ends.push(`${name} granted`),
      onShed: () => ends.push(`${name} shed`),
    });
  return { permits, ends, wait };
}

describe('permits', () => {
  it('are granted up to the limit and refused beyond it', () => {
    const permits = new Permits(fixed(2));
    expect([permits.tryAcquire(), permits.tryAcquire(), permits.tryAcquire()]).toEqual([
      { number: 1 },
      { number: 2 },
      undefined,
    ]);
    expect(permits.inUse).toBe(2);
  });

  it('pass to the waiting attempts in the order in which they came', () => {
    const { permits, ends, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    for (const name of ['a', 'b', 'c']) wait(name);
    permits.release();
    permits.release();
    expect(ends).toEqual(['a granted', 'b granted']);
    expect(permits.snapshot()).toMatchObject({ inUse: 1, waiting: 1 });
  });

  it('are not given to a newcomer while an attempt is waiting', () => {
    const { permits, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    wait('a');
    permits.updateSettings(fixed(1), 0);
    expect(permits.tryAcquire()).toBeUndefined();
  });

  it('pass to the attempts of higher priority first', () => {
    const { permits, ends, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    wait('low', 'low');
    wait('normal');
    wait('high', 'high');
    for (let nth = 0; nth < 3; nth++) permits.release();
    expect(ends).toEqual(['high granted', 'normal granted', 'low granted']);
  });

  it('pass to a waiter of lower priority after eight grants that passed over it', () => {
    const { permits, ends, wait } = queueOf(fixed(1, 100));
    permits.tryAcquire();
    wait('low', 'low');
    for (let nth = 1; nth <= 20; nth++) wait(`high ${nth}`, 'high');
    for (let nth = 0; nth < 10; nth++) permits.release();
    expect(ends.indexOf('low granted')).toBe(8);
  });

  it('skip an attempt that has left the queue', () => {
    const { permits, ends, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    const places = ['a', 'b', 'c'].map((name) => wait(name));
    for (const index of [1, 1, 0]) {
      const place = places[index];
      if (place !== undefined) permits.leave(place);
    }
    permits.release();
    expect(ends).toEqual(['c granted']);
    expect(permits.waiting).toBe(0);
  });

  it('have no place in a full queue', () => {
    const { permits, wait } = queueOf(fixed(1, 1));
    permits.tryAcquire();
    expect(wait('a')).toBeDefined();
    expect(wait('b')).toBeUndefined();
  });

  it('shed the latest waiter of the lowest priority for an attempt of higher priority', () => {
    const { permits, ends, wait } = queueOf(fixed(1, 3));
    permits.tryAcquire();
    wait('low 1', 'low');
    wait('low 2', 'low');
    wait('normal');
    wait('high', 'high');
    expect(ends).toEqual(['low 2 shed']);
    expect(wait('late', 'low')).toBeUndefined();
    expect(permits.waiting).toBe(3);
  });

  it('are granted to those waiting when the limit is raised', () => {
    const { permits, ends, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    for (const name of ['a', 'b', 'c']) wait(name);
    permits.updateSettings(fixed(3), 0);
    expect(ends).toEqual(['a granted', 'b granted']);
  });

  it('are granted to all when the limit ends', () => {
    const { permits, ends, wait } = queueOf(fixed(1));
    permits.tryAcquire();
    for (const name of ['a', 'b', 'c']) wait(name);
    permits.open();
    expect(ends).toEqual(['a granted', 'b granted', 'c granted']);
  });

  it('of an adaptive limit follow refusals, and keep its latest changes', () => {
    const permits = new Permits({ limit: 100, queue: 0, adaptive: { floor: 1, ceiling: 100 } });
    expect(permits.limit).toBe(4);
    const granted = Array.from({ length: 4 }, () => permits.tryAcquire());
    for (const permit of granted) if (permit !== undefined) permits.recordSuccess(permit, () => 5);
    expect(permits.limit).toBe(6);
    const [last] = [permits.tryAcquire()];
    if (last === undefined) throw new Error('there is room');
    permits.recordRefusal(last, 7);
    expect(permits.snapshot().adaptive).toEqual({ floor: 1, ceiling: 100, lastReason: 'refused' });
    expect(permits.snapshot().history).toEqual([
      { limit: 6, reason: 'grown', atMs: 5 },
      { limit: 4, reason: 'refused', atMs: 7 },
    ]);
  });
});
