import { describe } from 'vitest';
import { groq } from '../../src/testing/index.js';
import { groqClient } from './sdks/groq.js';
import { itMeetsEverySituation, itReadsEveryAnswer, itUnderstandsGoodAnswers } from './sdks/rows.js';

describe('the SDK of Groq', () => {
  itUnderstandsGoodAnswers(groqClient, groq);

  itMeetsEverySituation(groqClient, groq, {
    'a refused connection': { kind: 'network', code: 'ECONNREFUSED', unexecuted: true },
    'a name that no DNS knows': { kind: 'network', code: 'ENOTFOUND', unexecuted: true },
    'a connection that is reset': { kind: 'network', code: 'ECONNRESET' },
    'a connection that is closed instead of an answer': { kind: 'network', code: 'UND_ERR_SOCKET' },
    "an answer that never comes, by the SDK's timeout": { kind: 'timeout' },
    'a body that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that ends before its last event': 'resolves',
    "a body that stalls, by the SDK's timeout": 'hangs',
    "a stream that stalls, by the SDK's timeout": 'hangs',
    "a body that stalls, by a timeout of the caller's": { kind: 'timeout', alone: { kind: 'cancelled' } },
    "a stream that stalls, by a timeout of the caller's": 'resolves',
    'a page instead of JSON': 'resolves',
    'a page instead of a stream': 'resolves',
    'JSON that is broken': { kind: 'unknown' },
    'an abort before the answer': { kind: 'cancelled' },
    'an abort before the answer, for a reason of its own': { kind: 'cancelled' },
    'an abort in the body': { kind: 'cancelled' },
    'an abort in the body, for a reason of its own': { kind: 'cancelled' },
    'an abort in the stream': 'resolves',
    'an abort in the stream, for a reason of its own': 'resolves',
  });

  itReadsEveryAnswer(
    groqClient,
    groq.errors,
    {
      context_length: { kind: 'context_length', code: 'context_length_exceeded' },
      invalid_request: { kind: 'invalid_request', code: 'invalid_request_error' },
      auth: { kind: 'auth', code: 'invalid_api_key' },
      forbidden: { kind: 'auth', code: 'model_permission_blocked_org' },
      not_found: { kind: 'not_found', code: 'model_not_found' },
      request_timeout: { kind: 'timeout', code: 'invalid_request_error' },
      conflict: { kind: 'server_error', code: 'invalid_request_error' },
      too_large: { kind: 'invalid_request', code: 'request_too_large' },
      unprocessable: { kind: 'invalid_request', code: 'invalid_request_error' },
      rate_limited: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 8000 },
      quota_exhausted: { kind: 'quota_exhausted', code: 'insufficient_quota' },
      server_error: { kind: 'server_error', code: 'internal_server_error' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded', code: 'service_unavailable' },
      gateway_timeout: { kind: 'timeout' },
      overloaded: { kind: 'overloaded' },
      flex_capacity: { kind: 'rate_limited', code: 'capacity_exceeded' },
      larger_than_a_minute: { kind: 'invalid_request', code: 'rate_limit_exceeded', retry: 'never' },
      rate_limited_in_words: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 67_500 },
      day_used_up: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 3_723_500 },
      stream_error: { kind: 'server_error', code: 'server_error' },
    },
    { answered: 'req_groq', streamed: 'req_groq' },
  );
});
