import { describe } from 'vitest';
import { groq } from '../../src/testing/index.js';
import { STAINLESS_SDKS } from './sdks/expected-ends.js';
import { groqClient } from './sdks/groq.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of Groq', () => {
  itResolvesWithSuccesses(groqClient, groq);

  itClassifiesEverySituation(groqClient, groq, STAINLESS_SDKS);

  itClassifiesEveryErrorResponse(
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
