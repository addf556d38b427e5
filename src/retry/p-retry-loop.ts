import pRetry from 'p-retry';
import { withoutStack } from '../errors/index.js';

/** One more try. */
export type Try = () => Promise<unknown>;

/** What comes after a failed try: another one, or the end with the error that the whole ends with. */
export type NextStep = { readonly again: Try } | { readonly error: unknown };

/**
 * Runs `first`, and after each failure what `after` says, until a try succeeds or `after` names the end. p-retry drives the
 * tries; what it would think of an error by itself it never gets to see (docs/decisions/0007).
 */
export async function runRetryLoop(first: Try, after: (error: unknown) => NextStep): Promise<unknown> {
  let run = first;
  let end: { readonly error: unknown } | undefined;
  try {
    return await pRetry(() => run().catch(wrapThrow), {
      ...EVERY_OPTION,
      shouldRetry: ({ error }) => {
        const step = after(error instanceof WrappedThrow ? error.thrown : error);
        if ('error' in step) {
          end = step;
          return false;
        }
        run = step.again;
        return true;
      },
    });
  } catch (error) {
    throw end === undefined ? error : end.error;
  }
}

/**
 * Carries what a try threw past p-retry, which would wrap what is no `Error`, and end at once for a `TypeError` that it does
 * not take for a network failure.
 */
class WrappedThrow extends Error {
  readonly thrown: unknown;

  constructor(thrown: unknown) {
    super();
    this.thrown = thrown;
  }
}

function wrapThrow(thrown: unknown): never {
  throw withoutStack(() => new WrappedThrow(thrown));
}

/** No opinion of its own is left to it. All of them are given, since it fills in missing ones slowly at each call. */
const EVERY_OPTION = {
  retries: Number.POSITIVE_INFINITY,
  factor: 1,
  minTimeout: 0,
  maxTimeout: 0,
  maxRetryTime: Number.POSITIVE_INFINITY,
  randomize: false,
  unref: true,
  signal: undefined,
  onFailedAttempt: () => undefined,
  shouldConsumeRetry: () => true,
} as const;
