import type { Dialect, StreamSign } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { type EventFields, hasFields, toFields, toText } from './event-fields.js';
import {
  buildEnd,
  buildFailure,
  buildToolCall,
  CONTENT,
  NOTHING,
  PREAMBLE,
  readOtherPart,
  readTextPart,
  readUsage,
  selectIndex,
} from './signs.js';

type Reader = (part: EventFields) => readonly StreamSign[];

const readPreamble: Reader = () => PREAMBLE;
const readContent: Reader = () => CONTENT;
const readNothing: Reader = () => NOTHING;

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['stream-start', readPreamble],
  ['response-metadata', readPreamble],
  ['start', readPreamble],
  ['start-step', readPreamble],
  ['text-start', readPreamble],
  ['text-delta', ({ delta, text }) => readTextPart(delta ?? text)],
  ['text-end', readNothing],
  ['reasoning-start', readPreamble],
  ['reasoning-delta', ({ delta, text }) => readOtherPart(delta ?? text)],
  ['reasoning-end', readNothing],
  ['reasoning-file', readContent],
  ['file', readContent],
  ['source', readContent],
  ['custom', readContent],
  ['tool-input-start', readInputStart],
  ['tool-input-delta', ({ id, delta }) => [buildToolCall({ index: selectIndex(id), arguments: delta })]],
  ['tool-input-end', readNothing],
  ['tool-call', readToolCall],
  ['tool-result', readContent],
  ['tool-error', readContent],
  ['tool-output-denied', readContent],
  ['tool-approval-request', readContent],
  ['tool-approval-response', readContent],
  ['finish-step', ({ usage }) => readTokens(toFields(usage))],
  ['finish', readFinish],
  ['abort', readAbort],
  ['error', ({ error }) => [buildFailure(error)]],
  ['raw', readNothing],
]);

/** Parts of the AI SDK: of a language model's stream, and of the `fullStream` of `streamText`. */
export const aiSdk: Dialect = buildDialect({
  name: 'ai_sdk',
  hasEnd: true,
  recognises: isTelling,
  read: (part) => READERS.get(part.type)?.(part) ?? NOTHING,
});

/** Events of other APIs, and of applications, may have the types that are left out. */
function isTelling(part: EventFields): boolean {
  const { type, id, toolCallId, finishReason } = part;
  switch (type) {
    case 'stream-start':
    case 'response-metadata':
    case 'start-step':
      return true;
    case 'finish':
    case 'finish-step':
      return finishReason !== undefined;
    case 'tool-call':
    case 'tool-result':
      return toolCallId !== undefined;
    case 'error':
      return 'error' in part;
    default:
      return typeof id === 'string' && typeof type === 'string' && PIECE.test(type) && READERS.has(type);
  }
}

const PIECE = /^(?:text|reasoning|tool-input)-/;

function readInputStart(part: EventFields): readonly StreamSign[] {
  const { id, toolName: name, providerExecuted, inputEncoding } = part;
  if (providerExecuted === true) return CONTENT;
  return [buildToolCall({ index: selectIndex(id), id, name, freeText: inputEncoding === 'text' })];
}

/** Comes after the pieces of its input, or without any. */
function readToolCall({ toolCallId: id, toolName: name, input, providerExecuted }: EventFields): readonly StreamSign[] {
  if (providerExecuted === true) return CONTENT;
  return [buildToolCall({ index: selectIndex(id), id, name, arguments: input, whole: true, complete: true })];
}

function readFinish(part: EventFields): readonly StreamSign[] {
  const { usage, totalUsage, finishReason } = part;
  const tokens = readTokens(toFields(totalUsage ?? usage));
  const { unified, raw } = toFields(finishReason);
  const finish = toText(finishReason) ?? toText(unified);
  if (finish === 'error') return [...tokens, buildFailure(toError(toText(raw) ?? toText(part.rawFinishReason)))];
  return isCutOff(part, finish, raw) ? tokens : [...tokens, buildEnd(finish)];
}

/**
 * A part that finishes comes even if the provider's stream was cut off: with a reason of its own, or with the one that a
 * model begins with until the provider gives another.
 */
function isCutOff(part: EventFields, finish: string | undefined, raw: unknown): boolean {
  if (finish === 'interrupted') return true;
  if (finish !== 'other') return false;
  return hasFields(part.finishReason)
    ? raw === undefined
    : 'rawFinishReason' in part && part.rawFinishReason === undefined;
}

function toError(raw: string | undefined): unknown {
  const message = `the stream ended with the finish reason 'error'${raw === undefined ? '' : ` (${raw})`}`;
  return { code: 'server_error', message };
}

function readAbort({ reason }: EventFields): readonly StreamSign[] {
  return [buildFailure({ name: 'AbortError', message: toText(reason) ?? 'the stream was aborted' })];
}

/** Numbers, or since version 3 of the interface their breakdown. */
function readTokens({ inputTokens, outputTokens }: EventFields): readonly StreamSign[] {
  return readUsage(toTotal(inputTokens), toTotal(outputTokens));
}

function toTotal(tokens: unknown): unknown {
  return hasFields(tokens) ? tokens.total : tokens;
}
