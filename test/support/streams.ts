import type { Usage } from '../../src/pipeline/index.js';
import { createBodyParser } from '../../src/streams/body-parser.js';
import type { Dialect, StreamSign, ToolCallPiece } from '../../src/streams/dialect.js';
import type { Answer } from '../../src/testing/index.js';

/** A tool call, put together from its pieces. */
interface ReadCall {
  id?: string;
  name?: string;
  arguments: string;
  complete: boolean;
}

/** What the events of a stream say together. */
export interface ReadStream {
  /** The text of the first answer. */
  readonly text: string;
  readonly toolCalls: readonly ReadCall[];
  readonly usage: Usage;
  readonly finish: string | undefined;
  /** Whether there was a terminal marker. */
  readonly ended: boolean;
  readonly errors: readonly unknown[];
  /** Kinds of signs in order, repeated ones once. */
  readonly kinds: readonly StreamSign['kind'][];
}

/** Reads the events of a stream by a dialect. */
export function readEvents(dialect: Dialect, events: readonly unknown[]): ReadStream {
  const signs = events.flatMap((event) => dialect.read(event));
  const ends = signs.flatMap((sign) => (sign.kind === 'end' || sign.kind === 'finish' ? [sign.finish] : []));
  const texts = signs.flatMap((sign) =>
    sign.kind === 'content' && sign.choice === undefined ? [sign.text ?? ''] : [],
  );
  const kinds = signs.map(({ kind }) => kind);
  return {
    text: texts.join(''),
    toolCalls: joinPieces(signs.flatMap((sign) => (sign.kind === 'tool_call' ? [sign.toolCall] : []))),
    usage: Object.assign({}, ...signs.map((sign) => (sign.kind === 'usage' ? sign.usage : {}))),
    finish: ends.find((finish) => finish !== undefined),
    ended: kinds.includes('end'),
    errors: signs.flatMap((sign) => (sign.kind === 'failure' ? [sign.error] : [])),
    kinds: kinds.filter((kind, index) => kind !== kinds[index - 1]),
  };
}

function joinPieces(pieces: readonly ToolCallPiece[]): readonly ReadCall[] {
  const calls = new Map<number | string, ReadCall>();
  for (const piece of pieces) {
    const { index, id, name, arguments: given = '', whole = false, complete = false } = piece;
    const begun = calls.get(index);
    if (begun === undefined && id === undefined && name === undefined) continue;
    const call = begun ?? { arguments: '', complete: false };
    calls.set(index, {
      ...call,
      ...(id !== undefined && { id }),
      ...(name !== undefined && { name }),
      arguments: whole ? given : call.arguments + given,
      complete: call.complete || complete,
    });
  }
  return [...calls.values()];
}

/** The events in the body of an answer. */
export function eventsOf({ headers = {}, body = '' }: Answer): readonly unknown[] {
  const parser = createBodyParser(headers['content-type'] ?? '');
  if (parser === undefined) throw new Error('the answer is no stream of events');
  const pieces = typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
  const chunks = pieces.map((piece) => (typeof piece === 'string' ? Buffer.from(piece) : piece));
  return [...chunks.flatMap((chunk) => parser.push(chunk)), ...parser.end()];
}
