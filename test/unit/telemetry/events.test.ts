import type { EventType } from 'holdfast';
import { expect, it } from 'vitest';
import { EVENT_TYPES } from '../../../src/telemetry/index.js';

/** The compiler sees to it that none is missing here. */
const ALL: Readonly<Record<EventType, true>> = {
  'call.started': true,
  'call.succeeded': true,
  'call.failed': true,
  'attempt.failed': true,
  'attempt.abandoned': true,
  'retry.scheduled': true,
  'retry.refused': true,
  'stream.stalled': true,
  'stream.truncated': true,
  'quota.held': true,
  'quota.released': true,
  'capacity.rejected': true,
  'target.moved': true,
  'fallback.used': true,
  'fallback.failed': true,
  'cache.hit': true,
  'breaker.opened': true,
  'breaker.half_opened': true,
  'breaker.closed': true,
  'breaker.rejected': true,
  'config.changed': true,
  'config.refused': true,
  'config.overruled': true,
  'retry.doubled': true,
  'hedge.sent': true,
  'hedge.ended': true,
  'hook.failed': true,
};

it('every type of event can be subscribed to', () => {
  expect(EVENT_TYPES.toSorted()).toEqual(Object.keys(ALL).toSorted());
});
