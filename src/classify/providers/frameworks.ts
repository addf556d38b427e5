import type { KnownErrors } from './known-errors.js';

/** The AI SDK's own errors. The provider's answer is in their status, data and causes. */
export const aiSdk: KnownErrors = {
  codes: {
    auth: ['AI_LoadAPIKeyError', 'GatewayAuthenticationError'],
    not_found: ['AI_NoSuchModelError', 'AI_NoSuchProviderError', 'GatewayModelNotFoundError'],
    invalid_request: [
      'AI_InvalidPromptError',
      'AI_InvalidArgumentError',
      'AI_InvalidMessageRoleError',
      'AI_UnsupportedFunctionalityError',
      'AI_TooManyEmbeddingValuesForCallError',
      'AI_LoadSettingError',
      'GatewayInvalidRequestError',
    ],
    rate_limited: ['GatewayRateLimitError'],
    server_error: ['GatewayInternalServerError'],
  },
  weakCodes: {
    // An answer that is none, unless its status says more.
    server_error: ['AI_JSONParseError', 'AI_EmptyResponseBodyError'],
  },
};

/** LangChain.js, which renames the errors of the SDKs below it and adds its own codes. */
export const langchain: KnownErrors = {
  codes: {
    quota_exhausted: ['InsufficientQuotaError', 'RateLimitQuotaExhaustedError'],
    context_length: ['ContextOverflowError'],
    rate_limited: ['RateLimitCapacityError', 'MODEL_RATE_LIMIT'],
    auth: ['MODEL_AUTHENTICATION'],
    not_found: ['MODEL_NOT_FOUND'],
  },
};
