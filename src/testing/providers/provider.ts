import type { Answer } from '../reaction.js';

/** What every provider can answer instead of what was asked for; each has words of its own for it. */
export type Condition =
  /** 400: more tokens than the model takes. */
  | 'context_length'
  /** 400: anything else that is wrong with it. */
  | 'invalid_request'
  /** 401. */
  | 'auth'
  /** 403. */
  | 'forbidden'
  /** 404: no such model. */
  | 'not_found'
  /** 408. */
  | 'request_timeout'
  /** 409. */
  | 'conflict'
  /** 413: more bytes than the server takes. */
  | 'too_large'
  /** 422. */
  | 'unprocessable'
  /** 429, with a hint of when to come back in the provider's own format. */
  | 'rate_limited'
  /** 429 or its like that no waiting heals. */
  | 'quota_exhausted'
  /** 500. */
  | 'server_error'
  /** 502, a page of a proxy. */
  | 'bad_gateway'
  /** 503. */
  | 'unavailable'
  /** 504. */
  | 'gateway_timeout'
  /** 529. */
  | 'overloaded';

/** How a provider answers: well, well in a stream, and otherwise. `Special` names what only this one does. */
export interface Provider<Special extends string = never> {
  /** A good answer to a chat request. */
  readonly answer: Answer;
  /** A good answer in a stream. */
  readonly stream: Answer;
  /** Answers that are none, by condition. */
  readonly errors: Readonly<Record<Condition | Special, Answer>>;
}
