import { configurationError } from '../input/index.js';
import { callHook } from '../runtime/index.js';

/** What a guarded stream is read from. */
export type StreamSource<T> = AsyncIterable<T> | ReadableStream<T>;

/** Reads a source one event at a time. */
export interface SourceReader {
  /** May throw, and may return something else than a promise. */
  read(): PromiseLike<IteratorResult<unknown>>;
  /** Stops the source, also while {@link read} is pending. Never throws and never waits. */
  close(reason: unknown): void;
  /** Called instead of {@link close} when the source has ended by itself. */
  release(): void;
}

/**
 * Opens a source.
 *
 * @throws {ConfigurationError} if it is neither an async iterable nor a `ReadableStream`.
 */
export function openSource(source: unknown): SourceReader {
  if (typeof source === 'object' && source !== null) {
    if (isReadable(source)) return openReadable(source);
    if (isAsyncIterable(source)) return openIterable(source);
  }
  throw configurationError('source', 'must be an async iterable or a ReadableStream', source);
}

/** Preferred: only its reader can be cancelled while a read is pending. */
function openReadable(source: ReadableStream<unknown>): SourceReader {
  const reader = source.getReader();
  return {
    read: () => reader.read(),
    close: (reason) => callHook(() => reader.cancel(reason), [], ignore),
    release: () => callHook(() => reader.releaseLock(), [], ignore),
  };
}

function openIterable(source: AsyncIterable<unknown>): SourceReader {
  const iterator = source[Symbol.asyncIterator]();
  return {
    read: () => iterator.next(),
    close: (reason) => {
      // A generator runs `return()` only after a pending `next()`: the controller of an SDK's stream ends that as well.
      callHook(() => findController(source)?.abort(reason), [], ignore);
      callHook(() => iterator.return?.(), [], ignore);
    },
    release: ignore,
  };
}

/** Finds the controller of the request behind a stream, as SDKs attach it. */
function findController(source: object): AbortController | undefined {
  const controller: unknown = 'controller' in source ? source.controller : undefined;
  return controller instanceof AbortController ? controller : undefined;
}

function isReadable(source: object): source is ReadableStream<unknown> {
  return 'getReader' in source && typeof source.getReader === 'function';
}

function isAsyncIterable(source: object): source is AsyncIterable<unknown> {
  return Symbol.asyncIterator in source && typeof source[Symbol.asyncIterator] === 'function';
}

function ignore(): void {
  // The stream has ended, whatever its source says to that.
}
