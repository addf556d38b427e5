import { BreakerOpenError } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { FinishedCall } from '../../../src/orchestrator/ended-call.js';
import { explain, remember } from '../../../src/orchestrator/explain.js';
import { liveCall, notingHost } from '../../support/live-calls.js';
import { useFakeTime } from '../../support/time.js';

useFakeTime();

/** A call of this operation that was refused. */
function refusedCall(operation: string): FinishedCall {
  const call = liveCall({ host: { ...notingHost(), operation } });
  call.attempt.refusedBy = 'breaker_open';
  return new FinishedCall(call, call.ending(undefined), performance.now());
}

describe('what is remembered of an error', () => {
  it.each([
    { error: new Error('down') },
    { error: new BreakerOpenError('chat', 'open', 5) },
    { error: () => undefined },
  ])('is found again, the last one: $error', ({ error }) => {
    expect(explain(error)).toBeUndefined();
    remember(error, refusedCall('first'));
    remember(error, refusedCall('second'));
    expect(explain(error)?.operation).toBe('second');
  });

  it('is nothing for what is no object', () => {
    for (const error of [undefined, null, 'down', 7]) {
      remember(error, refusedCall('chat'));
      expect(explain(error)).toBeUndefined();
    }
  });
});
