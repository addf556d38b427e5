/** What ends an answer that has begun. */
export type Ending =
  /** It is complete. */
  | 'complete'
  /** The connection closes, and the client learns that something is missing. */
  | 'cut'
  /** Nothing more comes, and the connection stays open until the client leaves. */
  | 'stall';

/** Headers of an answer by name, in any case. */
export type AnswerHeaders = Readonly<Record<string, string>>;

/** An HTTP answer, good or bad, whole or not. */
export interface Answer {
  /** Status code, 200 to 599. Default 200. */
  readonly status?: number;
  readonly headers?: AnswerHeaders;
  /** Sent as it is. A list is sent piece by piece, each in a chunk of its own: the events of a stream, for one. */
  readonly body?: string | Uint8Array | readonly (string | Uint8Array)[];
  /** How long the client waits for the head, in milliseconds. Default 0. */
  readonly headAfterMs?: number;
  /** How long the client waits for each piece of the body, in milliseconds. Default 0. */
  readonly pieceAfterMs?: number;
  /** Default `complete`. With any other ending, `body` is what is sent before it. */
  readonly ending?: Ending;
}

/** What the server does with one request, once it has read it. */
export type Reaction =
  | Answer
  /** Resets the connection instead of answering. */
  | 'reset'
  /** Closes the connection in good order, instead of answering. */
  | 'hang_up'
  /** Never answers. */
  | 'silence';
