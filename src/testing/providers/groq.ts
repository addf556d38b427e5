import { type Answer, type AnswerHeaders, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only Groq has. */
export type GroqSpecial =
  /** 498: the flex tier has no capacity. */
  | 'flex_capacity'
  /** 413: the request alone exceeds the tokens per minute. */
  | 'larger_than_a_minute'
  /** 429 with a retry hint only in its message. */
  | 'rate_limited_in_words'
  /** 429: the tokens per day are used up. */
  | 'day_used_up'
  /** An error within a stream. */
  | 'stream_error';

const ID: AnswerHeaders = { 'x-request-id': 'req_groq' };

const BASE = { id: 'chatcmpl-1', created: 1_763_700_000, model: 'llama-3.3-70b-versatile' };
const chunk = (delta: object, finish: string | null = null): ServerSentEvent => ({
  data: { ...BASE, object: 'chat.completion.chunk', choices: [{ index: 0, delta, finish_reason: finish }] },
});
const BEGINNING: readonly ServerSentEvent[] = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hel' })];

/** Groq's chat completions. */
export const groq: Provider<GroqSpecial> = {
  answer: json(
    200,
    {
      ...BASE,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, logprobs: null, finish_reason: 'stop' }],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
      x_groq: { id: 'req_groq' },
    },
    ID,
  ),
  stream: eventStream([...BEGINNING, chunk({ content: 'lo' }), chunk({}, 'stop'), { data: '[DONE]' }], ID),
  errors: {
    context_length: failure(400, 'context_length_exceeded', 'Please reduce the length of the messages or completion.'),
    invalid_request: failure(400, undefined, "'messages' : minimum number of items is 1"),
    auth: failure(401, 'invalid_api_key', 'Invalid API Key'),
    forbidden: failure(403, 'model_permission_blocked_org', 'The model is blocked at the organization level.'),
    not_found: failure(404, 'model_not_found', 'The model `llama-0` does not exist or you do not have access to it.'),
    request_timeout: failure(408, undefined, 'Request timed out.'),
    conflict: failure(409, undefined, 'The resource is being changed.'),
    too_large: failure(413, 'request_too_large', 'Request Entity Too Large'),
    unprocessable: failure(422, undefined, 'Unprocessable entity.'),
    rate_limited: limited('Rate limit reached on tokens per minute (TPM): Limit 6000. Please try again in 7.66s.', {
      'retry-after': '8',
      'x-ratelimit-remaining-tokens': '0',
      'x-ratelimit-reset-tokens': '7.66s',
    }),
    quota_exhausted: failure(402, 'insufficient_quota', 'The spend limit of the organization is reached.'),
    server_error: failure(500, 'internal_server_error', 'Internal Server Error'),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: failure(503, 'service_unavailable', 'Service Unavailable'),
    gateway_timeout: html(504, '504 Gateway Time-out', ID),
    overloaded: html(529, '529 Overloaded', ID),
    flex_capacity: failure(498, 'capacity_exceeded', 'The flex tier has no capacity left. Try again later.'),
    larger_than_a_minute: json(
      413,
      errorBody(
        'tokens',
        'rate_limit_exceeded',
        'Request too large for model `llama-3.3-70b-versatile` on tokens per minute (TPM): Limit 6000, Requested 14810.',
      ),
      ID,
    ),
    rate_limited_in_words: limited('Rate limit reached on tokens per minute (TPM). Please try again in 1m7.5s.'),
    day_used_up: limited('Rate limit reached on tokens per day (TPD). Please try again in 1h2m3.5s.'),
    stream_error: eventStream(
      [...BEGINNING, { event: 'error', data: errorBody('server_error', 'server_error', 'The model failed.') }],
      ID,
    ),
  },
};

function failure(status: number, code: string | undefined, message: string): Answer {
  return json(status, errorBody('invalid_request_error', code, message), ID);
}

function limited(message: string, headers: AnswerHeaders = {}): Answer {
  return json(429, errorBody('tokens', 'rate_limit_exceeded', message), { ...ID, ...headers });
}

function errorBody(type: string, code: string | undefined, message: string): object {
  return { error: { message, type, code } };
}
