import { StreamFailedError, type StreamPartial, StreamStalledError, StreamTruncatedError } from '../errors/index.js';

// Kept beside the errors of providers, so that the errors themselves are not changed.
const partials = new WeakMap<object, StreamPartial>();

/** Stores what had arrived when a stream ended with this error, unless the error is a primitive. */
export function rememberPartial(error: unknown, partial: StreamPartial): void {
  if ((typeof error === 'object' && error !== null) || typeof error === 'function') partials.set(error, partial);
}

/**
 * Returns what had arrived of the answer when a guarded stream ended with this error, whether the error is one of holdfast,
 * of the provider, or the reason of an abort.
 *
 * @example
 * ```ts
 * try {
 *   const request = { model: 'gpt-5', input: 'Say hello.', stream: true } as const;
 *   for await (const event of protectStream(openai.responses.create(request))) console.log(event.type);
 * } catch (error) {
 *   console.warn('cut off after', findPartial(error)?.text.length, 'characters');
 * }
 * ```
 *
 * @returns `undefined` for an error that did not end a guarded stream, and for thrown primitives.
 */
export function findPartial(error: unknown): StreamPartial | undefined {
  if ((typeof error !== 'object' || error === null) && typeof error !== 'function') return undefined;
  const known = partials.get(error);
  if (known !== undefined) return known;
  try {
    // Of another copy of the package.
    const isOurs = StreamStalledError.is(error) || StreamTruncatedError.is(error) || StreamFailedError.is(error);
    return isOurs ? error.partial : undefined;
  } catch {
    // Not an error of ours: its code throws.
    return undefined;
  }
}
