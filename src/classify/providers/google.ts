import type { KnownErrors } from './known-errors.js';

/** Gemini and Vertex AI: the reasons beside a status. The names of statuses are those of gRPC. */
export const google: KnownErrors = {
  codes: {
    content_policy: [
      'SAFETY',
      'RECITATION',
      'BLOCKLIST',
      'PROHIBITED_CONTENT',
      'SPII',
      'IMAGE_SAFETY',
      'JAILBREAK',
      'MODEL_ARMOR',
    ],
    quota_exhausted: ['BILLING_DISABLED'],
    auth: [
      'API_KEY_INVALID',
      'API_KEY_SERVICE_BLOCKED',
      'SERVICE_DISABLED',
      'CONSUMER_INVALID',
      'ACCESS_TOKEN_EXPIRED',
    ],
    rate_limited: ['RATE_LIMIT_EXCEEDED'],
    server_error: ['MALFORMED_FUNCTION_CALL', 'MALFORMED_RESPONSE', 'TOO_MANY_TOOL_CALLS', 'UNEXPECTED_TOOL_CALL'],
  },
  phrases: [
    {
      kind: 'context_length',
      insteadOf: ['invalid_request', 'unknown'],
      anyOf: ['exceeds the maximum number of tokens allowed'],
    },
    {
      // Only long-term limits. "Exceeded your current quota" also occurs for limits per minute, and "requests per day" with
      // providers that admit the next request after minutes.
      kind: 'quota_exhausted',
      insteadOf: ['rate_limited'],
      anyOf: ['daily limit', 'daily quota'],
    },
    { kind: 'content_policy', insteadOf: ['invalid_request'], anyOf: ['violate our policies'] },
    { kind: 'auth', insteadOf: ['invalid_request'], anyOf: ['api key not valid', 'api key expired'] },
  ],
  provider: {
    name: 'google',
    classes: ['GoogleGenAiError', 'GeminiNextGenAPIClientError', 'GoogleGenerativeAIFetchError'],
    headers: ['x-gemini-service-tier'],
    hosts: ['googleapis.com'],
  },
};
