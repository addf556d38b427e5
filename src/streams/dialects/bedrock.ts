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

type Member = keyof EventFields;
type Reader = (member: EventFields) => readonly StreamSign[];

const SHARED: ReadonlySet<Member> = new Set<Member>(['metadata', 'error']);

/** An event has one member, which names it. */
const READERS: readonly (readonly [Member, Reader])[] = [
  ['contentBlockDelta', readDelta],
  ['contentBlockStart', readStart],
  [
    'contentBlockStop',
    ({ contentBlockIndex }) => [buildToolCall({ index: selectIndex(contentBlockIndex), complete: true })],
  ],
  ['messageStart', () => PREAMBLE],
  ['messageStop', readStop],
  ['metadata', ({ usage }) => readTokens(toFields(usage))],
  ['throttlingException', (member) => readException('ThrottlingException', member)],
  ['modelStreamErrorException', (member) => readException('ModelStreamErrorException', member)],
  ['modelTimeoutException', (member) => readException('ModelTimeoutException', member)],
  ['internalServerException', (member) => readException('InternalServerException', member)],
  ['serviceUnavailableException', (member) => readException('ServiceUnavailableException', member)],
  ['validationException', (member) => readException('ValidationException', member)],
  // An error that the service has not modelled.
  ['error', (member) => [buildFailure(member)]],
];
/** Events of other APIs may have the others. */
const TELLING: readonly (readonly [Member, Reader])[] = READERS.filter(([member]) => !SHARED.has(member));

/** Bedrock's `ConverseStream`. */
export const bedrock: Dialect = buildDialect({
  name: 'bedrock',
  hasEnd: true,
  recognises: (event) =>
    TELLING.some(([member]) => hasFields(event[member])) || hasFields(toFields(event.metadata).usage),
  read: (event) => {
    for (const [name, read] of READERS) {
      const member = event[name];
      if (hasFields(member)) return read(member);
    }
    return NOTHING;
  },
});

/** Reasons that say that there is no answer which could be used. */
const FAILED: ReadonlySet<unknown> = new Set(['malformed_model_output', 'malformed_tool_use']);

function readStop({ stopReason }: EventFields): readonly StreamSign[] {
  if (!FAILED.has(stopReason)) return [buildEnd(stopReason)];
  return [buildFailure({ code: stopReason, message: `the stream ended with the stop reason '${String(stopReason)}'` })];
}

function readStart({ contentBlockIndex, start }: EventFields): readonly StreamSign[] {
  const { toolUse } = toFields(start);
  if (!hasFields(toolUse)) return CONTENT;
  const { toolUseId: id, name, type } = toolUse;
  if (type === 'server_tool_use') return CONTENT;
  return [buildToolCall({ index: selectIndex(contentBlockIndex), id, name })];
}

function readDelta({ contentBlockIndex, delta }: EventFields): readonly StreamSign[] {
  const { text, toolUse } = toFields(delta);
  if (typeof text === 'string') return readTextPart(text);
  if (!hasFields(toolUse)) return CONTENT;
  return [buildToolCall({ index: selectIndex(contentBlockIndex), arguments: toolUse.input })];
}

/** What was read from the cache, and written to it, is counted apart. */
function readTokens(usage: EventFields): readonly StreamSign[] {
  const { inputTokens, outputTokens, cacheReadInputTokens, cacheWriteInputTokens } = usage;
  return readUsage(sumTokens(inputTokens, cacheReadInputTokens, cacheWriteInputTokens), outputTokens);
}

/** The SDK throws an exception by itself. In a frame read without it the name is only in the header. */
function readException(name: string, member: EventFields): readonly StreamSign[] {
  const isNamed = member instanceof Error || toText(member.name) !== undefined;
  return [buildFailure(isNamed ? member : { ...member, name })];
}
