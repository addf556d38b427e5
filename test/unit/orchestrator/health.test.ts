import { describe, expect, it } from 'vitest';
import { type BreakerMode, resolveBreakerSettings } from '../../../src/breaker/index.js';
import { type HealthSource, healthOf } from '../../../src/orchestrator/health.js';
import { KeyState } from '../../../src/orchestrator/lane.js';
import { ResilienceContext } from '../../../src/orchestrator/shared.js';
import { pass, useFakeTime } from '../../support/time.js';

useFakeTime();

function lane(operation: string, mode: BreakerMode | false = 'enforce'): KeyState {
  const breaker = mode === false ? mode : resolveBreakerSettings({ mode });
  return new KeyState({ shared: new ResilienceContext(() => 0, undefined), operation, key: undefined, breaker });
}

/** An operation with this state, or none. */
const operation = (...lanes: readonly KeyState[]): HealthSource => ({
  name: 'chat',
  holdsQuotas: true,
  lanes: () => lanes,
  budget: () => undefined,
});

/** What is said of these lanes, each of an operation of its own. */
const judge = (...lanes: readonly KeyState[]) =>
  healthOf({ operations: lanes.map((lane) => operation(lane)), isClosed: false, at: 7, nowMs: performance.now() });

describe('health', () => {
  it('of nothing is good', () => {
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

  it('is degraded by one of two, and unhealthy by all', () => {
    const [open, closed] = [lane('open'), lane('closed')];
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
    const open = lane('open');
    open.breaker?.open();
    expect(judge(open, lane('none', false))).toMatchObject({ status: 'unhealthy', operations: 2, breakers: 1 });
  });

  it('is not spoilt by a breaker that only observes', () => {
    const observing = lane('observing', 'observe');
    observing.breaker?.open();
    expect(judge(observing)).toMatchObject({ healthy: true, status: 'healthy', openBreakers: [], breakers: 1 });
  });

  it('is spoilt by a breaker that is forced open, and not by one that is disabled', () => {
    expect(judge(lane('forced', 'forced_open'))).toMatchObject({ status: 'unhealthy', openBreakers: ['forced'] });
    expect(judge(lane('disabled', 'disabled'))).toMatchObject({ status: 'healthy' });
  });

  it('of what is closed down is bad', () => {
    expect(healthOf({ operations: [operation(lane('fine'))], isClosed: true, at: 7, nowMs: 0 })).toMatchObject({
      healthy: false,
      status: 'unhealthy',
      openBreakers: [],
    });
  });

  it('is degraded by a quota that is held, until it is free again', async () => {
    const held = lane('held');
    held.quota.hold('rate_limited', 500, performance.now());
    const fine = lane('fine');
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
    // Nobody has come by to let it go, and yet nobody is kept out.
    expect(judge(held, fine)).toMatchObject({ healthy: true, status: 'healthy', holds: [] });
  });

  it('is not spoilt by a quota that keeps nobody out, since holds are switched off', () => {
    const held = lane('held');
    held.quota.hold('rate_limited', 500, performance.now());
    const operations = [{ ...operation(held), holdsQuotas: false }];
    expect(healthOf({ operations, isClosed: false, at: 7, nowMs: performance.now() })).toMatchObject({
      healthy: true,
      holds: [],
    });
  });

  it('is never unhealthy by quotas alone: the callee is well', () => {
    const held = lane('held');
    held.quota.hold('quota_exhausted', 500, performance.now());
    expect(judge(held)).toMatchObject({ healthy: false, status: 'degraded' });
  });

  it('names the operations that cannot pay for another retry, and is not spoilt by them', () => {
    const operations = [
      { ...operation(), name: 'spent', budget: () => ({ tokens: 0.99, burst: 10 }) },
      { ...operation(), name: 'solvent', budget: () => ({ tokens: 1, burst: 10 }) },
      { ...operation(), name: 'unbounded', budget: () => undefined },
    ];
    const health = healthOf({ operations, isClosed: false, at: 7, nowMs: 0 });
    expect(health).toMatchObject({ healthy: true, status: 'healthy', spentBudgets: ['spent'], operations: 3 });
  });
});
