import { type Answer, type AnswerHeaders, json } from '../answers.js';

/** Errors of OpenRouter that differ from those of OpenAI, whose API it offers. */
export type OpenRouterCondition =
  /** 402: no credit left. */
  | 'quota_exhausted'
  /** 402 with a retry hint. */
  | 'payment_in_flight'
  /** 403: refused by the moderation of the model. */
  | 'content_policy'
  /** 429 with a date as its retry hint. */
  | 'rate_limited'
  /** 502: the provider behind it failed. */
  | 'bad_gateway'
  /** 503: no provider is available. */
  | 'unavailable'
  /** 200 with an error as its body. */
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
