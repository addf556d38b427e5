import type { StreamSign } from '../dialect.js';
import { type EventFields, hasFields, isFilled, toFields, toItems, toText } from './event-fields.js';
import {
  addChoice,
  buildEnd,
  buildFailure,
  buildToolCall,
  CONTENT,
  NOTHING,
  PREAMBLE,
  readTextPart,
  readUsage,
} from './signs.js';

/** True for a chunk of OpenAI's chat completions, whichever provider or gateway sent it. */
export function isChatChunk({ choices, object }: EventFields): boolean {
  if (!Array.isArray(choices)) return false;
  if (object === 'chat.completion.chunk' || object === 'text_completion') return true;
  const [first] = toItems(choices);
  return first === undefined || isFilled(toFields(first).delta);
}

/** True for an error that takes the place of a chunk. */
export function isChatError({ error, object, message, type }: EventFields): boolean {
  return object === 'error' ? toText(message) !== undefined : type === undefined && isFilled(error);
}

/** Reads a chunk, with fields named as on the wire or as Mistral's SDK names them. */
export function readChatChunk(chunk: EventFields): readonly StreamSign[] {
  const { choices, usage, x_groq: groq, error, object } = chunk;
  if (object === 'error' || isFilled(error)) return [buildFailure(chunk)];
  let signs = readChoices(toItems(choices));
  if (hasFields(usage)) signs = [...signs, ...readChatUsage(usage)];
  if (hasFields(groq)) signs = [...signs, ...readGroq(groq)];
  if (signs.length > 0) return signs;
  return beginsAnswer(choices) ? PREAMBLE : NOTHING;
}

/** The first chunk names the role. Azure sends one without choices before it. */
function beginsAnswer(choices: unknown): boolean {
  const [first] = toItems(choices);
  return first === undefined ? Array.isArray(choices) : toText(toFields(toFields(first).delta).role) !== undefined;
}

/** A chunk has one choice, unless several answers were asked for. */
function readChoices(choices: readonly unknown[]): readonly StreamSign[] {
  return choices.length === 1
    ? readChoice(toFields(choices[0]))
    : choices.flatMap((choice) => readChoice(toFields(choice)));
}

/** Most choices have text alone: copying its list would double what is allocated for each event. */
function readChoice(choice: EventFields): readonly StreamSign[] {
  const delta = toFields(choice.delta);
  const number = typeof choice.index === 'number' && choice.index > 0 ? choice.index : undefined;
  const content = readContent(delta, delta.content ?? choice.text);
  const toolCalls = readToolCalls(delta, number);
  const finish = toText(choice.finish_reason) ?? toText(choice.finishReason);
  const own = number === undefined ? content : content.map((sign) => addChoice(sign, number));
  if (toolCalls.length === 0 && finish === undefined) return own;
  return finish === undefined ? [...own, ...toolCalls] : [...own, ...toolCalls, readFinish(choice, finish, number)];
}

function readFinish(choice: EventFields, finish: string, number: number | undefined): StreamSign {
  if (finish === 'error') return buildFailure(toError(choice));
  return number === undefined ? buildEnd(finish) : { kind: 'end', finish, choice: number };
}

/** Reads text, Mistral's list of parts, of which reasoning is one, or else what is delivered beside text. */
function readContent(delta: EventFields, content: unknown): readonly StreamSign[] {
  if (Array.isArray(content)) return toItems(content).flatMap((part) => readPart(toFields(part)));
  const signs = readTextPart(content);
  return signs.length === 0 && hasOtherPart(delta) ? CONTENT : signs;
}

function readPart(part: EventFields): readonly StreamSign[] {
  return part.type === 'text' ? readTextPart(part.text) : CONTENT;
}

function hasOtherPart(delta: EventFields): boolean {
  const { refusal, reasoning, reasoning_content: reasoningContent, reasoning_details: details, audio, images } = delta;
  return [refusal, reasoning, reasoningContent, details, audio, images].some(isFilled);
}

function readToolCalls(delta: EventFields, choice: number | undefined): readonly StreamSign[] {
  const given = delta.tool_calls ?? delta.toolCalls;
  if (!Array.isArray(given) && !hasFields(delta.function_call)) return NOTHING;
  const calls = toItems(given).map(toFields);
  const signs = calls.map((call, position) => {
    const { name, arguments: json } = toFields(call.function);
    const index = typeof call.index === 'number' ? call.index : (toText(call.id) ?? position);
    return buildToolCall({ index: qualify(index, choice), id: call.id, name, arguments: json });
  });
  if (!hasFields(delta.function_call)) return signs;
  const { name, arguments: json } = delta.function_call;
  return [...signs, buildToolCall({ index: qualify('function_call', choice), name, arguments: json })];
}

/** Tool calls of several answers are counted separately. */
function qualify(index: number | string, choice: number | undefined): number | string {
  return choice === undefined ? index : `${choice}/${index}`;
}

/** A gateway names the error of the provider behind it within the choice; others say no more than that there was one. */
function toError({ error }: EventFields): unknown {
  const told = isFilled(error) ? error : { message: "the stream ended with the finish reason 'error'" };
  return { error: hasFields(told) ? { type: 'server_error', ...told } : told };
}

function readChatUsage(usage: EventFields): readonly StreamSign[] {
  return readUsage(usage.prompt_tokens ?? usage.promptTokens, usage.completion_tokens ?? usage.completionTokens);
}

/** Groq repeats the usage in a field of its own, and says there why it stopped a stream early. */
function readGroq({ usage, error }: EventFields): readonly StreamSign[] {
  const message = toText(error);
  if (message !== undefined) return [buildFailure({ error: { type: 'server_error', message } })];
  return readChatUsage(toFields(usage));
}
