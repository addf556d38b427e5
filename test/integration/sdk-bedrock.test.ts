import { describe } from 'vitest';
import { bedrock } from '../../src/testing/index.js';
import { bedrockClient } from './sdks/bedrock.js';
import { itMeetsEverySituation, itReadsEveryAnswer, itUnderstandsGoodAnswers } from './sdks/rows.js';

describe('the SDK of Amazon Bedrock', () => {
  itUnderstandsGoodAnswers(bedrockClient, bedrock);

  itMeetsEverySituation(bedrockClient, bedrock, {
    'a refused connection': { kind: 'network', code: 'ECONNREFUSED', unexecuted: true },
    'a name that no DNS knows': { kind: 'network', code: 'ENOTFOUND', unexecuted: true },
    'a connection that is reset': { kind: 'network', code: 'ECONNRESET' },
    'a connection that is closed instead of an answer': { kind: 'network', code: 'ECONNRESET' },
    "an answer that never comes, by the SDK's timeout": { kind: 'timeout', code: 'ETIMEDOUT' },
    'a body that is cut': { kind: 'network', status: 200, code: 'ECONNRESET', requestId: 'req-bedrock' },
    'a stream that is cut': { kind: 'network', code: 'ECONNRESET' },
    'a stream that ends before its last event': 'resolves',
    "a body that stalls, by the SDK's timeout": 'hangs',
    "a stream that stalls, by the SDK's timeout": 'hangs',
    "a body that stalls, by a timeout of the caller's": { kind: 'timeout', alone: { kind: 'cancelled' } },
    "a stream that stalls, by a timeout of the caller's": {
      kind: 'timeout',
      alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' },
    },
    'a page instead of JSON': { kind: 'unknown', status: 200 },
    'a page instead of a stream': { kind: 'unknown', status: 200 },
    'JSON that is broken': { kind: 'unknown', status: 200, requestId: 'req-bedrock' },
    'an abort before the answer': { kind: 'cancelled' },
    'an abort before the answer, for a reason of its own': { kind: 'cancelled' },
    'an abort in the body': { kind: 'cancelled' },
    'an abort in the body, for a reason of its own': { kind: 'cancelled' },
    'an abort in the stream': { kind: 'cancelled', alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' } },
    'an abort in the stream, for a reason of its own': {
      kind: 'cancelled',
      alone: { kind: 'network', code: 'ECONNRESET', retry: 'backoff' },
    },
  });

  itReadsEveryAnswer(
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
