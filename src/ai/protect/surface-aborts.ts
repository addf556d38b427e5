/** The stream object of an SDK that Stainless generates. */
interface SdkStream {
  readonly controller: AbortController;
  iterator: () => AsyncIterator<unknown>;
}

const watched = new WeakSet<object>();

/**
 * Lets a stream that was aborted end with the reason, where the SDK lets it end as if it were complete. Changes the object,
 * which has just been made. Does nothing to another value.
 *
 * @param signal that of the caller, whose reason SDKs do not pass on.
 */
export function surfaceAborts(stream: unknown, signal: AbortSignal | undefined): void {
  if (!isSdkStream(stream) || watched.has(stream)) return;
  watched.add(stream);
  const { controller } = stream;
  const iterate = stream.iterator.bind(stream);
  stream.iterator = () => new CheckedIterator(iterate(), [signal, controller.signal]);
}

class CheckedIterator implements AsyncIterableIterator<unknown> {
  readonly #inner: AsyncIterator<unknown>;
  readonly #signals: readonly (AbortSignal | undefined)[];
  #hasLeft = false;

  constructor(inner: AsyncIterator<unknown>, signals: readonly (AbortSignal | undefined)[]) {
    this.#inner = inner;
    this.#signals = signals;
  }

  async next(): Promise<IteratorResult<unknown>> {
    const result = await this.#inner.next();
    if (result.done !== true || this.#hasLeft) return result;
    this.#hasLeft = true;
    const aborted = this.#signals.find((signal) => signal?.aborted);
    if (aborted !== undefined) throw aborted.reason;
    return result;
  }

  /** The SDK aborts its request when its reader leaves. */
  async return(): Promise<IteratorResult<unknown>> {
    this.#hasLeft = true;
    return (await this.#inner.return?.()) ?? { done: true, value: undefined };
  }

  [Symbol.asyncIterator](): this {
    return this;
  }
}

function isSdkStream(value: unknown): value is SdkStream {
  return (
    typeof value === 'object' &&
    value !== null &&
    'controller' in value &&
    value.controller instanceof AbortController &&
    'iterator' in value &&
    typeof value.iterator === 'function'
  );
}
