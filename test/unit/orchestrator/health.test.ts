import { describe, expect, it } from 'vitest';
import { type BreakerMode, resolveBreakerSettings } from '../../../src/breaker/index.js';
import { computeHealth, type HealthSource } from '../../../src/orchestrator/health.js';
import { KeyState } from '../../../src/orchestrator/key-state.js';
import { ResilienceContext } from '../../../src/orchestrator/resilience-context.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

function keyState(operation: string, mode: BreakerMode | false = 'enforce'): KeyState {
  const breaker = mode === false ? mode : resolveBreakerSettings({ mode });
  return new KeyState({
    context: new ResilienceContext(() => 0, undefined),
    operation,
    key: undefined,
    settings: { breaker, pacing: false, concurrency: false },
  });
}

/** An operation with this state, or none. */
const operation = (...states: readonly KeyState[]): HealthSource => ({
  name: 'chat',
  keyStates: () => states,
  budget: () => undefined,
});

/** The health of these states of keys, each of an operation of its own. */
const judge = (...states: readonly KeyState[]) =>
  computeHealth({
    operations: states.map((state) => operation(state)),
    isClosed: false,
    at: 7,
    nowMs: performance.now(),
  });

describe('health', () => {
  it('is healthy when there is no operation', () => {
    expect(judge()).toEqual({
      healthy: true,
      status: 'healthy',
      openBreakers: [],
      halfOpenBreakers: [],
      holds: [],
      spentBudgets: [],
      operations: 0,
      breakers: 0,
      at: 7,
    });
  });

  it('is degraded when one of two breakers is open, and unhealthy when all are', () => {
    const [open, closed] = [keyState('open'), keyState('closed')];
    open.breaker?.open();
    expect(judge(open, closed)).toMatchObject({
      healthy: false,
      status: 'degraded',
      openBreakers: ['open'],
      breakers: 2,
    });
    closed.breaker?.isolate();
    expect(judge(open, closed)).toMatchObject({ healthy: false, status: 'unhealthy' });
  });

  it('does not count operations without a breaker', () => {
    const open = keyState('open');
    open.breaker?.open();
    expect(judge(open, keyState('none', false))).toMatchObject({ status: 'unhealthy', operations: 2, breakers: 1 });
  });

  it('is not affected by an open breaker that only observes', () => {
    const observing = keyState('observing', 'observe');
    observing.breaker?.open();
    expect(judge(observing)).toMatchObject({ healthy: true, status: 'healthy', openBreakers: [], breakers: 1 });
  });

  it('is unhealthy by a breaker that is forced open, and not affected by a breaker that is disabled', () => {
    expect(judge(keyState('forced', 'forced_open'))).toMatchObject({ status: 'unhealthy', openBreakers: ['forced'] });
    expect(judge(keyState('disabled', 'disabled'))).toMatchObject({ status: 'healthy' });
  });

  it('is unhealthy once the Resilience is closed', () => {
    expect(computeHealth({ operations: [operation(keyState('fine'))], isClosed: true, at: 7, nowMs: 0 })).toMatchObject(
      {
        healthy: false,
        status: 'unhealthy',
        openBreakers: [],
      },
    );
  });

  it('is degraded by a quota that is held, until the quota is free again', async () => {
    const held = keyState('held');
    held.quota.hold('rate_limited', 500, performance.now());
    const fine = keyState('fine');
    fine.quota.hold('quota_exhausted', 100, performance.now());
    expect(judge(held, fine)).toMatchObject({
      healthy: false,
      status: 'degraded',
      holds: [
        { name: 'held', kind: 'rate_limited', releasesInMs: 500 },
        { name: 'fine', kind: 'quota_exhausted', releasesInMs: 100 },
      ],
    });
    await pass(100);
    expect(judge(held, fine).holds).toEqual([{ name: 'held', kind: 'rate_limited', releasesInMs: 400 }]);
    await pass(400);
    // No attempt has come to release it, and yet no attempt is delayed.
    expect(judge(held, fine)).toMatchObject({ healthy: true, status: 'healthy', holds: [] });
  });

  it('is not affected by a held quota that delays no attempt since holds are disabled', () => {
    const held = keyState('held');
    held.quota.hold('rate_limited', 500, performance.now());
    held.updateSettings({ quota: false, breaker: false, pacing: false, concurrency: false });
    const operations = [operation(held)];
    expect(computeHealth({ operations, isClosed: false, at: 7, nowMs: performance.now() })).toMatchObject({
      healthy: true,
      holds: [],
    });
  });

  it('is never unhealthy by quotas alone: the provider is available', () => {
    const held = keyState('held');
    held.quota.hold('quota_exhausted', 500, performance.now());
    expect(judge(held)).toMatchObject({ healthy: false, status: 'degraded' });
  });

  it('names the operations whose retry budget is spent, and is not affected by them', () => {
    const operations = [
      { ...operation(), name: 'spent', budget: () => ({ tokens: 0.99, burst: 10 }) },
      { ...operation(), name: 'solvent', budget: () => ({ tokens: 1, burst: 10 }) },
      { ...operation(), name: 'unbounded', budget: () => undefined },
    ];
    const health = computeHealth({ operations, isClosed: false, at: 7, nowMs: 0 });
    expect(health).toMatchObject({ healthy: true, status: 'healthy', spentBudgets: ['spent'], operations: 3 });
  });
});
