import type { Usage } from '../pipeline/index.js';

/** A piece of a tool call. Pieces with the same `index` belong together; arguments are joined in order. */
export interface ToolCallPiece {
  readonly index: number | string;
  readonly id?: string;
  readonly name?: string;
  /** A part of the arguments, as JSON text. */
  readonly arguments?: string;
  /** Whether the provider has said that the tool call is complete. */
  readonly complete?: boolean;
}

/**
 * What one event of a stream means. An event may mean several things; one that means nothing, such as a ping or a comment, is
 * an empty list and does not count as progress.
 *
 * - `preamble`: says that the answer begins. Nothing of it has been delivered yet.
 * - `content`: text, reasoning, audio or another part of the answer. From here on the stream is committed.
 * - `tool_call`: a piece of a tool call. Commits the stream as well.
 * - `usage`: tokens so far; a later one replaces the numbers that it contains.
 * - `end`: the terminal marker: the answer is complete. `finish` is the provider's own word, such as `stop` or `length`.
 * - `failure`: the provider says within the stream that it has failed.
 */
export type StreamSign =
  | { readonly kind: 'preamble' }
  | { readonly kind: 'content'; readonly text?: string }
  | { readonly kind: 'tool_call'; readonly toolCall: ToolCallPiece }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'end'; readonly finish?: string }
  | { readonly kind: 'failure'; readonly error: unknown };

/** How the events of one API are read: data and pure functions. */
export interface Dialect {
  readonly name: string;
  /** Whether an event has the shape of this API. Must not throw, whatever the event is. */
  recognises(event: unknown): boolean;
  /** What an event means. Must not throw; an event that it does not know means nothing. */
  read(event: unknown): readonly StreamSign[];
  /** Whether a stream of this API always ends with a terminal marker, so that one without it was cut off. */
  readonly hasEnd: boolean;
}
