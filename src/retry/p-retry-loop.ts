import pRetry from 'p-retry';
import { withoutStack } from '../errors/index.js';

/** The step after a failed attempt: another attempt, or the error that the call ends with. */
export type NextStep = { readonly run: () => Promise<unknown> } | { readonly error: unknown };

/**
 * Runs `first`, and after each failure what `stepAfter` returns, until an attempt succeeds or `stepAfter` ends it. p-retry
 * drives the loop; it never sees the errors themselves, so its own rules about them do not apply (docs/decisions/0007).
 */
export async function runRetryLoop(
  first: () => Promise<unknown>,
  stepAfter: (error: unknown) => NextStep,
): Promise<unknown> {
  let run = first;
  let end: { readonly error: unknown } | undefined;
  try {
    return await pRetry(() => run().catch(wrapThrow), {
      // Every option, since p-retry fills in missing ones slowly; written out, since a spread costs 1 us of a retry's 9.
      retries: Number.POSITIVE_INFINITY,
      factor: 1,
      minTimeout: 0,
      maxTimeout: 0,
      maxRetryTime: Number.POSITIVE_INFINITY,
      randomize: false,
      unref: true,
      signal: undefined,
      onFailedAttempt: doNothing,
      shouldConsumeRetry: always,
      shouldRetry: ({ error }) => {
        const step = stepAfter(error instanceof WrappedThrow ? error.thrown : error);
        if ('error' in step) {
          end = step;
          return false;
        }
        run = step.run;
        return true;
      },
    });
  } catch (error) {
    throw end === undefined ? error : end.error;
  }
}

/**
 * Carries what an attempt threw past p-retry, which would wrap a value that is not an `Error`, and would stop at a
 * `TypeError` that it does not recognise as a network failure.
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

function doNothing(): undefined {
  return undefined;
}

function always(): boolean {
  return true;
}
