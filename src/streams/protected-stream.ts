import type { StreamPartial } from '../errors/index.js';
import { type Deferred, defer, monotonicMs } from '../runtime/index.js';
import type { StreamEnding, StreamGuard } from './guard.js';

/** How a protected stream ended. */
export interface StreamReport extends Omit<StreamPartial, 'events'> {
  /** `left`: its reader left before the end. */
  readonly status: 'complete' | 'failed' | 'left';
  /** What the reader gets thrown; present if it failed. */
  readonly error?: unknown;
  /** The provider's word for why the answer ended, such as `stop` or `length`; `undefined` if it gave none. */
  readonly finish: string | undefined;
  /** How many events were read from the source that was passed on. */
  readonly events: number;
  /** From the start of the attempt to its first content, in milliseconds; `undefined` if none came. */
  readonly firstContentMs: number | undefined;
  /** From the start to the end, in milliseconds. */
  readonly totalMs: number;
}

/**
 * A stream under protection. Can be read once: by `for await`, or as a `ReadableStream`. It ends like its source if the
 * answer is complete, and otherwise throws.
 */
export interface ProtectedStream<T> extends AsyncIterable<T> {
  /** Resolves when the stream has ended, whether it was read or not. Never rejects. */
  readonly done: Promise<StreamReport>;
  /** @throws {TypeError} if it is already being read. */
  [Symbol.asyncIterator](): AsyncIterableIterator<T, undefined, undefined>;
  /**
   * Converts it to a `ReadableStream` with the same events, which reads nothing ahead.
   *
   * @throws {TypeError} if it is already being read.
   */
  toReadableStream(): ReadableStream<T>;
  /** Ends it and closes its source at once, also while an event is awaited. Does nothing after the end. */
  cancel(): void;
}

type Result = IteratorResult<unknown, undefined>;
const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });
const NOTHING: StreamPartial = { text: '', toolCalls: [], usage: undefined, events: 0 };

/** A protected stream whose guard may come later. */
export class GuardedStream implements ProtectedStream<unknown> {
  readonly #startedAtMs: number;
  readonly #done: Deferred<StreamReport> = defer();
  /** Ends what would provide the guard. */
  readonly #onCancel: () => void;
  #guard: StreamGuard | undefined;
  /** Settled when the guard has come, or it is known that none comes; present if that was awaited. */
  #ready: Deferred<void> | undefined;
  /** Present if no guard comes. */
  #failure: { readonly error: unknown } | undefined;
  #isOver = false;
  #isTaken = false;

  constructor(startedAtMs: number, onCancel: () => void = () => undefined) {
    this.#startedAtMs = startedAtMs;
    this.#onCancel = onCancel;
  }

  get done(): Promise<StreamReport> {
    return this.#done.promise;
  }

  /** Begins with a guard that has its first content. */
  begin(guard: StreamGuard): void {
    this.#guard = guard;
    guard.onceEnded((ending) => this.#onEnd(guard, ending));
    if (this.#isOver) guard.leave();
    this.#ready?.resolve();
  }

  /** Ends before it has begun. */
  fail(error: unknown): void {
    const totalMs = monotonicMs() - this.#startedAtMs;
    const rest = { ...NOTHING, finish: undefined, firstContentMs: undefined, totalMs };
    this.#done.resolve(this.#isOver ? { status: 'left', ...rest } : { status: 'failed', error, ...rest });
    this.#failure = { error };
    this.#ready?.resolve();
  }

  #onEnd(guard: StreamGuard, ending: StreamEnding): void {
    const { finish, firstContentMs, endedAtMs = monotonicMs() } = guard;
    const totalMs = endedAtMs - this.#startedAtMs;
    this.#done.resolve({ ...toStatus(ending), ...guard.toPartial(), finish, firstContentMs, totalMs });
  }

  [Symbol.asyncIterator](): AsyncIterableIterator<unknown, undefined, undefined> {
    this.#take();
    const iterator: AsyncIterableIterator<unknown, undefined, undefined> = {
      next: () => this.#next(),
      return: () => {
        this.cancel();
        return Promise.resolve(DONE);
      },
      [Symbol.asyncIterator]: () => iterator,
    };
    return iterator;
  }

  toReadableStream(): ReadableStream<unknown> {
    this.#take();
    return new ReadableStream<unknown>(
      {
        pull: async (controller) => {
          const { done, value } = await this.#next();
          if (done === true) controller.close();
          else controller.enqueue(value);
        },
        cancel: () => this.cancel(),
      },
      { highWaterMark: 0 },
    );
  }

  cancel(): void {
    if (this.#guard !== undefined) this.#guard.leave();
    else if (!this.#isOver && this.#failure === undefined) {
      this.#isOver = true;
      this.#ready?.resolve();
      this.#onCancel();
    }
  }

  #take(): void {
    if (this.#isTaken) throw new TypeError('the stream can be read only once, and is already being read');
    this.#isTaken = true;
  }

  #next(): Promise<Result> {
    if (this.#isOver) return Promise.resolve(DONE);
    if (this.#guard !== undefined) return this.#guard.next();
    if (this.#failure !== undefined) {
      this.#isOver = true;
      return Promise.reject(this.#failure.error);
    }
    this.#ready ??= defer();
    return this.#ready.promise.then(() => this.#next());
  }
}

function toStatus(ending: StreamEnding): Pick<StreamReport, 'status' | 'error'> {
  if (ending.by === 'end') return { status: 'complete' };
  if (ending.by === 'reader') return { status: ending.isComplete ? 'complete' : 'left' };
  return { status: 'failed', error: ending.error };
}
