import { HoldfastError } from './holdfast-error.js';
import { NO_PARTIAL, type StreamPartial } from './stream-partial.js';

/** How a stream can be cut off. */
export type TruncationCause =
  /** It ended without the terminal marker of its API. */
  | 'no_end'
  /** The arguments of a tool call are incomplete, whatever the terminal marker says. */
  | 'tool_call';

const WHAT: Readonly<Record<TruncationCause, string>> = {
  no_end: 'ended without its terminal marker',
  tool_call: 'ended with incomplete arguments of a tool call',
};

/** A stream was cut off: what arrived is not the whole answer. */
export class StreamTruncatedError extends HoldfastError {
  override readonly name = 'StreamTruncatedError';
  override readonly code = 'HOLDFAST_STREAM_TRUNCATED';
  /** The operation whose stream was cut off; `undefined` for one that `protectStream` guards. */
  readonly operation: string | undefined;
  readonly reason: TruncationCause;
  readonly #partial: StreamPartial;

  constructor(
    reason: TruncationCause,
    { operation, partial = NO_PARTIAL }: { readonly operation?: string | undefined; readonly partial?: StreamPartial },
  ) {
    const stream = operation === undefined ? 'the stream' : `the stream of '${operation}'`;
    super(`${stream} was cut off: it ${WHAT[reason]}`);
    this.operation = operation;
    this.reason = reason;
    this.#partial = partial;
  }

  /** What had arrived of the answer. Not part of what loggers write: it may be confidential. */
  get partial(): StreamPartial {
    return this.#partial;
  }

  static override is(error: unknown): error is StreamTruncatedError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_STREAM_TRUNCATED';
  }
}
