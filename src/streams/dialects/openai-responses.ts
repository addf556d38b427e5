import type { Dialect, StreamSign } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { type EventFields, hasFields, isFilled, toFields, toText } from './event-fields.js';
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

const readPreamble: Reader = () => PREAMBLE;
const readDelta: Reader = ({ delta }) => readOtherPart(delta);

const READERS: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['response.created', readPreamble],
  ['response.queued', readPreamble],
  ['response.in_progress', readPreamble],
  ['response.content_part.added', readPreamble],
  ['response.reasoning_summary_part.added', readPreamble],
  ['response.output_item.added', readAddedItem],
  ['response.output_item.done', readDoneItem],
  ['response.output_text.delta', ({ delta }) => readTextPart(delta)],
  ['response.output_text.annotation.added', () => CONTENT],
  ['response.function_call_arguments.delta', readArguments],
  ['response.custom_tool_call_input.delta', readArguments],
  ['response.completed', readEnd],
  ['response.incomplete', readEnd],
  ['response.failed', readFailed],
  ['error', (event) => [buildFailure(event)]],
]);

/** OpenAI's responses. */
export const openaiResponses: Dialect = buildDialect({
  name: 'openai_responses',
  hasEnd: true,
  recognises: (event) => toText(event.type)?.startsWith('response.') === true || isError(event),
  read: (event) => {
    const type = toText(event.type) ?? '';
    return (READERS.get(type) ?? selectReader(type))?.(event) ?? NOTHING;
  },
});

function isError({ type, message, error, sequence_number: number }: EventFields): boolean {
  return type === 'error' && (number !== undefined || (error === undefined && typeof message === 'string'));
}

/** Of the other events, parts of the answer and the steps of tools that the provider runs are delivered. */
function selectReader(type: string): Reader | undefined {
  if (!type.startsWith('response.')) return undefined;
  if (type.endsWith('.delta')) return readDelta;
  return PROVIDER_RUN_TOOL.test(type) ? () => CONTENT : undefined;
}

/** As `response.web_search_call.searching` or `response.image_generation_call.partial_image`. */
const PROVIDER_RUN_TOOL = /^response\.\w+_call\.(?!done$)/;

/** A call of a tool that takes text. */
const CUSTOM_CALL = 'custom_tool_call';
/** Types of items that are calls of a tool by the caller. */
const CALLS: ReadonlySet<unknown> = new Set(['function_call', CUSTOM_CALL]);

function readAddedItem({ item, output_index: index }: EventFields): readonly StreamSign[] {
  const { type, call_id: id, name } = toFields(item);
  if (!CALLS.has(type)) return PREAMBLE;
  return [buildToolCall({ index: selectIndex(index), id, name, freeText: type === CUSTOM_CALL })];
}

function readArguments({ output_index: index, delta }: EventFields): readonly StreamSign[] {
  return [buildToolCall({ index: selectIndex(index), arguments: delta })];
}

function readDoneItem({ item, output_index: index }: EventFields): readonly StreamSign[] {
  const { type, call_id: id, name, status, arguments: json, input } = toFields(item);
  if (!CALLS.has(type)) return NOTHING;
  const [freeText, complete] = [type === CUSTOM_CALL, status !== 'incomplete'];
  const given = freeText ? input : json;
  return [buildToolCall({ index: selectIndex(index), id, name, arguments: given, freeText, whole: true, complete })];
}

function readEnd({ response }: EventFields): readonly StreamSign[] {
  const { status, incomplete_details: details } = toFields(response);
  return [...readTokens(response), buildEnd(toFields(details).reason ?? status)];
}

/** The response itself is left out: it repeats the answer so far. */
function readFailed({ response }: EventFields): readonly StreamSign[] {
  const { error } = toFields(response);
  const told = isFilled(error) ? error : { code: 'server_error', message: 'the response failed' };
  return [...readTokens(response), buildFailure({ error: told })];
}

function readTokens(response: unknown): readonly StreamSign[] {
  const { usage } = toFields(response);
  if (!hasFields(usage)) return NOTHING;
  return readUsage(usage.input_tokens, usage.output_tokens);
}
