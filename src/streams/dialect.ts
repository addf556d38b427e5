import type { Usage } from '../pipeline/index.js';

/**
 * A piece of a call of a tool that the caller runs; what the provider runs itself is content.
 *
 * Pieces with the same `index` belong together. The first of them has an `id` or a `name`; one whose index no such piece has
 * begun says nothing, since some APIs end every block alike, whether it is a tool call or text.
 */
export interface ToolCallPiece {
  readonly index: number | string;
  readonly id?: string;
  readonly name?: string;
  /** A part of the arguments, as JSON text. They are joined in order. */
  readonly arguments?: string;
  /** Whether the tool takes any text, so that its arguments need not be JSON. Said by the first piece. */
  readonly freeText?: boolean;
  /** Whether `arguments` is all of them, and replaces the parts before it. */
  readonly whole?: boolean;
  /** Whether the provider has said that the tool call is complete. Some do so even if the model was cut off within it. */
  readonly complete?: boolean;
}

/**
 * What one event of a stream means. An event may mean several things; one that means nothing, such as a ping or a comment, is
 * an empty list and does not count as progress.
 *
 * - `preamble`: says that the answer, or a part of it, begins. Nothing of it has been delivered yet.
 * - `content`: text, reasoning, audio or another part of the answer. From here on the stream is committed. `text` is text of
 *   the answer itself; reasoning, refusals and transcripts have none.
 * - `tool_call`: a piece of a tool call. Commits the stream as well.
 * - `usage`: tokens so far; a later one replaces the numbers that it contains.
 * - `finish`: why the answer ends, in the provider's own word, said before the terminal marker.
 * - `end`: the terminal marker: the answer is complete. `finish` is the provider's own word, such as `stop` or `length`. More
 *   events may follow, such as the usage.
 * - `failure`: the provider says within the stream that it has failed. `error` has the shape in which the provider reports it;
 *   unless it is an `Error`, a `StreamFailedError` with it is thrown.
 *
 * Of several answers in one stream, `choice` is the number of all but the first.
 */
export type StreamSign =
  | { readonly kind: 'preamble' }
  | { readonly kind: 'content'; readonly text?: string; readonly choice?: number }
  | { readonly kind: 'tool_call'; readonly toolCall: ToolCallPiece }
  | { readonly kind: 'usage'; readonly usage: Usage }
  | { readonly kind: 'finish'; readonly finish: string }
  | { readonly kind: 'end'; readonly finish?: string; readonly choice?: number }
  | { readonly kind: 'failure'; readonly error: unknown };

/** How the events of one API are read: data and pure functions. */
export interface Dialect {
  readonly name: string;
  /** Whether an event has the shape of this API. Not called for a dialect that is named in the options. */
  recognises(event: unknown): boolean;
  /**
   * What an event means; an event that it does not know means nothing. One for which it throws is content, and the first is
   * reported as `hook.failed`.
   */
  read(event: unknown): readonly StreamSign[];
  /** Whether a stream of this API always ends with a terminal marker, so that one without it was cut off. */
  readonly hasEnd: boolean;
}
