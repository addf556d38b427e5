import { types } from 'node:util';
import {
  StreamFailedError,
  type StreamPartial,
  StreamStalledError,
  StreamTruncatedError,
  type TruncationCause,
} from '../errors/index.js';
import type { StreamLimits } from '../pipeline/index.js';
import { type Deferred, defer, monotonicMs } from '../runtime/index.js';
import { AnswerSoFar } from './answer.js';
import type { Dialect, StreamSign } from './dialect.js';
import { NOTHING, recogniseDialect } from './dialects/index.js';
import { rememberPartial } from './partials.js';
import { Silence, type Stall } from './silence.js';
import { openSource, type SourceReader } from './source.js';
import { type EventReader, tolerateDialect } from './tolerant-dialect.js';

/** How a guarded stream ended. */
export type StreamEnding =
  /** The answer is complete. `isOpen`: its source has not ended by itself. */
  | { readonly by: 'end'; readonly isOpen: boolean }
  /** The source failed, was cut off, or reported a failure. */
  | { readonly by: 'source'; readonly error: unknown }
  /** A limit was reached. `isReaderLate`: not for a silence of the source, but since its reader asked for nothing. */
  | { readonly by: 'limit'; readonly error: StreamStalledError; readonly isReaderLate: boolean }
  /** The reader left. `isComplete`: after the terminal marker. */
  | { readonly by: 'reader'; readonly isComplete: boolean }
  /** What the stream belongs to has ended. */
  | { readonly by: 'owner'; readonly error: unknown };

/** The parts of a guard. */
export interface GuardInit {
  /** `undefined`: recognised by the first event. */
  readonly dialect: Dialect | undefined;
  readonly limits: StreamLimits;
  /** When its limits begin, by the monotonic clock. */
  readonly startedAtMs: number;
  /** The operation, for messages. */
  readonly operation?: string;
  /** Whether events are read and held back until the first content, rather than when they are asked for. */
  readonly holdsBack: boolean;
  /** Reads events instead of a dialect. */
  readonly reader?: EventReader | undefined;
  /** Whether an event that reports a failure after the first content is passed on before the error. Default `false`. */
  readonly passesFailures?: boolean | undefined;
  /** Called with the first error of a dialect of the user's; must not throw. */
  readonly onDialectFailed?: (error: unknown) => void;
  /** Called when the first content has come. */
  readonly onFirstContent?: (afterMs: number) => void;
  /** Called once, at the end, before the reader learns of it. */
  readonly onEnd?: (ending: StreamEnding) => void;
}

/** The most events that are held back: the preamble of an answer has a few, and pings must not fill the memory. */
const MOST_HELD_BACK = 1_000;

const DONE: IteratorReturnResult<undefined> = Object.freeze({ done: true, value: undefined });

/**
 * Reads a source within limits, and passes its events on unchanged, in their order and each once. After the events that it held
 * back it reads one event for each that is asked for.
 */
export class StreamGuard implements AsyncIterable<unknown> {
  readonly answer: AnswerSoFar = new AnswerSoFar();
  readonly startedAtMs: number;
  readonly #init: GuardInit;
  readonly #silence: Silence;
  #dialect: EventReader | undefined;
  #reader: SourceReader | undefined;
  /** Events that were held back, until they are delivered. */
  #held: unknown[] | undefined;
  #heldAt = 0;
  /** Settled at the first content; present while events are held back. */
  #opening: Deferred<void> | undefined;
  #onceEnded: ((ending: StreamEnding) => void) | undefined;
  /** The `next()` that is pending, possibly before there is a source. */
  #asked: Deferred<IteratorResult<unknown>> | undefined;
  #firstContentMs: number | undefined;
  /** The numbers of the answers in the stream that have begun and have no terminal marker yet. */
  readonly #unfinished = new Set<number>();
  #sawEnd = false;
  #finish: string | undefined;
  #ending: StreamEnding | undefined;
  #endedAtMs: number | undefined;
  /** Whether the error that it ended with is still to be thrown. */
  #mustThrow = false;

  constructor(init: GuardInit) {
    this.#init = init;
    this.startedAtMs = init.startedAtMs;
    this.#dialect = init.reader ?? (init.dialect && tolerateDialect(init.dialect, init.onDialectFailed));
    this.#silence = new Silence(init.limits, init.startedAtMs, (stall) => this.#onStall(stall));
    if (init.holdsBack) {
      this.#held = [];
      this.#opening = defer();
      // Possibly awaited only later.
      void this.#opening.promise.then(undefined, () => undefined);
      this.#silence.await(init.startedAtMs);
    }
  }

  /** How it ended; `undefined` while it is in progress. */
  get ending(): StreamEnding | undefined {
    return this.#ending;
  }

  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  /** How long the first content took, in milliseconds; `undefined` if none has come. */
  get firstContentMs(): number | undefined {
    return this.#firstContentMs;
  }

  /** The provider's word for why the answer ended; `undefined` if it gave none. */
  get finish(): string | undefined {
    return this.#finish;
  }

  /**
   * Begins to read. With `holdsBack` the promise resolves at the first content, or at the end of a complete answer without
   * any, and rejects if the stream ends otherwise.
   *
   * @throws {ConfigurationError} (as a rejection) if it is not a stream.
   */
  open(source: unknown): Promise<void> {
    const opening = this.#opening?.promise ?? Promise.resolve();
    try {
      this.#reader = openSource(source);
    } catch (error) {
      this.#end({ by: 'source', error });
      return Promise.reject(error);
    }
    if (this.#ending !== undefined) this.#reader.close(reasonOf(this.#ending));
    else if (this.#opening !== undefined || this.#asked !== undefined) this.#read();
    return opening;
  }

  /** The next event. After an error the stream is over. */
  next(): Promise<IteratorResult<unknown>> {
    if (this.#held !== undefined && this.#opening === undefined) {
      const value = this.#held[this.#heldAt++];
      if (this.#heldAt >= this.#held.length) this.#held = undefined;
      return Promise.resolve({ done: false, value });
    }
    if (this.#ending !== undefined) {
      if (!this.#mustThrow || !('error' in this.#ending)) return Promise.resolve(DONE);
      this.#mustThrow = false;
      return Promise.reject(this.#ending.error);
    }
    if (this.#asked !== undefined) {
      const again = () => this.next();
      return this.#asked.promise.then(again, again);
    }
    const asked = defer<IteratorResult<unknown>>();
    this.#asked = asked;
    this.#silence.await(monotonicMs());
    this.#read();
    return asked.promise;
  }

  /** Ends it for its reader, which has enough. Closes the source at once. */
  leave(): void {
    // A terminal marker that is still held back has not reached the reader.
    const isComplete = this.#hasEnded && this.#held === undefined;
    if (this.#opening === undefined) this.#held = undefined;
    this.#end({ by: 'reader', isComplete });
  }

  /** Ends it with the error that there is no source. */
  fail(error: unknown): void {
    this.#end({ by: 'source', error });
  }

  /** Calls `listener` when it has ended, now if it has. There can be one. */
  onceEnded(listener: (ending: StreamEnding) => void): void {
    if (this.#ending === undefined) this.#onceEnded = listener;
    else listener(this.#ending);
  }

  /** Ends it with an error, since what it belongs to has ended. */
  interrupt(error: unknown): void {
    this.#end({ by: 'owner', error });
  }

  /** What has arrived of the answer. */
  toPartial(): StreamPartial {
    return this.answer.toPartial();
  }

  [Symbol.asyncIterator](): AsyncIterator<unknown> {
    return {
      next: () => this.next(),
      return: () => {
        this.leave();
        return Promise.resolve(DONE);
      },
    };
  }

  /** Whether each answer that has begun is complete. */
  get #hasEnded(): boolean {
    return this.#sawEnd && this.#unfinished.size === 0;
  }

  #read(): void {
    const reader = this.#reader;
    if (reader === undefined) return;
    try {
      void Promise.resolve(reader.read()).then(this.#onResult, this.#onError);
    } catch (error) {
      this.#end({ by: 'source', error });
    }
  }

  // Fields: otherwise each event would create closures.
  readonly #onResult = (result: IteratorResult<unknown>): void => {
    if (this.#ending !== undefined) return;
    try {
      if (result.done === true) this.#onSourceEnd();
      else this.#receive(result.value);
    } catch (error) {
      // A result that is no object.
      this.#end({ by: 'source', error });
    }
  };

  readonly #onError = (error: unknown): void => this.#end({ by: 'source', error });

  #onSourceEnd(): void {
    if (this.#dialect?.hasEnd === true && !this.#hasEnded) this.#truncated('no_end');
    else if (!this.answer.completeToolCalls(this.#finish)) this.#truncated('tool_call');
    else this.#end({ by: 'end', isOpen: false });
  }

  #receive(event: unknown): void {
    this.#dialect ??= recogniseDialect(event);
    const nowMs = monotonicMs();
    let isContent = false;
    let isEnd = false;
    for (const sign of this.#dialect?.read(event) ?? NOTHING) {
      if (sign.kind === 'failure') {
        this.#onReportedFailure(event, sign.error);
        return;
      }
      if (this.#take(sign)) isContent = true;
      if (sign.kind === 'end') isEnd = true;
    }
    if (isEnd && this.#hasEnded && !this.answer.completeToolCalls(this.#finish)) {
      this.#truncated('tool_call');
      return;
    }
    this.answer.events += 1;
    this.#silence.received(nowMs, isContent);
    if (isContent && this.#firstContentMs === undefined) {
      this.#firstContentMs = nowMs - this.startedAtMs;
      this.#init.onFirstContent?.(this.#firstContentMs);
    }
    if (this.#opening === undefined) this.#deliver(event);
    else this.#hold(event, isContent || this.#hasEnded, nowMs);
  }

  /** Takes note of what a part of an event means. Returns true if it is content. */
  #take(sign: Exclude<StreamSign, { kind: 'failure' }>): boolean {
    switch (sign.kind) {
      case 'content':
        if (sign.text !== undefined && sign.choice === undefined) this.answer.addText(sign.text);
        this.#unfinished.add(sign.choice ?? 0);
        return true;
      case 'tool_call':
        return this.answer.addToolCall(sign.toolCall);
      case 'usage':
        this.answer.addUsage(sign.usage);
        return false;
      case 'end':
        this.#sawEnd = true;
        this.#unfinished.delete(sign.choice ?? 0);
        if (sign.choice === undefined) this.#finish = sign.finish ?? this.#finish;
        return false;
      case 'finish':
        this.#finish = sign.finish;
        return false;
      case 'preamble':
        return false;
    }
  }

  #hold(event: unknown, isCommitted: boolean, nowMs: number): void {
    this.#held?.push(event);
    if (isCommitted || (this.#held?.length ?? 0) >= MOST_HELD_BACK) this.#commit();
    else {
      this.#silence.await(nowMs);
      this.#read();
    }
  }

  #commit(): void {
    const opening = this.#opening;
    this.#opening = undefined;
    if (this.#held?.length === 0) this.#held = undefined;
    opening?.resolve();
  }

  #deliver(value: unknown): void {
    const asked = this.#asked;
    this.#asked = undefined;
    asked?.resolve({ done: false, value });
  }

  #onStall({ phase, limitMs }: Stall): void {
    // The provider has said that the answer is complete: what it does with the connection is not the reader's concern.
    if (this.#hasEnded && this.#asked !== undefined) {
      this.#end({ by: 'end', isOpen: true });
      return;
    }
    const { operation } = this.#init;
    const error = new StreamStalledError(phase, limitMs, { operation, partial: this.toPartial() });
    const isReaderLate = this.#opening === undefined && this.#asked === undefined;
    this.#end({ by: 'limit', error, isReaderLate });
  }

  #onReportedFailure(event: unknown, said: unknown): void {
    const { operation, passesFailures } = this.#init;
    if (passesFailures === true && this.#opening === undefined) this.#deliver(event);
    const error = isError(said) ? said : new StreamFailedError(said, { operation, partial: this.toPartial() });
    this.#end({ by: 'source', error });
  }

  #truncated(reason: TruncationCause): void {
    const { operation } = this.#init;
    this.#end({ by: 'source', error: new StreamTruncatedError(reason, { operation, partial: this.toPartial() }) });
  }

  #end(ending: StreamEnding): void {
    if (this.#ending !== undefined) return;
    this.#ending = ending;
    this.#endedAtMs = monotonicMs();
    this.#silence.stop();
    const opening = this.#opening;
    const asked = this.#asked;
    this.#asked = undefined;
    if (ending.by === 'end') this.#commit();
    else {
      this.#opening = undefined;
      this.#held = undefined;
    }
    if ('error' in ending) {
      this.#mustThrow = asked === undefined;
      if (this.answer.events > 0) rememberPartial(ending.error, this.toPartial());
    }
    this.#init.onEnd?.(ending);
    this.#onceEnded?.(ending);
    if (isSourceOpen(ending)) this.#reader?.close(reasonOf(ending));
    else this.#reader?.release();
    if ('error' in ending) {
      opening?.reject(ending.error);
      asked?.reject(ending.error);
    } else {
      opening?.resolve();
      asked?.resolve(DONE);
    }
  }
}

/** Whether the source has not ended by itself, as far as is known. */
export function isSourceOpen(ending: StreamEnding): boolean {
  return ending.by !== 'end' || ending.isOpen;
}

/** Also true for an error of another realm. */
function isError(value: unknown): boolean {
  return types.isNativeError(value) || value instanceof Error;
}

/** What the source is told of why it is closed. */
function reasonOf(ending: StreamEnding): unknown {
  if ('error' in ending) return ending.error;
  return new DOMException('the stream is not read any further', 'AbortError');
}
