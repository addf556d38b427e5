import { type Answer, type AnswerHeaders, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only Mistral has. */
export type MistralSpecial =
  /** 429: the tier has no capacity, regardless of the caller's rate. */
  | 'capacity_exceeded'
  /** An error within a stream. */
  | 'stream_error';

const ID: AnswerHeaders = { 'mistral-correlation-id': 'req-mistral' };

const BASE = { id: 'cmpl-1', model: 'mistral-small', created: 1_763_700_000 };
const USAGE = { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 };
const chunk = (content: string, finish: string | null = null): ServerSentEvent => ({
  data: {
    ...BASE,
    object: 'chat.completion.chunk',
    choices: [{ index: 0, delta: { role: 'assistant', content }, finish_reason: finish }],
    ...(finish === null ? {} : { usage: USAGE }),
  },
});
const BEGINNING: readonly ServerSentEvent[] = [chunk(''), chunk('Hel')];

/** Mistral's chat completions. */
export const mistral: Provider<MistralSpecial> = {
  answer: json(
    200,
    {
      ...BASE,
      object: 'chat.completion',
      choices: [{ index: 0, message: { role: 'assistant', content: 'Hello' }, finish_reason: 'stop' }],
      usage: USAGE,
    },
    ID,
  ),
  stream: eventStream([...BEGINNING, chunk('lo', 'stop'), { data: '[DONE]' }], ID),
  errors: {
    context_length: failure(
      400,
      'invalid_request_message_order',
      '3051',
      'Prompt contains 40112 tokens, too large for model with 32768 maximum context length',
    ),
    invalid_request: failure(400, 'invalid_request_error', '3000', 'Unknown parameter: colour'),
    auth: json(401, { detail: 'Unauthorized' }, ID),
    forbidden: failure(403, 'forbidden', '2000', 'This key may not use the model.'),
    not_found: failure(404, 'invalid_model', '1500', 'Invalid model: mistral-0'),
    request_timeout: failure(408, 'timeout', '3600', 'Request timed out.'),
    conflict: failure(409, 'conflict', '3700', 'The resource is being changed.'),
    too_large: html(413, '413 Request Entity Too Large', ID),
    unprocessable: json(
      422,
      { detail: [{ type: 'missing', loc: ['body', 'messages'], msg: 'Field required', input: {} }] },
      ID,
    ),
    rate_limited: failure(429, 'rate_limited', '1300', 'Rate limit exceeded', { 'retry-after': '9' }),
    quota_exhausted: failure(402, 'payment_required', '1400', 'The monthly budget of the workspace is used up.'),
    server_error: failure(500, 'internal_server_error', '1000', 'Internal server error'),
    bad_gateway: html(502, '502 Bad Gateway', ID),
    unavailable: failure(503, 'service_unavailable', '1001', 'Service unavailable.'),
    gateway_timeout: html(504, '504 Gateway Time-out', ID),
    overloaded: html(529, '529 Overloaded', ID),
    capacity_exceeded: failure(
      429,
      'service_tier_capacity_exceeded',
      '3505',
      'Service tier capacity exceeded for this model.',
    ),
    stream_error: eventStream(
      [
        ...BEGINNING,
        { data: { object: 'error', message: 'Internal server error', type: 'internal_error', code: '1000' } },
      ],
      ID,
    ),
  },
};

function failure(status: number, type: string, code: string, message: string, headers: AnswerHeaders = {}): Answer {
  return json(status, { object: 'error', message, type, param: null, code }, { ...ID, ...headers });
}
