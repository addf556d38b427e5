import type { CallInit, LiveAttempt, LiveCall } from '../../src/pipeline/index.js';
import { liveCall } from './live-calls.js';

/** The first attempt of a call. */
export function firstOf({ attempts }: LiveCall): LiveAttempt {
  const [first] = attempts;
  if (first === undefined) throw new Error('a call has an attempt from the start');
  return first;
}

/** The first attempt of a new call. */
export function firstAttempt(init: Partial<CallInit> = {}): LiveAttempt {
  return firstOf(liveCall(init));
}
