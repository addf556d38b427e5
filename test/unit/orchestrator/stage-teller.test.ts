import type { HoldfastEvent } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { StageTeller } from '../../../src/orchestrator/stage-teller.js';
import type { Failure } from '../../../src/pipeline/index.js';
import type { RefusedRetry } from '../../../src/retry/index.js';
import { stagedCall } from '../../support/staged-call.js';
import { START, useFakeTime } from '../../support/time.js';

useFakeTime();

const failure: Failure = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
const error = new Error('down');

/** A teller to an audience that wants everything, or nothing. */
function tellerTo(wantsAll: boolean) {
  const told: HoldfastEvent[] = [];
  const onBudgetRefusal = vi.fn();
  const audience = {
    wants: () => wantsAll,
    emit: (event: HoldfastEvent) => {
      told.push(event);
    },
  };
  return { told, onBudgetRefusal, teller: new StageTeller(audience, onBudgetRefusal) };
}

const attempt = stagedCall(undefined, { attempt: 2, key: 'eu' });
const ABOUT = { at: START, operation: 'chat', key: 'eu' };
const OF_ATTEMPT = { ...ABOUT, callId: 'call-1', attempt: 2 };

function refusal(stopRule: RefusedRetry['stopRule']): RefusedRetry {
  return { stopReason: 'retry_budget', stopRule, failure };
}

describe('what stages decide', () => {
  it('is told with what there is to know', () => {
    const { told, teller } = tellerTo(true);
    teller.scheduled(attempt, { delayMs: 50, waitFor: 'backoff', error, failure });
    teller.refused(attempt, refusal('budget'));
    teller.held(attempt, 'rate_limited', 700);
    teller.released(attempt);
    expect(told).toEqual([
      { type: 'retry.scheduled', ...OF_ATTEMPT, delayMs: 50, waitFor: 'backoff', error, failure },
      { type: 'retry.refused', ...OF_ATTEMPT, stopReason: 'retry_budget', stopRule: 'budget', failure },
      { type: 'quota.held', ...ABOUT, kind: 'rate_limited', forMs: 700, until: START + 700 },
      { type: 'quota.released', ...ABOUT },
    ]);
  });

  it('is not told to those who do not want it, and nothing is built for them', () => {
    const { told, teller } = tellerTo(false);
    const callId = vi.fn(() => 'call-1');
    const unread = Object.defineProperty({ ...attempt }, 'id', { get: callId });
    teller.scheduled(unread, { delayMs: 50, waitFor: 'backoff', error, failure });
    teller.refused(unread, refusal('budget'));
    teller.held(unread, 'rate_limited', 700);
    teller.released(unread);
    expect(told).toEqual([]);
    expect(callId).not.toHaveBeenCalled();
  });

  it('counts refusals of the budget, heard or not, and no others', () => {
    for (const wantsAll of [true, false]) {
      const { teller, onBudgetRefusal } = tellerTo(wantsAll);
      for (const stopRule of ['max_attempts', 'breaker_open', 'refused', 'hint_beyond_deadline'] as const) {
        teller.refused(attempt, refusal(stopRule));
      }
      expect(onBudgetRefusal).not.toHaveBeenCalled();
      teller.refused(attempt, refusal('budget'));
      expect(onBudgetRefusal.mock.calls).toEqual([[attempt]]);
    }
  });
});
