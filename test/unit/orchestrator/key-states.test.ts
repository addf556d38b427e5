import { describe, expect, it } from 'vitest';
import { KEY_IDLE_MS, KeyStates } from '../../../src/orchestrator/key-states.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';

function makeStates(context = new ResilienceContext(() => 0, undefined)): KeyStates {
  return new KeyStates({ context, operation: 'chat', settings: { breaker: false, pacing: false, concurrency: false } });
}

const keysOf = (states: KeyStates) => [...states.all()].map(({ key }) => key);

describe('the states of keys', () => {
  it('are made on demand, one for each key', () => {
    const states = makeStates();
    expect(keysOf(states)).toEqual([]);
    const eu = states.of('eu', 0);
    expect(states.of('eu', 1)).toBe(eu);
    expect(states.find('eu')).toBe(eu);
    expect(states.of(undefined, 2)).toBe(states.of(undefined, 3));
    expect(keysOf(states)).toEqual([undefined, 'eu']);
  });

  it('are named after the operation and the key', () => {
    const states = makeStates();
    expect([states.of(undefined, 0).name, states.of('eu', 0).name]).toEqual(['chat', 'chat/eu']);
  });

  it('are not created by a lookup', () => {
    const states = makeStates();
    expect(states.find('eu')).toBeUndefined();
    expect(states.find(undefined)).toBeUndefined();
    states.make('eu');
    expect(keysOf(states)).toEqual([]);
  });

  it('are forgotten two at a time when they are idle, so that the forgotten outnumber the new', () => {
    const states = makeStates();
    for (const key of ['a', 'b', 'c', 'd', 'e']) states.of(key, 0);
    // The hand of the clock stands behind the last one, and begins anew.
    states.of('new-1', KEY_IDLE_MS);
    states.of('new-2', KEY_IDLE_MS);
    states.of('new-3', KEY_IDLE_MS);
    states.of('new-4', KEY_IDLE_MS);
    expect(keysOf(states)).toEqual(['new-1', 'new-2', 'new-3', 'new-4']);
  });

  it('stay while a call is under way, and do not keep idle ones from being forgotten', () => {
    const states = makeStates();
    states.of('busy', 0).enter();
    states.of('idle', 0);
    for (let count = 0; count < 4; count++) states.of(`new-${count}`, KEY_IDLE_MS);
    expect(keysOf(states)).toEqual(['busy', 'new-0', 'new-1', 'new-2', 'new-3']);
    states.find('busy')?.leave(KEY_IDLE_MS);
  });

  it('stay when a call has used them lately', () => {
    const states = makeStates();
    states.of('eu', 0);
    states.of('eu', KEY_IDLE_MS - 1);
    for (let count = 0; count < 4; count++) states.of(`new-${count}`, KEY_IDLE_MS);
    expect(states.find('eu')).toBeDefined();
  });

  it('stay while their quota is held', () => {
    const states = makeStates();
    states.of('held', 0).quota.hold('quota_exhausted', 2 * KEY_IDLE_MS, 0);
    for (let count = 0; count < 4; count++) states.of(`new-${count}`, 2 * KEY_IDLE_MS - 1);
    expect(states.find('held')?.quota.remainingMs(2 * KEY_IDLE_MS - 1)).toBe(1);
    for (let count = 4; count < 9; count++) states.of(`new-${count}`, 2 * KEY_IDLE_MS);
    expect(states.find('held')).toBeUndefined();
  });

  it('leave their numbers in the total when they are forgotten', () => {
    const states = makeStates();
    states.of('old', 0).counter.succeeded(5, 0, 5);
    for (let count = 0; count < 3; count++) states.of(`new-${count}`, KEY_IDLE_MS).counter.succeeded(5, KEY_IDLE_MS, 5);
    expect(states.find('old')).toBeUndefined();
    expect(states.counted().stats().successes).toBe(4);
    states.resetCounters();
    expect(states.counted().stats().calls).toBe(0);
  });
});
