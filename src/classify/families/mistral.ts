import type { Family } from './family.js';

/** Mistral's API and SDK. */
export const mistral: Family = {
  words: {
    cancelled: ['RequestAbortedError'],
    overloaded: ['service_tier_capacity_exceeded'],
    invalid_request: ['HTTPValidationError', 'InvalidRequestError'],
    not_found: ['invalid_model'],
  },
  vague: { network: ['ConnectionError'] },
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
