import { isStream } from '../pipeline/index.js';

/** Converts the value of a fallback to a stream: a stream as it is, the items of an array, or the value as its one event. */
export function toSource(value: unknown): object {
  if (isStream(value)) return value;
  return passOn(Array.isArray(value) ? value : [value]);
}

async function* passOn(events: readonly unknown[]): AsyncGenerator<unknown> {
  yield* events;
}
