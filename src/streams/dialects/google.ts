import type { Dialect, StreamSign } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { type EventFields, hasFields, isFilled, sumTokens, toFields, toItems, toText } from './event-fields.js';
import {
  addChoice,
  buildEnd,
  buildFailure,
  buildToolCall,
  CONTENT,
  PREAMBLE,
  readTextPart,
  readUsage,
} from './signs.js';

/** Gemini's `generateContentStream`, also on Vertex AI. */
export const google: Dialect = buildDialect({
  name: 'google',
  hasEnd: true,
  recognises: (event) => Array.isArray(event.candidates) || hasFields(event.usageMetadata) || isFailure(event),
  read: readChunk,
});

function isFailure({ promptFeedback, error }: EventFields): boolean {
  if (hasFields(promptFeedback)) return true;
  const { code, status } = toFields(error);
  return typeof code === 'number' && typeof status === 'string';
}

function readChunk(chunk: EventFields): readonly StreamSign[] {
  const { error, promptFeedback, candidates, usageMetadata } = chunk;
  if (isFilled(error)) return [buildFailure(chunk)];
  const usage = readTokens(toFields(usageMetadata));
  const refusal = toRefusal(toFields(promptFeedback));
  if (refusal !== undefined) return [...usage, buildFailure(refusal)];
  const signs: StreamSign[] = [...usage];
  for (const candidate of toItems(candidates)) signs.push(...readCandidate(toFields(candidate)));
  if (signs.length === usage.length) signs.push(...PREAMBLE);
  return signs;
}

/** A prompt that was blocked, in the shape of Google's errors. There is no answer. */
function toRefusal({ blockReason, blockReasonMessage }: EventFields): unknown {
  const status = toText(blockReason);
  if (status === undefined || status === 'BLOCKED_REASON_UNSPECIFIED') return undefined;
  const message = toText(blockReasonMessage) ?? `the prompt was blocked by the content policy: ${status}`;
  return { error: { status, message } };
}

/** Reasons that say that there is no answer which could be used. */
const FAILED: ReadonlySet<string> = new Set([
  'MALFORMED_FUNCTION_CALL',
  'MALFORMED_RESPONSE',
  'TOO_MANY_TOOL_CALLS',
  'UNEXPECTED_TOOL_CALL',
]);

function readCandidate({ index, content, finishReason, finishMessage }: EventFields): readonly StreamSign[] {
  const signs: StreamSign[] = [];
  for (const part of toItems(toFields(content).parts)) signs.push(...readPart(toFields(part)));
  const finish = toText(finishReason);
  if (finish !== undefined && FAILED.has(finish)) {
    const message = toText(finishMessage) ?? `the stream ended with the finish reason '${finish}'`;
    return [...signs, buildFailure({ error: { status: finish, message } })];
  }
  if (finish !== undefined && finish !== 'FINISH_REASON_UNSPECIFIED') signs.push(buildEnd(finish));
  return typeof index === 'number' && index > 0 ? signs.map((sign) => addChoice(sign, index)) : signs;
}

function readPart(part: EventFields): readonly StreamSign[] {
  const { text, thought, functionCall } = part;
  if (hasFields(functionCall)) return [readFunctionCall(functionCall)];
  if (thought !== true && toText(text) !== undefined) return readTextPart(text);
  return hasOtherPart(part) ? CONTENT : [];
}

function hasOtherPart(part: EventFields): boolean {
  const { text, thoughtSignature, inlineData, fileData, executableCode, codeExecutionResult } = part;
  const { toolCall, toolResponse } = part;
  const parts = [text, thoughtSignature, inlineData, fileData, executableCode, codeExecutionResult];
  return [...parts, toolCall, toolResponse].some(isFilled);
}

/**
 * A call comes at once, unless its arguments are streamed; those come as values with paths, which are not joined here. Many
 * calls have no ID: calls of one function are told apart by their arguments.
 */
function readFunctionCall({ id, name, args, partialArgs, willContinue }: EventFields): StreamSign {
  const isStreamed = willContinue === true || Array.isArray(partialArgs) || toText(name) === undefined;
  const complete = willContinue !== true;
  if (isStreamed) return buildToolCall({ index: toText(id) ?? 'streamed', id, name, complete });
  const json = JSON.stringify(args ?? {});
  const index = toText(id) ?? `${toText(name)} ${json}`;
  return buildToolCall({ index, id, name, arguments: json, whole: true, complete });
}

function readTokens(usage: EventFields): readonly StreamSign[] {
  const { promptTokenCount, toolUsePromptTokenCount, candidatesTokenCount, thoughtsTokenCount } = usage;
  return readUsage(
    sumTokens(promptTokenCount, toolUsePromptTokenCount),
    sumTokens(candidatesTokenCount, thoughtsTokenCount),
  );
}
