import { rememberCopy } from '../../orchestrator/explain.js';

/** What the AI SDK marks its errors with that its own retries react to, across its versions and copies. */
const RETRIED_BY_SDK: readonly symbol[] = [
  Symbol.for('vercel.ai.error.AI_APICallError'),
  Symbol.for('vercel.ai.gateway.error'),
];

/**
 * Returns what the AI SDK does not retry once more: the error itself in most cases. An error that the SDK would retry becomes
 * a copy with the same class, fields and stack, whose `isRetryable` is `false` and whose `cause` is the error.
 */
export function toFinalError(error: unknown): unknown {
  try {
    return error instanceof Error && isRetriedBySdk(error) ? copyAsFinal(error) : error;
  } catch {
    // Its code throws, as that of a Proxy may.
    return error;
  }
}

function isRetriedBySdk(error: Error): boolean {
  return (
    'isRetryable' in error &&
    error.isRetryable === true &&
    RETRIED_BY_SDK.some((mark) => Reflect.get(error, mark) === true)
  );
}

/** A copy rather than a change: others may hold the error, and it may be frozen. */
function copyAsFinal(error: Error): Error {
  const copy = new Error(error.message);
  Object.setPrototypeOf(copy, Reflect.getPrototypeOf(error));
  Object.defineProperties(copy, {
    ...Object.getOwnPropertyDescriptors(error),
    stack: { value: error.stack, writable: true, enumerable: false, configurable: true },
    isRetryable: { value: false, writable: true, enumerable: true, configurable: true },
    cause: { value: error, writable: true, enumerable: false, configurable: true },
  });
  rememberCopy(copy, error);
  return copy;
}
