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

  addToolCall(piece: ToolCallPiece): void {
    const toolCall = this.#toolCall(piece.index);
    if (toolCall === undefined) return;
    toolCall.id ??= piece.id;
    toolCall.name ??= piece.name;
    if (piece.complete === true) toolCall.isComplete = true;
    const added = piece.arguments ?? '';
    if (added.length > this.#argumentsLeft) toolCall.isCut = true;
    const kept = toolCall.isCut ? added.slice(0, this.#argumentsLeft) : added;
    toolCall.arguments += kept;
    this.#argumentsLeft -= kept.length;
  }

  /** Whether a tool call cannot be executed as it is, now that the answer has ended. */
  hasBrokenToolCall(): boolean {
    for (const toolCall of this.#toolCalls?.values() ?? []) if (!toolCall.isCut && !isJson(toolCall)) return true;
    return false;
  }

  toPartial(): StreamPartial {
    const toolCalls = [...(this.#toolCalls?.values() ?? [])].map(toPartialToolCall);
    return { text: this.#text, toolCalls, usage: this.#usage, events: this.events };
  }

  #toolCall(index: number | string): ToolCall | undefined {
    this.#toolCalls ??= new Map();
    const known = this.#toolCalls.get(index);
    if (known !== undefined || this.#toolCalls.size >= KEPT_TOOL_CALLS) return known;
    const added: ToolCall = { id: undefined, name: undefined, arguments: '', isComplete: false, isCut: false };
    this.#toolCalls.set(index, added);
    return added;
  }
}

/** A call without arguments may have none at all. */
function isJson({ arguments: text }: ToolCall): boolean {
  if (text.trim() === '') return true;
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
