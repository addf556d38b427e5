import { BreakerOpenError } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { LiveCall } from '../../../src/orchestrator/call.js';
import { EndedCall } from '../../../src/orchestrator/ended-call.js';
import { explain, remember } from '../../../src/orchestrator/explain.js';
import { Lane } from '../../../src/orchestrator/lane.js';
import { Shared } from '../../../src/orchestrator/shared.js';
import { useFakeTime } from '../../support/time.js';

useFakeTime();

/** A call of this operation that was refused. */
function refusedCall(operation: string): EndedCall {
  const lane = new Lane({ shared: new Shared(() => 0, undefined), operation, key: undefined, breaker: false });
  const call = new LiveCall({
    lane,
    work: () => undefined,
    run: (staged) => staged.invoke(),
    serial: 1,
    startedAtMs: performance.now(),
    deadlineMs: undefined,
    signal: undefined,
    context: {},
  });
  call.attempt.refusedBy = 'breaker_open';
  return new EndedCall(call, 'breaker_open', undefined);
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
