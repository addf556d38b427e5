import { type Answer, type AnswerHeaders, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only Anthropic has. */
export type AnthropicSpecial =
  /** 400: refused by a content policy. */
  | 'content_policy'
  /** 402. */
  | 'billing'
  /** 429: the spend limit of the contract is reached. */
  | 'spend_limit'
  /** 429: traffic increases too fast. */
  | 'ramp_limit'
  /** 429 with the reset times of its limits as the only hint. */
  | 'rate_limited_until_reset'
  /** 503: the customer's own key cannot be reached. */
  | 'key_unreachable'
  /** An error within a stream. */
  | 'stream_overloaded'
  /** The same, for a failure of the server. */
  | 'stream_error';

const ID: AnswerHeaders = { 'request-id': 'req_anthropic' };

const MESSAGE = {
  id: 'msg_1',
  type: 'message',
  role: 'assistant',
  model: 'claude-sonnet',
  stop_sequence: null,
  usage: { input_tokens: 2, output_tokens: 1 },
};
const named = (type: string, rest: object = {}): ServerSentEvent => ({ event: type, data: { type, ...rest } });
const text = (words: string): ServerSentEvent =>
  named('content_block_delta', { index: 0, delta: { type: 'text_delta', text: words } });
const BEGINNING: readonly ServerSentEvent[] = [
  named('message_start', { message: { ...MESSAGE, content: [], stop_reason: null } }),
  named('content_block_start', { index: 0, content_block: { type: 'text', text: '' } }),
  named('ping'),
  text('Hel'),
];

/** Anthropic's messages. */
export const anthropic: Provider<AnthropicSpecial> = {
  answer: json(200, { ...MESSAGE, content: [{ type: 'text', text: 'Hello' }], stop_reason: 'end_turn' }, ID),
  stream: eventStream(
    [
      ...BEGINNING,
      text('lo'),
      named('content_block_stop', { index: 0 }),
      named('message_delta', { delta: { stop_reason: 'end_turn', stop_sequence: null }, usage: { output_tokens: 1 } }),
      named('message_stop'),
    ],
    ID,
  ),
  errors: {
    context_length: failure(400, 'invalid_request_error', 'prompt is too long: 212001 tokens > 200000 maximum'),
    content_policy: failure(400, 'invalid_request_error', 'Output blocked by content filtering policy'),
    invalid_request: failure(400, 'invalid_request_error', 'messages: at least one message is required'),
    auth: failure(401, 'authentication_error', 'invalid x-api-key'),
    forbidden: failure(403, 'permission_error', 'Your API key may not use this resource.'),
    not_found: failure(404, 'not_found_error', 'model: claude-0'),
    request_timeout: failure(408, 'timeout_error', 'Request timed out.'),
    conflict: failure(409, 'conflict_error', 'The resource was changed meanwhile.'),
    too_large: failure(413, 'request_too_large', 'Request exceeds the maximum allowed number of bytes.'),
    unprocessable: failure(422, 'invalid_request_error', 'Unprocessable entity.'),
    rate_limited: failure(
      429,
      'rate_limit_error',
      'Number of request tokens has exceeded your per-minute rate limit.',
      {
        'retry-after': '12',
        'anthropic-ratelimit-requests-remaining': '41',
        'anthropic-ratelimit-requests-reset': '2026-11-21T08:00:05Z',
      },
    ),
    quota_exhausted: spendLimit('enforced_spend_limit_reached'),
    server_error: failure(500, 'api_error', 'Internal server error'),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: html(503, '503 Service Unavailable', ID),
    gateway_timeout: failure(504, 'timeout_error', 'The request took too long.'),
    overloaded: failure(529, 'overloaded_error', 'Overloaded'),
    billing: failure(402, 'billing_error', 'Your credit balance is too low.'),
    spend_limit: spendLimit('contract_spend_limit_reached'),
    ramp_limit: withDetails(429, 'rate_limit_error', 'ramp_limit_exceeded', { 'retry-after': '3' }),
    rate_limited_until_reset: failure(429, 'rate_limit_error', 'This would exceed your rate limit.', {
      date: 'Sat, 21 Nov 2026 08:00:00 GMT',
      'anthropic-ratelimit-requests-remaining': '41',
      'anthropic-ratelimit-requests-reset': '2026-11-21T08:00:50Z',
      'anthropic-ratelimit-input-tokens-remaining': '0',
      'anthropic-ratelimit-input-tokens-reset': '2026-11-21T08:00:30Z',
    }),
    key_unreachable: withDetails(503, 'api_error', 'cmek_key_unreachable'),
    stream_overloaded: eventStream([...BEGINNING, named('error', inner('overloaded_error', 'Overloaded'))], ID),
    stream_error: eventStream([...BEGINNING, named('error', inner('api_error', 'Internal server error'))], ID),
  },
};

function inner(type: string, message: string, details: object = {}): object {
  return { error: { type, message, ...details }, request_id: 'req_anthropic' };
}

function failure(status: number, type: string, message: string, headers: AnswerHeaders = {}): Answer {
  return json(status, { type: 'error', ...inner(type, message) }, { ...ID, ...headers });
}

function withDetails(status: number, type: string, code: string, headers: AnswerHeaders = {}): Answer {
  const body = { type: 'error', ...inner(type, 'It failed.', { details: { error_code: code } }) };
  return json(status, body, { ...ID, ...headers });
}

function spendLimit(code: string): Answer {
  return withDetails(429, 'rate_limit_error', code, { 'x-should-retry': 'false' });
}
