/** How a started answer ends. */
export type Ending =
  /** The body is complete. */
  | 'complete'
  /** The connection is closed before the body is complete. */
  | 'cut'
  /** Nothing more is sent, and the connection stays open until the client closes it. */
  | 'stall';

/** Response headers by name, in any case. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** An HTTP response of the server, successful or not, complete or not. */
export interface Answer {
  /** Status code, 200 to 599. Default 200. */
  readonly status?: number;
  readonly headers?: AnswerHeaders;
  /** Sent without changes. Each piece of a list is sent in its own chunk, such as the events of a stream. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** Delay before the status and headers, in milliseconds. Default 0. */
  readonly headAfterMs?: number;
  /** Delay before each piece of the body, in milliseconds. Default 0. */
  readonly pieceAfterMs?: number;
  /** Default `complete`. Otherwise `body` is sent before the ending. */
  readonly ending?: Ending;
}

/** What the server does with a request after it has read it. */
export type Reaction =
  | Answer
  /** Resets the connection instead of answering. */
  | 'reset'
  /** Closes the connection without an answer. */
  | 'hang_up'
  /** Closes the connection in the middle of the headers. */
  | 'cut_head'
  /** Never answers. */
  | 'silence';

/** An event of a stream. Data other than a string is sent as JSON. */
export interface ServerSentEvent {
  readonly event?: string;
  readonly data: unknown;
}

/** An answer in JSON. */
export function json(status: number, body: unknown, headers: AnswerHeaders = {}): Answer {
  return { status, headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
}

/** An error page like those of proxies and load balancers. */
export function html(status: number, title: string, headers: AnswerHeaders = {}): Answer {
  const body = `<!doctype html><html><head><title>${title}</title></head><body><h1>${title}</h1></body></html>`;
  return { status, headers: { 'content-type': 'text/html', ...headers }, body };
}

/** A stream of server-sent events, each in its own chunk. */
export function eventStream(events: readonly ServerSentEvent[], headers: AnswerHeaders = {}): Answer {
  const body = events.map(({ event, data }) => {
    const name = event === undefined ? '' : `event: ${event}\n`;
    return `${name}data: ${typeof data === 'string' ? data : JSON.stringify(data)}\n\n`;
  });
  return { status: 200, headers: { 'content-type': 'text/event-stream', ...headers }, body };
}

/** The first half of an answer, followed by `ending`. */
export function half(answer: Answer, ending: Ending): Answer {
  const { body = '' } = answer;
  return { ...answer, body: body.slice(0, Math.ceil(body.length / 2)), ending };
}
