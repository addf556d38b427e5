import { describe, expect, it } from 'vitest';
import { type BreakerMode, breakerRules } from '../../../src/breaker/breaker.js';
import { healthOf } from '../../../src/orchestrator/health.js';
import { Lane } from '../../../src/orchestrator/lane.js';
import { Shared } from '../../../src/orchestrator/shared.js';
import { useFakeTime } from '../../support/time.js';

useFakeTime();

function lane(operation: string, mode: BreakerMode | false = 'enforce'): Lane {
  const breaker = mode === false ? mode : breakerRules({ mode });
  return new Lane({ shared: new Shared(() => 0, undefined), operation, key: undefined, breaker });
}

const judge = (...lanes: readonly Lane[]) => healthOf({ lanes, operations: lanes.length, isClosed: false, at: 7 });

describe('health', () => {
  it('of nothing is good', () => {
    expect(judge()).toEqual({
      healthy: true,
      status: 'healthy',
      openBreakers: [],
      halfOpenBreakers: [],
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
    expect(healthOf({ lanes: [lane('fine')], operations: 1, isClosed: true, at: 7 })).toMatchObject({
      healthy: false,
      status: 'unhealthy',
      openBreakers: [],
    });
  });
});
