import type { KnownErrors } from './known-errors.js';

/** OpenAI, and providers with its API. All its errors have `name: 'Error'`, so the names here are of their classes. */
export const openai: KnownErrors = {
  codes: {
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
  weakCodes: {
    network: ['APIConnectionError', 'Connection error.'],
    invalid_request: ['invalid_request_error', 'BadRequestError', 'UnprocessableEntityError'],
    server_error: ['server_error', 'internal_server_error', 'InternalServerError'],
    rate_limited: ['RateLimitError'],
    auth: ['AuthenticationError', 'PermissionDeniedError', 'authentication_error'],
    not_found: ['NotFoundError'],
  },
  phrases: [
    {
      // A 429 (or Groq's 413) for which waiting does not help: the request alone exceeds the tokens per minute.
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

/** Azure OpenAI: OpenAI's format with its own codes, and the reason of a refusal one level deeper. */
export const azure: KnownErrors = {
  codes: {
    content_policy: ['ResponsibleAIPolicyViolation'],
    not_found: ['DeploymentNotFound'],
    rate_limited: ['RateLimitReached', 'TooManyRequests'],
    auth: ['PermissionDenied'],
  },
  provider: {
    name: 'azure',
    headers: ['apim-request-id'],
    hosts: ['openai.azure.com', 'cognitiveservices.azure.com', 'services.ai.azure.com'],
  },
};

/** Groq: OpenAI's format with its own SDK. */
export const groq: KnownErrors = {
  codes: {
    rate_limited: ['capacity_exceeded'],
    quota_exhausted: ['blocked_api_access'],
    not_found: ['model_decommissioned'],
  },
  provider: { name: 'groq', classes: ['GroqError'], headers: ['x-groq-region'], hosts: ['api.groq.com'] },
};

/** OpenRouter, which passes on the errors of the providers behind it. */
export const openrouter: KnownErrors = {
  phrases: [
    {
      kind: 'content_policy',
      insteadOf: ['auth'],
      anyOf: ['requires moderation', 'was flagged', 'flagged by moderation'],
    },
    { kind: 'quota_exhausted', insteadOf: ['auth', 'unknown'], anyOf: ['key limit exceeded', 'requires more credits'] },
  ],
  provider: { name: 'openrouter', hosts: ['openrouter.ai'] },
};
