import { describe, expect, it, vi } from 'vitest';
import { QueueTimeouts, type TimedWait } from '../../../src/limits/queue-timeouts.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

/** Waits that note their end, and are removed a moment later, as calls are. */
function started() {
  const timeouts = new QueueTimeouts();
  const ended: string[] = [];
  const wait = (name: string, ms: number): TimedWait => {
    const nowMs = performance.now();
    const own: TimedWait = {
      previous: undefined,
      next: undefined,
      ownTimer: undefined,
      untilMs: nowMs + ms,
      onTime: () => {
        ended.push(`${name} at ${performance.now() - began}`);
        void Promise.resolve().then(() => timeouts.remove(own));
      },
    };
    timeouts.add(own, nowMs);
    return own;
  };
  const began = performance.now();
  return { timeouts, ended, wait };
}

describe('the timeouts of a queue', () => {
  it('end a thousand waits in their time by one timer', async () => {
    const { ended, wait } = started();
    for (let each = 0; each < 1_000; each++) wait('first', 10);
    await pass(5);
    for (let each = 0; each < 1_000; each++) wait('second', 10);
    expect(vi.getTimerCount()).toBe(1);
    await pass(5);
    expect(ended).toEqual(Array(1_000).fill('first at 10'));
    await pass(5);
    expect(ended.slice(1_000)).toEqual(Array(1_000).fill('second at 15'));
    expect(vi.getTimerCount()).toBe(0);
  });

  it('end a wait in its time that is shorter than one that began before it', async () => {
    const { ended, wait } = started();
    wait('long', 20);
    wait('short', 5);
    wait('longer', 30);
    await pass(40);
    expect(ended).toEqual(['short at 5', 'long at 20', 'longer at 30']);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('have no timer once the last wait was removed, and start one for the next', async () => {
    const { timeouts, ended, wait } = started();
    const first = wait('first', 10);
    const second = wait('second', 5);
    timeouts.remove(first);
    timeouts.remove(second);
    expect(vi.getTimerCount()).toBe(0);
    wait('third', 10);
    await pass(10);
    expect(ended).toEqual(['third at 10']);
  });

  it('wait for the next one when the first has left early', async () => {
    const { timeouts, ended, wait } = started();
    const first = wait('first', 10);
    await pass(5);
    wait('second', 10);
    timeouts.remove(first);
    await pass(10);
    expect(ended).toEqual(['second at 15']);
    expect(vi.getTimerCount()).toBe(0);
  });
});
