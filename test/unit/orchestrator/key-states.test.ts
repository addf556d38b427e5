import { describe, expect, it } from 'vitest';
import { resolveBreakerSettings } from '../../../src/breaker/index.js';
import type { KeyState } from '../../../src/orchestrator/key-state.js';
import { KEY_IDLE_MS, KeyStates } from '../../../src/orchestrator/key-states.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';

function makeStates(context = new ResilienceContext(() => 0, undefined)): KeyStates {
  return new KeyStates({ context, operation: 'chat', settings: { breaker: false, pacing: false, concurrency: false } });
}

const GPT = { name: 'gpt-5', key: undefined } as const;

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

describe('the states of targets', () => {
  const breaker = resolveBreakerSettings({ trip: { consecutiveFailures: 1 } });
  const settings = { breaker, pacing: false, concurrency: false } as const;
  const makeWithBreakers = () =>
    new KeyStates({ context: new ResilienceContext(() => 0, undefined), operation: 'chat', settings });
  const targetOf = (states: KeyStates, nowMs = 0) => states.ofTarget('gpt-5', { target: GPT, settings }, nowMs);
  const keyOf = (states: KeyStates, breakerOf: KeyState, nowMs = 0) =>
    states.ofTarget('gpt-5/one', { target: { ...GPT, key: 'one' }, settings, breakerOf }, nowMs);

  it('follow the breaker of their target when its state was forgotten and made again', () => {
    const states = makeWithBreakers();
    const first = targetOf(states);
    const key = keyOf(states, first);
    key.quota.hold('rate_limited', 2 * KEY_IDLE_MS, performance.now());
    for (let count = 0; count < 4; count++) states.of(`new-${count}`, KEY_IDLE_MS);
    expect(states.find('gpt-5')).toBeUndefined();
    const second = targetOf(states, KEY_IDLE_MS);
    expect(keyOf(states, second, KEY_IDLE_MS)).toBe(key);
    expect(key.admittingBreaker).toBe(second.breaker);
  });

  it('have no breaker of their own as a key of a target, even if a handle has made one', () => {
    const states = makeWithBreakers();
    const target = targetOf(states);
    const key = states.of('gpt-5/one', 0);
    key.breaker?.open();
    keyOf(states, target);
    expect(key.breaker).toBeUndefined();
    key.becomeTarget({ name: 'gpt-5/one', key: undefined }, undefined);
    expect(key.breaker?.state).toBe('closed');
  });

  it('count the attempts of their keys, also of a key that moves to another target meanwhile', () => {
    const states = makeWithBreakers();
    const [target, other] = [targetOf(states), states.of('other', 0)];
    const key = keyOf(states, target);
    key.enter();
    key.inUse += 1;
    expect(target.inUse).toBe(1);
    key.becomeTarget(GPT, other);
    expect([target.inUse, other.inUse]).toEqual([0, 1]);
    key.rest();
    expect([key.inProgress, target.inProgress, other.inProgress]).toEqual([1, 0, 0]);
    key.becomeTarget(GPT, target);
    expect([key.inProgress, target.inProgress, other.inProgress]).toEqual([1, 0, 0]);
    key.leave(0);
    expect([key.inUse, target.inUse, other.inUse]).toEqual([1, 0, 0]);
    expect([key.inProgress, target.inProgress, other.inProgress]).toEqual([1, 0, 0]);
  });

  it('have the settings of their target, or those of the operation for a call without targets', () => {
    const states = makeWithBreakers();
    const own = { ...settings, breaker: resolveBreakerSettings({ trip: { consecutiveFailures: 9 } }) };
    states.ofTarget('gpt-5', { target: GPT, settings: own }, 0);
    expect(states.ofHandle('gpt-5', 0).breaker?.settings).toBe(own.breaker);
    expect(states.beforeTargets('gpt-5').breaker).toBeUndefined();
    const changed = { ...settings, breaker: resolveBreakerSettings({ trip: { consecutiveFailures: 2 } }) };
    states.updateSettings(changed);
    expect(states.find('gpt-5')?.breaker?.settings).toBe(own.breaker);
    expect(states.of('gpt-5', 0).breaker?.settings).toBe(changed.breaker);
  });

  it('say that they were forgotten to those that still have them', () => {
    const states = makeWithBreakers();
    const target = targetOf(states);
    expect(target.isForgotten).toBe(false);
    states.of('new-1', KEY_IDLE_MS);
    expect(target.isForgotten).toBe(true);
  });
});
