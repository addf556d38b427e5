import { describe } from 'vitest';
import { bedrock } from '../../src/testing/index.js';
import { bedrockClient } from './sdks/bedrock.js';
import { MOST_SDKS } from './sdks/expected-ends.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

/** An abort within a body looks like a connection that was cut off. */
const CUT_OFF = {
  kind: 'network',
  status: 200,
  code: 'ECONNRESET',
  requestId: 'req-bedrock',
  retry: 'backoff',
} as const;

describe('the SDK of Amazon Bedrock', () => {
  itResolvesWithSuccesses(bedrockClient, bedrock);

  itClassifiesEverySituation(bedrockClient, bedrock, {
    ...MOST_SDKS,
    'a connection closed without a response': { kind: 'network', code: 'ECONNRESET' },
    "a missing response, by the SDK's timeout": { kind: 'timeout', code: 'ETIMEDOUT' },
    'a truncated body': { kind: 'network', status: 200, code: 'ECONNRESET', requestId: 'req-bedrock' },
    'a truncated stream': { kind: 'network', code: 'ECONNRESET' },
    "a stalled body, by the SDK's timeout": 'hangs',
    "a stalled stream, by the SDK's timeout": 'hangs',
    "a stalled body, by the caller's timeout": { kind: 'timeout', alone: CUT_OFF },
    'an abort in the body': { kind: 'cancelled', alone: CUT_OFF },
    "a stalled stream, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' },
    },
    'an HTML page instead of JSON': { kind: 'unknown', status: 200 },
    'an HTML page instead of a stream': { kind: 'unknown', status: 200 },
    'broken JSON': { kind: 'unknown', status: 200, requestId: 'req-bedrock' },
    'an abort before the response, with a custom reason': { kind: 'cancelled' },
    'an abort in the body, with a custom reason': { kind: 'cancelled', alone: CUT_OFF },
    'an abort in the stream': { kind: 'cancelled', alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' } },
    'an abort in the stream, with a custom reason': {
      kind: 'cancelled',
      alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' },
    },
  });

  itClassifiesEveryErrorResponse(
    bedrockClient,
    bedrock.errors,
    {
      context_length: { kind: 'context_length', code: 'ValidationException' },
      content_policy: { kind: 'content_policy', code: 'ValidationException' },
      invalid_request: { kind: 'invalid_request', code: 'ValidationException' },
      auth: { kind: 'auth', code: 'UnrecognizedClientException' },
      forbidden: { kind: 'auth', code: 'AccessDeniedException' },
      not_found: { kind: 'not_found', code: 'ResourceNotFoundException' },
      request_timeout: { kind: 'timeout', code: 'ModelTimeoutException' },
      conflict: { kind: 'server_error', code: 'ConflictException' },
      too_large: { kind: 'invalid_request', code: 'RequestEntityTooLargeException' },
      unprocessable: { kind: 'invalid_request', code: 'ValidationException' },
      rate_limited: { kind: 'rate_limited', code: 'ThrottlingException', retryAfterMs: 4000 },
      quota_exhausted: { kind: 'quota_exhausted', code: 'ServiceQuotaExceededException' },
      server_error: { kind: 'server_error', code: 'InternalServerException' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded', code: 'ServiceUnavailableException' },
      gateway_timeout: { kind: 'timeout' },
      overloaded: { kind: 'overloaded' },
      model_error: { kind: 'server_error', code: 'ModelErrorException' },
      model_not_ready: { kind: 'overloaded', code: 'ModelNotReadyException' },
      rate_limited_by_header: { kind: 'rate_limited', code: 'ThrottlingException', retryAfterMs: 1500 },
      stream_throttled: { kind: 'rate_limited', code: 'ThrottlingException' },
      stream_model_error: { kind: 'server_error', code: 'ModelStreamErrorException' },
      stream_unavailable: { kind: 'overloaded', code: 'ServiceUnavailableException' },
    },
    { answered: 'req-bedrock' },
  );
});
