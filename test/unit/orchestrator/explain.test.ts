import { BreakerOpenError } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { explain, remember } from '../../../src/orchestrator/explain.js';
import { FinishedCall } from '../../../src/orchestrator/finished-call.js';
import { firstOf } from '../../support/attempts.js';
import { countingLane, liveCall } from '../../support/live-calls.js';
import { useFakeTime } from '../../support/time.js';

useFakeTime();

/** A call of this operation that was rejected. */
function rejectedCall(operation: string): FinishedCall {
  const call = liveCall({ lane: countingLane({ operation }) });
  const error = new Error('open');
  firstOf(call)
    .reject('breaker_open', error)
    .catch(() => undefined);
  return new FinishedCall(call, call.ending(error), performance.now());
}

describe('explain()', () => {
  it.each([
    { error: new Error('down') },
    { error: new BreakerOpenError('chat', 'open', 5) },
    { error: () => undefined },
  ])('returns the last call that was remembered for an error: $error', ({ error }) => {
    expect(explain(error)).toBeUndefined();
    remember(error, rejectedCall('first'));
    remember(error, rejectedCall('second'));
    expect(explain(error)).toMatchObject({ operation: 'second', stopReason: 'breaker_open' });
  });

  it('returns nothing for an error that is not an object', () => {
    for (const error of [undefined, null, 'down', 7]) {
      remember(error, rejectedCall('chat'));
      expect(explain(error)).toBeUndefined();
    }
  });
});
