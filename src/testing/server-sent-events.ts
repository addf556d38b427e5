import type { Answer, AnswerHeaders } from './reaction.js';

/** One event of a stream. What is no string is sent as JSON. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** A stream of server-sent events, each in a chunk of its own. */
export function eventStream(events: readonly ServerSentEvent[], headers: AnswerHeaders = {}): Answer {
  return { status: 200, headers: { 'content-type': 'text/event-stream', ...headers }, body: events.map(inText) };
}

function inText({ event, data }: ServerSentEvent): string {
  const name = event === undefined ? '' : `event: ${event}\n`;
  return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
}
