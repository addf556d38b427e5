import { describe, expect, it } from 'vitest';
import { Schedule } from '../../../src/groups/schedule.js';

/** A schedule of tasks, each with those that it runs after. */
function scheduleOf(tasks: Readonly<Record<string, readonly string[]>>, concurrency = Number.POSITIVE_INFINITY) {
  return new Schedule(new Map(Object.entries(tasks)), concurrency);
}

/** Starts every task that may run. */
function startAll(schedule: Schedule): string[] {
  const names: string[] = [];
  for (let name = schedule.startNext(); name !== undefined; name = schedule.startNext()) names.push(name);
  return names;
}

describe('a schedule', () => {
  it('is settled from the start without tasks', () => {
    expect(scheduleOf({})).toMatchObject({ isSettled: true });
  });

  it('starts tasks that wait for no other in the order of their declaration', () => {
    expect(startAll(scheduleOf({ c: [], a: ['c'], b: [] }))).toEqual(['c', 'b']);
  });

  it('starts a task when the last one that it waits for is done', () => {
    const schedule = scheduleOf({ a: [], b: [], both: ['a', 'b'] });
    startAll(schedule);
    schedule.complete('a');
    expect(startAll(schedule)).toEqual([]);
    schedule.complete('b');
    expect(startAll(schedule)).toEqual(['both']);
    expect(schedule.isSettled).toBe(false);
    schedule.complete('both');
    expect(schedule.isSettled).toBe(true);
  });

  it('starts those first that became ready first, and among them those that were declared first', () => {
    const schedule = scheduleOf({ z: ['b'], y: ['a'], x: ['a'], a: [], b: [] }, 2);
    expect(startAll(schedule)).toEqual(['a', 'b']);
    schedule.complete('a');
    expect(startAll(schedule)).toEqual(['y']);
    schedule.complete('b');
    expect(startAll(schedule)).toEqual(['x']);
    schedule.complete('x');
    expect(startAll(schedule)).toEqual(['z']);
  });

  it('runs no more than allowed at a time', () => {
    const schedule = scheduleOf({ a: [], b: [], c: [] }, 1);
    expect(startAll(schedule)).toEqual(['a']);
    schedule.fail('a');
    expect(startAll(schedule)).toEqual(['b']);
  });

  it('cancels everything after a task that failed, each once, and nothing else', () => {
    const schedule = scheduleOf({ a: [], b: ['a'], c: ['a', 'b'], d: ['c', 'e'], e: [], f: ['e'] });
    startAll(schedule);
    expect([...schedule.fail('a')].sort()).toEqual(['b', 'c', 'd']);
    schedule.complete('e');
    expect(startAll(schedule)).toEqual(['f']);
    schedule.complete('f');
    expect(schedule.isSettled).toBe(true);
  });

  it('cancels tasks once that wait for two that failed', () => {
    const schedule = scheduleOf({ a: [], b: [], c: ['a', 'b'] });
    startAll(schedule);
    expect(schedule.fail('a')).toEqual(['c']);
    expect(schedule.fail('b')).toEqual([]);
    expect(schedule.isSettled).toBe(true);
  });

  it('cancels what does not run, also what is ready, and waits for what runs', () => {
    const schedule = scheduleOf({ a: [], b: [], c: ['a'] }, 1);
    startAll(schedule);
    expect(schedule.cancelWaiting()).toEqual(['b', 'c']);
    expect(schedule.isSettled).toBe(false);
    schedule.complete('a');
    expect(startAll(schedule)).toEqual([]);
    expect(schedule.isSettled).toBe(true);
  });

  it('ignores the end of a task that does not run', () => {
    const schedule = scheduleOf({ a: [], b: ['a'] });
    schedule.complete('a');
    expect(schedule.fail('b')).toEqual([]);
    expect(startAll(schedule)).toEqual(['a']);
  });
});
