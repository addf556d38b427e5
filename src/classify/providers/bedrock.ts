import type { KnownErrors } from './known-errors.js';

/** Amazon Bedrock through the AWS SDK, which uses the names of exceptions as codes. */
export const bedrock: KnownErrors = {
  codes: {
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
    server_error: [
      'ModelErrorException',
      'ModelStreamErrorException',
      'InternalServerException',
      'InternalFailure',
      'malformed_model_output',
      'malformed_tool_use',
    ],
  },
  phrases: [
    {
      kind: 'context_length',
      insteadOf: ['invalid_request', 'unknown'],
      anyOf: ['input is too long for requested model', 'too many input tokens'],
    },
    {
      // Throttling mentions tokens too, and means the tokens per minute.
      kind: 'rate_limited',
      insteadOf: ['unknown'],
      anyOf: ['too many tokens, please wait'],
    },
    {
      // Over HTTP/2, the default, a lost connection is a `TimeoutError` without a code.
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
