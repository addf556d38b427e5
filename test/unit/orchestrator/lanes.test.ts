import { describe, expect, it } from 'vitest';
import { KEY_IDLE_MS, KeyStates } from '../../../src/orchestrator/lanes.js';
import { ResilienceContext } from '../../../src/orchestrator/shared.js';

function lanesOf(shared = new ResilienceContext(() => 0, undefined)): KeyStates {
  return new KeyStates({ shared, operation: 'chat', breaker: false });
}

const keysOf = (lanes: KeyStates) => [...lanes.all()].map(({ key }) => key);

describe('lanes', () => {
  it('are made on demand, one a key', () => {
    const lanes = lanesOf();
    expect(keysOf(lanes)).toEqual([]);
    const eu = lanes.of('eu', 0);
    expect(lanes.of('eu', 1)).toBe(eu);
    expect(lanes.find('eu')).toBe(eu);
    expect(lanes.of(undefined, 2)).toBe(lanes.of(undefined, 3));
    expect(keysOf(lanes)).toEqual([undefined, 'eu']);
  });

  it('are named after the operation and the key', () => {
    const lanes = lanesOf();
    expect([lanes.of(undefined, 0).name, lanes.of('eu', 0).name]).toEqual(['chat', 'chat/eu']);
  });

  it('are not made by looking for them', () => {
    const lanes = lanesOf();
    expect(lanes.find('eu')).toBeUndefined();
    expect(lanes.find(undefined)).toBeUndefined();
    lanes.make('eu');
    expect(keysOf(lanes)).toEqual([]);
  });

  it('that are idle are forgotten two at a time, so that the forgotten outnumber the new', () => {
    const lanes = lanesOf();
    for (const key of ['a', 'b', 'c', 'd', 'e']) lanes.of(key, 0);
    // The hand of the clock stands behind the last one, and begins anew.
    lanes.of('new-1', KEY_IDLE_MS);
    lanes.of('new-2', KEY_IDLE_MS);
    lanes.of('new-3', KEY_IDLE_MS);
    lanes.of('new-4', KEY_IDLE_MS);
    expect(keysOf(lanes)).toEqual(['new-1', 'new-2', 'new-3', 'new-4']);
  });

  it('that are in use stay, and do not stop the hand', () => {
    const lanes = lanesOf();
    lanes.of('busy', 0).enter();
    lanes.of('idle', 0);
    for (let count = 0; count < 4; count++) lanes.of(`new-${count}`, KEY_IDLE_MS);
    expect(keysOf(lanes)).toEqual(['busy', 'new-0', 'new-1', 'new-2', 'new-3']);
    lanes.find('busy')?.leave(KEY_IDLE_MS);
  });

  it('that somebody has come for stay', () => {
    const lanes = lanesOf();
    lanes.of('eu', 0);
    lanes.of('eu', KEY_IDLE_MS - 1);
    for (let count = 0; count < 4; count++) lanes.of(`new-${count}`, KEY_IDLE_MS);
    expect(lanes.find('eu')).toBeDefined();
  });

  it('whose quota is held stay until it is free again', () => {
    const lanes = lanesOf();
    lanes.of('held', 0).quota.hold('quota_exhausted', 2 * KEY_IDLE_MS, 0);
    for (let count = 0; count < 4; count++) lanes.of(`new-${count}`, 2 * KEY_IDLE_MS - 1);
    expect(lanes.find('held')?.quota.remainingMs(2 * KEY_IDLE_MS - 1)).toBe(1);
    for (let count = 4; count < 9; count++) lanes.of(`new-${count}`, 2 * KEY_IDLE_MS);
    expect(lanes.find('held')).toBeUndefined();
  });

  it('leave their numbers behind', () => {
    const lanes = lanesOf();
    lanes.of('old', 0).counter.succeeded(5, 0, 5);
    for (let count = 0; count < 3; count++) lanes.of(`new-${count}`, KEY_IDLE_MS).counter.succeeded(5, KEY_IDLE_MS, 5);
    expect(lanes.find('old')).toBeUndefined();
    expect(lanes.counted().stats().successes).toBe(4);
    lanes.resetCounters();
    expect(lanes.counted().stats().calls).toBe(0);
  });
});
