import type { SourcePart } from './part-source.js';

/**
 * How a streamed answer that fails is passed on. `throw`: its stream delivers an error part, and then throws.
 * `throw_if_begun`: the same once the provider has begun to answer; before that, as the SDK does it, which delivers an error
 * part. `part`: its stream delivers an error part, and then ends.
 */
export type StreamErrors = 'throw' | 'throw_if_begun' | 'part';

/** Every way in which a failed answer is passed on. */
export const STREAM_ERRORS: readonly StreamErrors[] = ['throw', 'throw_if_begun', 'part'];

/** How the stream that the SDK receives ends if the answer fails. */
export interface DeliveryOptions {
  /** The caller's, whose abort is no error part. */
  readonly signal?: AbortSignal | undefined;
  /** Whether it throws after the error part. */
  readonly throws: boolean;
}

type Parts<Part> = Pick<AsyncIterator<SourcePart<Part, unknown>, undefined, undefined>, 'next' | 'return'>;

/** The stream that the SDK receives of an answer: its first part, then the others, then the error if there is one. */
export function openDelivery<Part>(first: Part, others: Parts<Part>, options: DeliveryOptions): ReadableStream<Part>;
export function openDelivery(
  first: unknown,
  others: Parts<unknown>,
  options: DeliveryOptions,
): ReadableStream<unknown> {
  let opening: { readonly part: unknown } | undefined = { part: first };
  let failure: FailureDelivery | undefined;
  let isCancelled = false;
  return new ReadableStream<unknown>(
    {
      async pull(controller) {
        if (failure !== undefined) {
          failure.end(controller);
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
          failure = new FailureDelivery(error, options);
          failure.begin(controller);
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
export function openFailed<Part>(error: unknown, options: DeliveryOptions): ReadableStream<Part>;
export function openFailed(error: unknown, options: DeliveryOptions): ReadableStream<unknown> {
  const failure = new FailureDelivery(error, options);
  let hasBegun = false;
  return new ReadableStream<unknown>(
    {
      pull(controller) {
        if (hasBegun) failure.end(controller);
        else failure.begin(controller);
        hasBegun = true;
      },
    },
    { highWaterMark: 0 },
  );
}

/**
 * Delivers a failure as a part, for `onError` and user interfaces, and then throws it: the SDK's `textStream` leaves error
 * parts out, and would end as if the answer were whole.
 */
class FailureDelivery {
  readonly #error: unknown;
  readonly #options: DeliveryOptions;

  constructor(error: unknown, options: DeliveryOptions) {
    this.#error = error;
    this.#options = options;
  }

  begin(controller: ReadableStreamDefaultController<unknown>): void {
    const { signal, throws } = this.#options;
    if (signal?.aborted === true) {
      controller.error(this.#error);
      return;
    }
    controller.enqueue({ type: 'error', error: this.#error });
    if (!throws) controller.close();
  }

  /** Called when more is asked for, so that the part has been read. */
  end(controller: ReadableStreamDefaultController<unknown>): void {
    controller.error(this.#error);
  }
}
