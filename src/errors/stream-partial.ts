/** What had arrived of an answer when its stream ended. */
export interface StreamPartial {
  /** The text, as far as it is kept: its first 1,048,576 characters. */
  readonly text: string;
  /** The tool calls, in the order in which they began. */
  readonly toolCalls: readonly PartialToolCall[];
  /** What the provider had reported; `undefined` if nothing. */
  readonly usage: PartialUsage | undefined;
  /** How many events of the source preceded the end. */
  readonly events: number;
}

/** A tool call within an answer. Arguments that were cut off are never repaired. */
export interface PartialToolCall {
  readonly id?: string;
  readonly name?: string;
  /** JSON text; only a beginning unless `complete`. At most 1,048,576 characters of all tool calls together. */
  readonly arguments: string;
  /** The provider has said that the tool call is complete, and its arguments are JSON. */
  readonly complete: boolean;
}

/** Numbers that a stream has reported. */
export interface PartialUsage {
  readonly inputTokens?: number;
  readonly outputTokens?: number;
  readonly costUsd?: number;
}

/** The partial answer of a stream without events. */
export const NO_PARTIAL: StreamPartial = Object.freeze({
  text: '',
  toolCalls: Object.freeze([]),
  usage: undefined,
  events: 0,
});
