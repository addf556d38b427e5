import { describe, expect, it } from 'vitest';
import { ResilienceContext } from '../../../src/orchestrator/shared.js';

describe('the id of a call', () => {
  it('has the same beginning for all calls of one Resilience, and a number', () => {
    const shared = new ResilienceContext(() => 0.5, undefined);
    const prefix = (18 * 36 ** 5).toString(36);
    expect([shared.enter(), shared.enter()].map((serial) => shared.callId(serial))).toEqual([
      `${prefix}-1`,
      `${prefix}-2`,
    ]);
    expect(shared.callId(36)).toBe(`${prefix}-10`);
  });

  it('is short', () => {
    expect(new ResilienceContext(() => 1 - Number.EPSILON, undefined).callId(36 ** 5 - 1)).toBe('zzzzzz-zzzzz');
  });
});

describe('the context of a call', () => {
  it('is the object that the call brings when there is no hook, and else a fresh one', () => {
    const own = { tenant: 'a' };
    expect(new ResilienceContext(() => 0, undefined).contextOf(own, 'chat')).toBe(own);
    const hooked = new ResilienceContext(
      () => 0,
      () => own,
    );
    expect(hooked.contextOf(undefined, 'chat')).toEqual(own);
    expect(hooked.contextOf(undefined, 'chat')).not.toBe(own);
  });

  it('is nothing that one call could leave for the next', () => {
    expect(Object.isFrozen(new ResilienceContext(() => 0, undefined).contextOf(undefined, 'chat'))).toBe(true);
  });
});

describe('closing', () => {
  it('resolves for everybody who waits for the last call', async () => {
    const shared = new ResilienceContext(() => 0, undefined);
    shared.enter();
    const closed = Promise.all([shared.close(), shared.close()]);
    shared.leave();
    await closed;
    expect(shared.isClosed).toBe(true);
  });

  it('does not begin because nothing is under way', () => {
    const shared = new ResilienceContext(() => 0, undefined);
    shared.enter();
    shared.leave();
    expect(shared.isClosed).toBe(false);
    shared.assertOpen();
  });
});
