import type { PartialToolCall, StreamPartial } from '../errors/index.js';
import type { Usage } from '../pipeline/index.js';
import type { ToolCallPiece } from './dialect.js';

/** The most characters that are kept of the text, and of the arguments of all tool calls together. */
const KEPT_CHARACTERS = 1_048_576;
/** The most tool calls that are kept. */
const KEPT_TOOL_CALLS = 1_000;

interface ToolCall {
  id: string | undefined;
  name: string | undefined;
  arguments: string;
  /** Whether its arguments need not be JSON. */
  isFreeText: boolean;
  isComplete: boolean;
  /** Whether its arguments exceeded what is kept. */
  isCut: boolean;
}

/** Collects what has arrived of an answer, within bounds. */
export class AnswerSoFar {
  /** How many events have been read. */
  events = 0;
  #text = '';
  #usage: Usage | undefined;
  /** Created when first needed. */
  #toolCalls: Map<number | string, ToolCall> | undefined;
  #argumentsLeft = KEPT_CHARACTERS;

  get usage(): Usage | undefined {
    return this.#usage;
  }

  addText(text: string): void {
    const left = KEPT_CHARACTERS - this.#text.length;
    if (left > 0) this.#text += text.length > left ? text.slice(0, left) : text;
  }

  addUsage(usage: Usage): void {
    this.#usage = { ...this.#usage, ...usage };
  }

  /** Returns false for a piece that says nothing, since no tool call with its index has begun. */
  addToolCall(piece: ToolCallPiece): boolean {
    const toolCall = this.#toolCall(piece);
    if (toolCall === undefined) return beginsToolCall(piece);
    if (piece.freeText === true) toolCall.isFreeText = true;
    if (piece.whole === true) {
      this.#argumentsLeft += toolCall.arguments.length;
      toolCall.arguments = '';
      toolCall.isCut = false;
    }
    toolCall.id ??= piece.id;
    toolCall.name ??= piece.name;
    if (piece.complete === true) toolCall.isComplete = true;
    const added = piece.arguments ?? '';
    if (added.length > this.#argumentsLeft) toolCall.isCut = true;
    const kept = toolCall.isCut ? added.slice(0, this.#argumentsLeft) : added;
    toolCall.arguments += kept;
    this.#argumentsLeft -= kept.length;
    return true;
  }

  /**
   * Completes the tool calls, now that the answer has ended. Returns false if one of them cannot be executed as it is: the
   * provider has cut it off.
   *
   * @param finish why the answer has ended, in the provider's own word.
   */
  completeToolCalls(finish: string | undefined): boolean {
    if (this.#toolCalls === undefined) return true;
    const toolCalls = [...this.#toolCalls.values()];
    if (toolCalls.some((toolCall) => !toolCall.isCut && !isJson(toolCall))) return false;
    const last = toolCalls.at(-1);
    if (isCutOff(finish) && last !== undefined && isDoubtful(last)) return false;
    for (const toolCall of toolCalls) toolCall.isComplete = true;
    return true;
  }

  toPartial(): StreamPartial {
    const toolCalls = [...(this.#toolCalls?.values() ?? [])].map(toPartialToolCall);
    return { text: this.#text, toolCalls, usage: this.#usage, events: this.events };
  }

  #toolCall(piece: ToolCallPiece): ToolCall | undefined {
    const known = this.#toolCalls?.get(piece.index);
    if (known !== undefined || !beginsToolCall(piece)) return known;
    this.#toolCalls ??= new Map();
    if (this.#toolCalls.size >= KEPT_TOOL_CALLS) return undefined;
    const flags = { isFreeText: false, isComplete: false, isCut: false };
    const added: ToolCall = { id: undefined, name: undefined, arguments: '', ...flags };
    this.#toolCalls.set(piece.index, added);
    return added;
  }
}

/**
 * Words for the end of an answer that the model did not choose, by providers and SDKs: the tokens that it may have were used
 * up, or a filter stopped it.
 */
const CUT_OFF: ReadonlySet<string> = new Set([
  'length',
  'max_tokens',
  'max_output_tokens',
  'model_length',
  'model_context_window_exceeded',
  'content_filter',
  'content_filtered',
  'guardrail_intervened',
  'safety',
  'refusal',
]);

function isCutOff(finish: string | undefined): boolean {
  return finish !== undefined && CUT_OFF.has(finish.toLowerCase().replaceAll('-', '_'));
}

/**
 * Whether the last tool call of an answer that was cut off may lack a part: of arguments that are any text, only the
 * provider knows where they end, and those that have not begun look like none.
 */
function isDoubtful({ arguments: text, isFreeText, isComplete }: ToolCall): boolean {
  return isFreeText ? !isComplete : text.trim() === '';
}

function beginsToolCall({ id, name }: ToolCallPiece): boolean {
  return id !== undefined || name !== undefined;
}

/** A call without arguments may have none at all. */
function isJson({ arguments: text, isFreeText }: ToolCall): boolean {
  if (isFreeText || text.trim() === '') return true;
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

function toPartialToolCall(toolCall: ToolCall): PartialToolCall {
  const { id, name, arguments: text, isComplete, isCut } = toolCall;
  return {
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    arguments: text,
    complete: isComplete && !isCut && isJson(toolCall),
  };
}
