import { type Answer, type AnswerHeaders, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only Cohere has. */
export type CohereSpecial =
  /** 499: the client closed the request. */
  | 'client_closed'
  /** 429: the rate limit of a trial key. */
  | 'trial_rate_limited'
  /** An error within a stream, as its finish reason. */
  | 'stream_error';

const ID: AnswerHeaders = { 'x-debug-trace-id': 'req-cohere' };

const USAGE = { billed_units: { input_tokens: 2, output_tokens: 1 }, tokens: { input_tokens: 2, output_tokens: 1 } };
const named = (type: string, rest: object = {}): ServerSentEvent => ({ event: type, data: { type, ...rest } });
const text = (words: string): ServerSentEvent =>
  named('content-delta', { index: 0, delta: { message: { content: { text: words } } } });
const ended = (delta: object): ServerSentEvent => named('message-end', { id: 'msg-1', delta });
const BEGINNING: readonly ServerSentEvent[] = [
  named('message-start', { id: 'msg-1', delta: { message: { role: 'assistant', content: [] } } }),
  named('content-start', { index: 0, delta: { message: { content: { type: 'text', text: '' } } } }),
  text('Hel'),
];

/** Cohere's chat, version 2. */
export const cohere: Provider<CohereSpecial> = {
  answer: json(
    200,
    {
      id: 'msg-1',
      message: { role: 'assistant', content: [{ type: 'text', text: 'Hello' }] },
      finish_reason: 'COMPLETE',
      usage: USAGE,
    },
    ID,
  ),
  stream: eventStream(
    [...BEGINNING, text('lo'), named('content-end', { index: 0 }), ended({ finish_reason: 'COMPLETE', usage: USAGE })],
    ID,
  ),
  errors: {
    context_length: failure(
      400,
      'too many tokens: total number of tokens in the prompt cannot exceed 4081 - received 5012.',
    ),
    invalid_request: failure(400, 'invalid request: message must be at least 1 token long'),
    auth: failure(401, 'invalid api token'),
    forbidden: failure(403, 'you are not allowed to use this model'),
    not_found: failure(404, "model 'command-0' not found"),
    request_timeout: failure(408, 'request timed out'),
    conflict: failure(409, 'the resource is being changed'),
    too_large: failure(413, 'payload too large'),
    unprocessable: failure(422, 'unprocessable entity'),
    rate_limited: failure(429, 'You are past the rate limit of this key.', { 'retry-after': '5' }),
    quota_exhausted: failure(402, 'Please add or update your payment method to continue.'),
    server_error: failure(500, 'internal server error, this has been reported to our developers'),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: failure(503, 'service unavailable'),
    gateway_timeout: failure(504, 'gateway timeout'),
    overloaded: html(529, '529 Overloaded', ID),
    client_closed: failure(499, 'request cancelled'),
    trial_rate_limited: failure(429, 'You are using a Trial key, which is limited to 10 API calls / minute.'),
    stream_error: eventStream([...BEGINNING, ended({ finish_reason: 'ERROR', error: 'model failed' })], ID),
  },
};

function failure(status: number, message: string, headers: AnswerHeaders = {}): Answer {
  return json(status, { id: 'err-1', message }, { ...ID, ...headers });
}
