import { rememberCopy } from '../../orchestrator/explain.js';
import { hasFields, toText } from '../../streams/index.js';
import type { SourcePart } from './part-source.js';

/**
 * How a stream that fails after its provider began to answer is passed on. `throw`: as an error part, and then it throws.
 * `part`: as an error part, and then it ends.
 */
export type StreamErrors = 'throw' | 'part';

/** Every way in which a failed stream is passed on. */
export const STREAM_ERRORS: readonly StreamErrors[] = ['throw', 'part'];

interface DeliveryOptions {
  /** The caller's, whose abort is no error part. */
  readonly signal?: AbortSignal | undefined;
  readonly streamErrors: StreamErrors;
}

type Parts = Pick<AsyncIterator<SourcePart<unknown>, undefined, undefined>, 'next' | 'return'>;

/** The stream that the SDK receives of an answer: `first`, then the others, then the error if there is one. */
export function openDelivery(first: unknown, others: Parts, options: DeliveryOptions): ReadableStream<unknown> {
  let opening: { readonly part: unknown } | undefined = { part: first };
  let passOn: ((controller: ReadableStreamDefaultController<unknown>) => void) | undefined;
  let isCancelled = false;
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        if (passOn !== undefined) {
          passOn(controller);
          return;
        }
        if (opening !== undefined) {
          controller.enqueue(opening.part);
          opening = undefined;
          return;
        }
        try {
          const { done, value } = await others.next();
          if (isCancelled) return;
          if (done === true) controller.close();
          else controller.enqueue(value.part);
        } catch (error) {
          if (isCancelled) return;
          passOn = passOnError(controller, error, options);
        }
      },
      cancel() {
        isCancelled = true;
        void others.return?.();
      },
    },
    { highWaterMark: 0 },
  );
}

/** The stream that the SDK receives of an answer that has failed before its first content. */
export function openFailed(error: unknown, options: DeliveryOptions): ReadableStream<unknown> {
  let passOn: ((controller: ReadableStreamDefaultController<unknown>) => void) | undefined;
  return new ReadableStream<unknown>(
    {
      pull(controller) {
        if (passOn === undefined) passOn = passOnError(controller, error, options);
        else passOn(controller);
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Passes the error on as a part, for `onError` and user interfaces. Returns what to do when more is asked for.
 *
 * The stream throws as well, since the SDK's `textStream` leaves error parts out and would end as if the answer were whole.
 */
function passOnError(
  controller: ReadableStreamDefaultController<unknown>,
  error: unknown,
  { signal, streamErrors }: DeliveryOptions,
): (controller: ReadableStreamDefaultController<unknown>) => void {
  if (signal?.aborted === true) controller.error(error);
  else {
    controller.enqueue({ type: 'error', error });
    if (streamErrors === 'part') controller.close();
  }
  const thrown = toError(error);
  return (later) => later.error(thrown);
}

/** Providers report errors within a stream as plain objects, which are no fit thing to throw. */
function toError(error: unknown): unknown {
  if (error instanceof Error || !hasFields(error)) return error;
  const thrown = new Error(toText(error.message) ?? 'the provider reported an error within its stream', {
    cause: error,
  });
  rememberCopy(thrown, error);
  return thrown;
}
