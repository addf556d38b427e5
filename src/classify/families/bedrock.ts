import type { Family } from './family.js';

/** Amazon Bedrock by the AWS SDK, whose errors are named by the exception. */
export const bedrock: Family = {
  words: {
    timeout: ['ModelTimeoutException', 'RequestTimeout', 'RequestTimeoutException'],
    quota_exhausted: ['ServiceQuotaExceededException', 'ServiceQuotaExceeded'],
    content_policy: ['guardrail_intervened', 'content_filtered'],
    overloaded: ['ServiceUnavailableException', 'ServiceUnavailable', 'ModelNotReadyException', 'SlowDown'],
    rate_limited: ['ThrottlingException', 'Throttling', 'TooManyRequestsException', 'RequestLimitExceeded'],
    auth: [
      'AccessDeniedException',
      'AccessDenied',
      'UnrecognizedClientException',
      'ExpiredTokenException',
      'InvalidSignatureException',
      'IncompleteSignature',
      'CredentialsProviderError',
    ],
    not_found: ['ResourceNotFoundException'],
    invalid_request: ['ValidationException'],
    server_error: ['ModelErrorException', 'ModelStreamErrorException', 'InternalServerException', 'InternalFailure'],
  },
  phrases: [
    {
      kind: 'context_length',
      insteadOf: ['invalid_request', 'unknown'],
      anyOf: ['input is too long for requested model', 'too many input tokens'],
    },
    {
      // Throttling speaks of tokens as well, and means those of the minute.
      kind: 'rate_limited',
      insteadOf: ['unknown'],
      anyOf: ['too many tokens, please wait'],
    },
    {
      // Over HTTP/2, which is how it speaks by default, a lost connection has no code, and is a `TimeoutError` by its name.
      kind: 'network',
      insteadOf: ['timeout', 'unknown'],
      anyOf: ['http2 request did not get a response'],
    },
  ],
  provider: {
    name: 'bedrock',
    classes: ['BedrockRuntimeServiceException'],
    hosts: ['amazonaws.com'],
  },
};
