import { type BreakerHandle, createResilience, type Resilience } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { errorOf, fail, issuesIn, never, thrownBy } from '../../support/calls.js';
import { pass, START, useFakeTime } from '../../support/time.js';

useFakeTime();

function withHandle(): { resilience: Resilience; handle: BreakerHandle } {
  const resilience = createResilience({ config: { defaults: { breaker: { openMs: 1_000 } } } });
  return { resilience, handle: resilience.operation('chat').breaker() };
}

describe('a breaker handle', () => {
  it('shows the state, the numbers and the snapshot of its breaker', async () => {
    const { resilience, handle } = withHandle();
    expect(handle.state).toBe('closed');
    await fail(resilience, 3);
    expect(handle.snapshot()).toEqual({ version: 1, state: 'closed', consecutiveFailures: 3 });
    await fail(resilience, 2);
    expect(handle.state).toBe('open');
    expect(handle.snapshot()).toEqual({ version: 1, state: 'open', openings: 1, openedAt: START, waitMs: 1_000 });
    expect(handle.stats()).toMatchObject({ admitted: 5, failures: 5, opens: 1 });
    await pass(1_000);
    expect(handle.state).toBe('half_open');
    expect(handle.snapshot()).toEqual({ version: 1, state: 'half_open', openings: 1 });
  });

  it('shows the thresholds, the last failure and how long the state has lasted', async () => {
    const { resilience, handle } = withHandle();
    expect(handle.settings).toMatchObject({ openMs: 1_000, trip: { consecutiveFailures: 5 } });
    expect(Object.isFrozen(handle.settings)).toBe(true);
    await resilience.execute('chat', () => 'fine');
    await pass(300);
    expect([handle.lastFailureAt, handle.sinceChangeMs]).toEqual([undefined, 300]);
    await fail(resilience, 5);
    await pass(400);
    expect([handle.lastFailureAt, handle.sinceChangeMs]).toEqual([START + 300, 400]);
    await pass(1_000);
    expect([handle.state, handle.sinceChangeMs]).toEqual(['half_open', 400]);
    handle.reset();
    expect([handle.lastFailureAt, handle.sinceChangeMs]).toEqual([undefined, 0]);
  });

  it('opens its breaker for the time that an opening lasts', async () => {
    const { resilience, handle } = withHandle();
    handle.open();
    expect(await errorOf(resilience.execute('chat', never))).toMatchObject({ refusal: 'open', retryAfterMs: 1_000 });
    await pass(1_000);
    expect(await resilience.execute('chat', () => 'well again')).toBe('well again');
    expect(handle.state).toBe('closed');
  });

  it('isolates its breaker until the breaker is closed by hand', async () => {
    const { resilience, handle } = withHandle();
    handle.isolate();
    await pass(10_000_000);
    const refusal = { refusal: 'held_open', retryAfterMs: undefined };
    expect(await errorOf(resilience.execute('chat', never))).toMatchObject(refusal);
    handle.close();
    expect(await resilience.execute('chat', () => 'passes')).toBe('passes');
  });

  it('closes its breaker with a fresh window', async () => {
    const { resilience, handle } = withHandle();
    await fail(resilience, 5);
    handle.close();
    expect(handle.state).toBe('closed');
    expect(vi.getTimerCount()).toBe(0);
    await fail(resilience, 4);
    expect(handle.state).toBe('closed');
    expect(handle.stats().failures).toBe(9);
  });

  it('resets its breaker to closed, with nothing counted', async () => {
    const { resilience, handle } = withHandle();
    await fail(resilience, 5);
    handle.reset();
    expect(handle.state).toBe('closed');
    expect(handle.stats()).toMatchObject({ admitted: 0, failures: 0, opens: 0 });
    expect(resilience.stats('chat').failures).toBe(5);
  });

  it('reaches the same breaker through the Resilience and through the operation', () => {
    const { resilience, handle } = withHandle();
    handle.open();
    expect(resilience.breaker('chat').state).toBe('open');
    expect(resilience.operation('chat').breaker().state).toBe('open');
    expect(resilience.breaker('chat', 'eu').state).toBe('closed');
    resilience.breaker('chat', 'eu').isolate();
    expect(resilience.operation('chat').breaker('eu').snapshot()).toMatchObject({ waitMs: null });
  });

  it('does not exist for an operation without a breaker', async () => {
    const resilience = createResilience({ config: { operations: { chat: { breaker: false } } } });
    const expected = [
      {
        path: 'operation',
        message: 'must be one whose settings do not switch the breaker off',
        received: 'the string "chat"',
      },
    ];
    expect(issuesIn(thrownBy(() => resilience.breaker('chat')))).toEqual(expected);
    expect(issuesIn(thrownBy(() => resilience.breaker('chat', 'eu')))).toEqual(expected);
    expect(issuesIn(thrownBy(() => resilience.operation('chat').breaker()))).toEqual(expected);
    await fail(resilience, 20);
    expect(resilience.stats('chat')).toMatchObject({ attempts: 20, rejections: { breaker: 0 } });
    expect(resilience.health().breakers).toBe(0);
  });
});
