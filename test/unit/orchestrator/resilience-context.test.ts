import { describe, expect, it } from 'vitest';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';

describe('the id of a call in a resilience context', () => {
  it('has the same prefix for all calls of one Resilience, and a number', () => {
    const context = new ResilienceContext(() => 0.5, undefined);
    const prefix = (18 * 36 ** 5).toString(36);
    expect([context.nextSerial(), context.nextSerial()].map((serial) => context.callId(serial))).toEqual([
      `${prefix}-1`,
      `${prefix}-2`,
    ]);
    expect(context.callId(36)).toBe(`${prefix}-10`);
  });

  it('is short, even for the last of very many calls', () => {
    expect(new ResilienceContext(() => 1 - Number.EPSILON, undefined).callId(36 ** 5 - 1)).toBe('zzzzzz-zzzzz');
  });
});

describe('the values of a call in a resilience context', () => {
  it('are the object that the call brings when there is no hook, and a fresh object otherwise', () => {
    const own = { tenant: 'a' };
    expect(new ResilienceContext(() => 0, undefined).contextOf(own, 'chat')).toBe(own);
    const hooked = new ResilienceContext(
      () => 0,
      () => own,
    );
    expect(hooked.contextOf(undefined, 'chat')).toEqual(own);
    expect(hooked.contextOf(undefined, 'chat')).not.toBe(own);
  });

  it('are a frozen object when there are none, so that one call cannot leave anything for the next', () => {
    expect(Object.isFrozen(new ResilienceContext(() => 0, undefined).contextOf(undefined, 'chat'))).toBe(true);
  });
});

describe('a resilience context', () => {
  it('resolves every promise of close() when the last call ends', async () => {
    const context = new ResilienceContext(() => 0, undefined);
    context.nextSerial();
    const closed = Promise.all([context.close(), context.close()]);
    context.leave();
    await closed;
    expect(context.isClosed).toBe(true);
  });

  it('does not close by itself when no call is under way', () => {
    const context = new ResilienceContext(() => 0, undefined);
    context.nextSerial();
    context.leave();
    expect(context.isClosed).toBe(false);
    context.assertOpen();
  });
});
