import type { Dialect, StreamSign } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { type EventFields, hasFields, toFields, toItems, toText } from './event-fields.js';
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

type Reader = (event: EventFields) => readonly StreamSign[];

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['message-start', () => PREAMBLE],
  ['content-start', readContentStart],
  ['content-delta', readContent],
  ['content-end', () => NOTHING],
  ['tool-plan-delta', () => CONTENT],
  ['tool-call-start', readToolCall],
  ['tool-call-delta', readToolCall],
  ['tool-call-end', ({ index }) => [buildToolCall({ index: selectIndex(index), complete: true })]],
  ['citation-start', () => CONTENT],
  ['citation-end', () => NOTHING],
  ['message-end', readEnd],
]);

/** Cohere's chat, version 2, with fields named as on the wire or as its SDK names them. */
export const cohere: Dialect = buildDialect({
  name: 'cohere',
  hasEnd: true,
  recognises: ({ type }) => READERS.has(type),
  read: (event) => READERS.get(event.type)?.(event) ?? NOTHING,
});

function readContentStart(event: EventFields): readonly StreamSign[] {
  const signs = readContent(event);
  return signs.length === 0 ? PREAMBLE : signs;
}

function readContent({ delta }: EventFields): readonly StreamSign[] {
  const { text, thinking } = toFields(toFields(toFields(delta).message).content);
  const signs = readTextPart(text);
  return signs.length === 0 ? readOtherPart(thinking) : signs;
}

function readToolCall({ index, delta }: EventFields): readonly StreamSign[] {
  const message = toFields(toFields(delta).message);
  const given = message.tool_calls ?? message.toolCalls;
  const { id, function: called } = toFields(toItems(given)[0] ?? given);
  const { name, arguments: json } = toFields(called);
  return [buildToolCall({ index: selectIndex(index), id, name, arguments: json })];
}

/** What a finish reason that is a failure means, as a code. */
const FAILED: ReadonlyMap<string, string> = new Map([
  ['ERROR', 'server_error'],
  ['TIMEOUT', 'request_timeout'],
]);

function readEnd({ delta }: EventFields): readonly StreamSign[] {
  const { finish_reason: onWire, finishReason: bySdk, error, usage } = toFields(delta);
  const finish = toText(onWire) ?? toText(bySdk);
  const message = toText(error);
  const code = FAILED.get(finish ?? '') ?? (message === undefined ? undefined : 'server_error');
  const tokens = readTokens(toFields(usage));
  if (code === undefined) return [...tokens, buildEnd(finish)];
  return [...tokens, buildFailure({ code, message: message ?? `the stream ended with the finish reason '${finish}'` })];
}

/** Of the units that are billed and the tokens that there were, the latter count for limits. */
function readTokens({ tokens, billed_units: onWire, billedUnits }: EventFields): readonly StreamSign[] {
  const counted = toFields([tokens, onWire, billedUnits].find(hasFields));
  const { input_tokens: input, inputTokens, output_tokens: output, outputTokens } = counted;
  return readUsage(input ?? inputTokens, output ?? outputTokens);
}
