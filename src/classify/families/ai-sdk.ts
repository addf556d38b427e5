import type { Family } from './family.js';

/** The AI SDK's own errors. What a provider said stands in their status, their data and their causes. */
export const aiSdk: Family = {
  words: {
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
};
