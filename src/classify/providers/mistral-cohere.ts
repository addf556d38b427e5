import type { KnownErrors } from './known-errors.js';

/** Mistral's API and SDK. */
export const mistral: KnownErrors = {
  codes: {
    cancelled: ['RequestAbortedError'],
    overloaded: ['service_tier_capacity_exceeded'],
    invalid_request: ['HTTPValidationError', 'InvalidRequestError'],
    not_found: ['invalid_model'],
  },
  weakCodes: { network: ['ConnectionError'], server_error: ['internal_error'] },
  phrases: [
    { kind: 'context_length', insteadOf: ['invalid_request', 'unknown'], anyOf: ['too large for model with'] },
    { kind: 'overloaded', insteadOf: ['rate_limited'], anyOf: ['tier capacity exceeded'] },
  ],
  provider: {
    name: 'mistral',
    classes: ['MistralError', 'HTTPValidationError'],
    headers: ['mistral-correlation-id'],
    hosts: ['api.mistral.ai'],
  },
};

/** Cohere's API and SDK. Only the message identifies the SDK's own timeout. */
export const cohere: KnownErrors = {
  codes: { timeout: ['CohereTimeoutError', '"timeout"'] },
  weakCodes: { timeout: ['timeout'] },
  phrases: [
    // Only with a status that excludes a limit per minute, for which other providers use the same words.
    { kind: 'context_length', insteadOf: ['invalid_request'], anyOf: ['too many tokens:'] },
    { kind: 'quota_exhausted', insteadOf: ['rate_limited'], anyOf: ['calls / month', 'calls per month'] },
  ],
  provider: {
    name: 'cohere',
    classes: ['CohereError', 'CohereTimeoutError'],
    headers: ['x-debug-trace-id'],
    hosts: ['api.cohere.com', 'api.cohere.ai'],
  },
};
