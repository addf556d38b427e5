import type { Dialect, StreamSign } from '../dialect.js';
import { buildDialect } from './build-dialect.js';
import { type EventFields, hasFields, sumTokens, toFields, toText } from './event-fields.js';
import {
  buildEnd,
  buildFailure,
  buildToolCall,
  CONTENT,
  NOTHING,
  PREAMBLE,
  readTextPart,
  readUsage,
  selectIndex,
} from './signs.js';

type Reader = (event: EventFields) => readonly StreamSign[];

const END: readonly StreamSign[] = Object.freeze([buildEnd()]);

const READERS: ReadonlyMap<unknown, Reader> = new Map<unknown, Reader>([
  ['message_start', ({ message }) => [...PREAMBLE, ...readTokens(toFields(message).usage)]],
  ['content_block_start', readStart],
  ['content_block_delta', readDelta],
  ['content_block_stop', ({ index }) => [buildToolCall({ index: selectIndex(index), complete: true })]],
  ['message_delta', readMessageDelta],
  ['message_stop', () => END],
  ['error', (event) => [buildFailure(event)]],
]);

/** Anthropic's messages, also through Bedrock, Vertex AI and Foundry. */
export const anthropic: Dialect = buildDialect({
  name: 'anthropic',
  hasEnd: true,
  recognises: (event) => (event.type === 'error' ? isErrorBody(event) : READERS.has(event.type)),
  read: (event) => READERS.get(event.type)?.(event) ?? NOTHING,
});

/** An error of the AI SDK has the same shape, but holds an `Error`. */
function isErrorBody({ error }: EventFields): boolean {
  return hasFields(error) && !(error instanceof Error) && toText(error.type) !== undefined;
}

function readStart({ index, content_block: block }: EventFields): readonly StreamSign[] {
  const { type, id, name, text } = toFields(block);
  switch (type) {
    case 'text': {
      const signs = readTextPart(text);
      return signs.length === 0 ? PREAMBLE : signs;
    }
    case 'thinking':
      return PREAMBLE;
    case 'tool_use':
      return [buildToolCall({ index: selectIndex(index), id, name })];
    default:
      // Calls of tools that the provider runs, their results, and reasoning that came encrypted.
      return CONTENT;
  }
}

function readDelta({ index, delta }: EventFields): readonly StreamSign[] {
  const { type, text, partial_json: json } = toFields(delta);
  if (type === 'text_delta') return readTextPart(text);
  if (type !== 'input_json_delta') return CONTENT;
  // The first one is empty.
  return toText(json) === undefined ? NOTHING : [buildToolCall({ index: selectIndex(index), arguments: json })];
}

function readMessageDelta({ delta, usage }: EventFields): readonly StreamSign[] {
  const finish = toText(toFields(delta).stop_reason);
  const tokens = readTokens(usage);
  return finish === undefined ? tokens : [...tokens, { kind: 'finish', finish }];
}

/** What was read from the cache, and written to it, is counted apart. */
function readTokens(usage: unknown): readonly StreamSign[] {
  const { input_tokens: input, output_tokens: output } = toFields(usage);
  if (typeof input !== 'number') return readUsage(undefined, output);
  const { cache_creation_input_tokens: written, cache_read_input_tokens: read } = toFields(usage);
  return readUsage(sumTokens(input, written, read), output);
}
