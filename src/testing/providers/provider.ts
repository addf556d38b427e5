import type { Answer } from '../answers.js';

/** Errors that every provider can answer with, each in its own format. */
export type Condition =
  /** 400: more tokens than the model accepts. */
  | 'context_length'
  /** 400: another error in the request. */
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
  /** 413: more bytes than the server accepts. */
  | 'too_large'
  /** 422. */
  | 'unprocessable'
  /** 429, with a retry hint in the provider's own format. */
  | 'rate_limited'
  /** 429, 402 or 400: a quota for which waiting does not help. */
  | 'quota_exhausted'
  /** 500. */
  | 'server_error'
  /** 502: the error page of a proxy. */
  | 'bad_gateway'
  /** 503. */
  | 'unavailable'
  /** 504. */
  | 'gateway_timeout'
  /** 529. */
  | 'overloaded';

/** The answers of a provider. `Special` names the errors that only this provider has. */
export interface Provider<Special extends string = never> {
  /** A successful answer to a chat request. */
  readonly answer: Answer;
  /** A successful answer as a stream. */
  readonly stream: Answer;
  /** Errors by condition. */
  readonly errors: Readonly<Record<Condition | Special, Answer>>;
}
