import type { Usage } from '../../pipeline/index.js';
import type { StreamSign, ToolCallPiece } from '../dialect.js';
import { toText, toTokens } from './event-fields.js';

/** Means nothing. */
export const NOTHING: readonly StreamSign[] = Object.freeze([]);
/** Says that the answer, or a part of it, begins. */
export const PREAMBLE: readonly StreamSign[] = Object.freeze([Object.freeze({ kind: 'preamble' as const })]);
/** A part of the answer other than text. */
export const CONTENT: readonly StreamSign[] = Object.freeze([Object.freeze({ kind: 'content' as const })]);

/** What is known of a piece of a tool call, as it was received. */
export interface PieceFields {
  readonly index: number | string;
  readonly id?: unknown;
  readonly name?: unknown;
  /** Text, or an object, which is all of the arguments. */
  readonly arguments?: unknown;
  readonly freeText?: boolean;
  readonly whole?: boolean;
  readonly complete?: boolean;
}

/** Text of the answer; nothing if it is empty. */
export function readTextPart(text: unknown): readonly StreamSign[] {
  const found = toText(text);
  return found === undefined ? NOTHING : [{ kind: 'content', text: found }];
}

/** Reasoning, a refusal or something else that is delivered; nothing if it is empty. */
export function readOtherPart(part: unknown): readonly StreamSign[] {
  return part === undefined || part === null || part === '' ? NOTHING : CONTENT;
}

/** A piece of a tool call. */
export function buildToolCall(fields: PieceFields): StreamSign {
  const { index, freeText, whole, complete } = fields;
  const [id, name, given] = [toText(fields.id), toText(fields.name), toArguments(fields.arguments)];
  const toolCall: ToolCallPiece = {
    index,
    ...(id !== undefined && { id }),
    ...(name !== undefined && { name }),
    ...(given !== undefined && { arguments: given }),
    ...(freeText === true && { freeText }),
    ...(whole === true && given !== undefined && { whole }),
    ...(complete === true && { complete }),
  };
  return { kind: 'tool_call', toolCall };
}

function toArguments(value: unknown): string | undefined {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : toText(value);
}

/** Returns the first value that can be the index of a tool call. */
export function selectIndex(...values: readonly unknown[]): number | string {
  for (const value of values) if (typeof value === 'number' || typeof value === 'string') return value;
  return 0;
}

/** Numbers of tokens; nothing if neither is given. */
export function readUsage(input: unknown, output: unknown): readonly StreamSign[] {
  const [inputTokens, outputTokens] = [toTokens(input), toTokens(output)];
  if (inputTokens === undefined) return outputTokens === undefined ? NOTHING : [toUsage({ outputTokens })];
  return [toUsage(outputTokens === undefined ? { inputTokens } : { inputTokens, outputTokens })];
}

function toUsage(usage: Usage): StreamSign {
  return { kind: 'usage', usage };
}

/** The terminal marker, with the provider's word for why. */
export function buildEnd(finish?: unknown): StreamSign {
  const word = toText(finish);
  return word === undefined ? { kind: 'end' } : { kind: 'end', finish: word };
}

/** The failure that an event reports. */
export function buildFailure(error: unknown): StreamSign {
  return { kind: 'failure', error };
}

/** Says which of several answers a sign is about. */
export function addChoice(sign: StreamSign, choice: number): StreamSign {
  return sign.kind === 'content' || sign.kind === 'end' ? { ...sign, choice } : sign;
}
