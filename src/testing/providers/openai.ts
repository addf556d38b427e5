import { type Answer, type AnswerHeaders, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only OpenAI has. */
export type OpenAISpecial =
  /** 400: refused by a content policy. */
  | 'content_policy'
  /** 429: the request alone exceeds the tokens per minute. */
  | 'larger_than_a_minute'
  /** 429 caused by load. */
  | 'slow_down'
  /** 429: no credit left. */
  | 'credit_balance_exhausted'
  /** 429 with a retry hint only in its message. */
  | 'rate_limited_in_words'
  /** 429 with the reset times of its limits as the only hint. */
  | 'rate_limited_until_reset'
  /** 503 with a header that forbids retries. */
  | 'unavailable_for_good'
  /** An error within a stream. */
  | 'stream_error'
  /** The same, for the rate limit. */
  | 'stream_rate_limited';

const ID: AnswerHeaders = {
  'x-request-id': 'req_openai',
  'openai-version': '2020-10-01',
  'openai-processing-ms': '12',
};

const chunk = (delta: unknown, finish: string | null = null): ServerSentEvent => ({
  data: {
    id: 'chatcmpl-1',
    object: 'chat.completion.chunk',
    created: 1_763_700_000,
    model: 'gpt-4o',
    choices: [{ index: 0, delta, finish_reason: finish }],
  },
});
const BEGINNING: readonly ServerSentEvent[] = [chunk({ role: 'assistant', content: '' }), chunk({ content: 'Hel' })];

/** OpenAI's chat completions. */
export const openai: Provider<OpenAISpecial> = {
  answer: json(
    200,
    {
      id: 'chatcmpl-1',
      object: 'chat.completion',
      created: 1_763_700_000,
      model: 'gpt-4o',
      choices: [
        {
          index: 0,
          message: { role: 'assistant', content: 'Hello', refusal: null },
          logprobs: null,
          finish_reason: 'stop',
        },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
    },
    ID,
  ),
  stream: eventStream([...BEGINNING, chunk({ content: 'lo' }), chunk({}, 'stop'), { data: '[DONE]' }], ID),
  errors: {
    context_length: failure(400, 'context_length_exceeded', {
      message: "This model's maximum context length is 128000 tokens, and your messages have 130112.",
      param: 'messages',
    }),
    content_policy: failure(400, 'content_policy_violation', { message: 'Refused by the safety system.' }),
    invalid_request: failure(400, null, { message: 'Unrecognized request argument supplied: colour', param: 'colour' }),
    auth: failure(401, 'invalid_api_key', { message: 'Incorrect API key provided.' }),
    forbidden: failure(403, 'unsupported_country_region_territory', { type: 'request_forbidden' }),
    not_found: failure(404, 'model_not_found', { message: 'The model `gpt-0` does not exist.' }),
    request_timeout: failure(408, null, { type: 'timeout_error', message: 'Request timed out.' }),
    conflict: failure(409, null, { message: 'The resource was updated by another request.' }),
    too_large: failure(413, null, { message: 'Request body too large.' }),
    unprocessable: failure(422, null, { message: 'Unprocessable entity.' }),
    rate_limited: failure(
      429,
      'rate_limit_exceeded',
      { type: 'requests', message: 'Rate limit reached for gpt-4o on requests per min (RPM). Please try again in 6s.' },
      { 'retry-after-ms': '6250', 'retry-after': '7', 'x-ratelimit-remaining-requests': '0' },
    ),
    quota_exhausted: failure(429, 'insufficient_quota', {
      type: 'insufficient_quota',
      message: 'You exceeded your current quota, please check your plan and billing details.',
    }),
    server_error: failure(500, null, { type: 'server_error', message: 'The server had an error.' }),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: failure(503, 'server_is_overloaded', { type: 'server_error', message: 'The engine is overloaded.' }),
    gateway_timeout: html(504, '504 Gateway Time-out', ID),
    overloaded: failure(529, null, { type: 'overloaded_error', message: 'Overloaded.' }),
    larger_than_a_minute: failure(429, 'rate_limit_exceeded', {
      type: 'tokens',
      message: 'Request too large for gpt-4o on tokens per min (TPM): Limit 30000, Requested 45112.',
    }),
    slow_down: failure(429, 'slow_down', { type: 'server_error', message: 'Slow down.' }),
    credit_balance_exhausted: failure(429, 'credit_balance_exhausted', { type: 'insufficient_quota' }),
    rate_limited_in_words: failure(429, 'rate_limit_exceeded', {
      type: 'tokens',
      message:
        'Rate limit reached for gpt-4o on tokens per min (TPM): Limit 30000, Used 29500. Please try again in 20s.',
    }),
    rate_limited_until_reset: failure(
      429,
      'rate_limit_exceeded',
      { type: 'tokens', message: 'Rate limit reached.' },
      {
        'x-ratelimit-remaining-requests': '12',
        'x-ratelimit-reset-requests': '12ms',
        'x-ratelimit-remaining-tokens': '0',
        'x-ratelimit-reset-tokens': '1m30s',
      },
    ),
    unavailable_for_good: failure(503, null, { type: 'server_error' }, { 'x-should-retry': 'false' }),
    stream_error: eventStream(
      [
        ...BEGINNING,
        { data: errorBody('server_error', { type: 'server_error', message: 'The server had an error.' }) },
      ],
      ID,
    ),
    stream_rate_limited: eventStream(
      [...BEGINNING, { data: errorBody('rate_limit_exceeded', { type: 'tokens', message: 'Rate limit reached.' }) }],
      ID,
    ),
  },
};

interface Details {
  readonly type?: string;
  readonly message?: string;
  readonly param?: string;
}

function failure(status: number, code: string | null, details: Details, headers: AnswerHeaders = {}): Answer {
  return json(status, errorBody(code, details), { ...ID, ...headers });
}

function errorBody(code: string | null, details: Details): unknown {
  return { error: { message: 'It failed.', type: 'invalid_request_error', param: null, ...details, code } };
}
