import type { KnownErrors } from './known-errors.js';

/** Anthropic's API and SDK. */
export const anthropic: KnownErrors = {
  codes: {
    quota_exhausted: [
      'billing_error',
      'enforced_spend_limit_reached',
      'contract_spend_limit_reached',
      'EnforcedSpendLimitReachedError',
      'ContractSpendLimitReachedError',
      'PaymentRequiredError',
    ],
    context_length: ['model_context_window_exceeded'],
    content_policy: ['refusal'],
    overloaded: ['overloaded_error', 'OverloadedError'],
    rate_limited: ['rate_limit_error', 'ramp_limit_exceeded', 'RampLimitExceededError'],
    auth: ['permission_error'],
    not_found: ['not_found_error'],
    invalid_request: ['request_too_large', 'ContentTooLargeError'],
    server_error: ['api_error', 'conflict_error'],
  },
  weakCodes: { network: ['RetryableError'], cancelled: ['ClientClosedRequestError'] },
  phrases: [
    {
      kind: 'context_length',
      insteadOf: ['invalid_request', 'unknown'],
      anyOf: ['prompt is too long', 'exceed context limit'],
    },
    {
      // A limit set by the customer comes as a 400 with a date, the limit of a tier as a 429. Neither ends within minutes.
      kind: 'quota_exhausted',
      insteadOf: ['invalid_request', 'rate_limited', 'auth', 'unknown'],
      anyOf: [
        'spend limit',
        'reached your specified api usage limits',
        'credit balance is too low',
        'you will regain access on',
      ],
    },
  ],
  provider: {
    name: 'anthropic',
    classes: ['AnthropicError'],
    headers: ['request-id'],
    hosts: ['api.anthropic.com'],
  },
};
