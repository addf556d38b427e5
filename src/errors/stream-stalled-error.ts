import { HoldfastError } from './holdfast-error.js';
import { askForSeconds } from './short-limit.js';
import { NO_PARTIAL, type StreamPartial } from './stream-partial.js';

/** The limit of a stream that was reached. */
export type StallPhase =
  /** `firstContentMs`: the first content was too late. */
  | 'first_content'
  /** `idleMs`: the next content was too late. */
  | 'idle'
  /** `totalMs`: the whole stream took too long. */
  | 'total';

const WHAT: Readonly<Record<StallPhase, string>> = {
  first_content: 'no content came within',
  idle: 'no further content came within',
  total: 'it was not complete after',
};

/** A stream was silent for too long, or took too long as a whole. Its source was closed. */
export class StreamStalledError extends HoldfastError {
  override readonly name = 'StreamStalledError';
  override readonly code = 'HOLDFAST_STREAM_STALLED';
  /** The operation whose stream stalled; `undefined` for one that `protectStream` guards. */
  readonly operation: string | undefined;
  readonly phase: StallPhase;
  /** The limit that was reached, in milliseconds. */
  readonly limitMs: number;
  readonly #partial: StreamPartial;

  constructor(
    phase: StallPhase,
    limitMs: number,
    { operation, partial = NO_PARTIAL }: { readonly operation?: string | undefined; readonly partial?: StreamPartial },
  ) {
    const stream = operation === undefined ? 'the stream' : `the stream of '${operation}'`;
    super(`${stream} stalled: ${WHAT[phase]} ${limitMs} ms${askForSeconds(limitMs)}`);
    this.operation = operation;
    this.phase = phase;
    this.limitMs = limitMs;
    this.#partial = partial;
  }

  /** What had arrived of the answer. Not part of what loggers write: it may be confidential. */
  get partial(): StreamPartial {
    return this.#partial;
  }

  static override is(error: unknown): error is StreamStalledError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_STREAM_STALLED';
  }
}
