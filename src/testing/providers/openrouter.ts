import { json } from '../answers.js';
import type { Answer, AnswerHeaders } from '../reaction.js';

/** What OpenRouter answers otherwise than OpenAI, whose dialect it speaks. */
export type OpenRouterCondition =
  /** 402: nothing left to pay with. */
  | 'quota_exhausted'
  /** 402 that names a time to wait. */
  | 'payment_in_flight'
  /** 403: refused by the moderation of the model. */
  | 'content_policy'
  /** 429 that tells by a date of the clock when to come back. */
  | 'rate_limited'
  /** 502: the provider behind it failed. */
  | 'bad_gateway'
  /** 503: no provider is left. */
  | 'unavailable'
  /** 200 with an error in the place of an answer. */
  | 'error_in_ok';

/** Errors of OpenRouter. */
export const openRouter: Readonly<Record<OpenRouterCondition, Answer>> = {
  quota_exhausted: failure(402, 'Insufficient credits.'),
  payment_in_flight: failure(402, 'The key is over its limit for now.', {}, { 'retry-after': '11' }),
  content_policy: failure(403, 'Provider returned error', {
    reasons: ['violence'],
    flagged_input: 'shortened',
    provider_name: 'OpenAI',
    model_slug: 'openai/gpt-4o',
  }),
  rate_limited: failure(
    429,
    'Rate limit exceeded: free-models-per-min.',
    {},
    { date: 'Sat, 21 Nov 2026 08:00:00 GMT', 'retry-after': 'Sat, 21 Nov 2026 08:00:21 GMT' },
  ),
  bad_gateway: failure(502, 'Provider returned error', { provider_name: 'DeepInfra', raw: 'upstream failed' }),
  unavailable: failure(503, 'No instances available'),
  error_in_ok: json(200, errorBody(502, 'Provider returned error')),
};

function failure(status: number, message: string, metadata: object = {}, headers: AnswerHeaders = {}): Answer {
  return json(status, errorBody(status, message, metadata), headers);
}

function errorBody(code: number, message: string, metadata: object = {}): object {
  return { error: { code, message, metadata } };
}
