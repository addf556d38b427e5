import type { Family } from './family.js';

/** OpenAI, and the many who answer in its way. Its error classes all say `name: 'Error'`: their constructors tell. */
export const openai: Family = {
  words: {
    cancelled: ['APIUserAbortError', 'Request was aborted.'],
    timeout: ['APIConnectionTimeoutError', 'Request timed out.', 'vector_store_timeout'],
    quota_exhausted: [
      'insufficient_quota',
      'credit_balance_exhausted',
      'organization_spend_limit_exceeded',
      'project_spend_limit_exceeded',
      'organization_usage_limit_exceeded',
      'usage_limit_exceeded',
      'session_budget_exceeded',
      'billing_hard_limit_reached',
      'billing_not_active',
    ],
    context_length: ['context_length_exceeded'],
    content_policy: [
      'content_policy_violation',
      'content_filter',
      'invalid_prompt',
      'bio_policy',
      'misalignment_policy_violation',
      'image_content_policy_violation',
      'moderation_blocked',
      'ContentFilterFinishReasonError',
    ],
    overloaded: ['server_is_overloaded', 'slow_down'],
    rate_limited: ['rate_limit_exceeded'],
    auth: ['invalid_api_key', 'account_deactivated', 'OAuthError', 'SubjectTokenProviderError'],
    not_found: ['model_not_found'],
    invalid_request: ['LengthFinishReasonError', 'string_above_max_length', 'data_residency_mismatch'],
  },
  vague: {
    network: ['APIConnectionError', 'Connection error.'],
    invalid_request: ['invalid_request_error', 'BadRequestError', 'UnprocessableEntityError'],
    server_error: ['server_error', 'internal_server_error', 'InternalServerError'],
    rate_limited: ['RateLimitError'],
    auth: ['AuthenticationError', 'PermissionDeniedError', 'authentication_error'],
    not_found: ['NotFoundError'],
  },
  phrases: [
    {
      // A 429 (or Groq's 413) that no waiting heals: the one request is larger than a whole minute's tokens.
      kind: 'invalid_request',
      insteadOf: ['rate_limited'],
      anyOf: ['request too large'],
    },
    {
      kind: 'quota_exhausted',
      insteadOf: ['invalid_request', 'auth', 'unknown'],
      anyOf: ['insufficient_quota', 'billing hard limit'],
    },
  ],
  provider: {
    name: 'openai',
    classes: ['OpenAIError'],
    headers: ['openai-version'],
    hosts: ['api.openai.com'],
  },
};
