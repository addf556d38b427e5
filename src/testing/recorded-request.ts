import type { IncomingHttpHeaders } from 'node:http';

/** How a request ended. */
export type RequestOutcome =
  /** It has not ended yet. */
  | 'open'
  /** It was answered in full. */
  | 'answered'
  /** The server broke it off, as it was told to. */
  | 'broken_off'
  /** The client left before that. */
  | 'abandoned';

/** A request as the server saw it: plain data, which changes for as long as the request lasts. */
export interface RecordedRequest {
  /** Counted from 1 in the order of arrival. */
  readonly number: number;
  readonly method: string;
  /** Path with query. */
  readonly path: string;
  /** By name in lower case. */
  readonly headers: IncomingHttpHeaders;
  /** The body as text, once all of it has come in; empty before. */
  readonly body: string;
  readonly outcome: RequestOutcome;
}
