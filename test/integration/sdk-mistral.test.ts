import { describe } from 'vitest';
import { mistral } from '../../src/testing/index.js';
import { MOST_SDKS } from './sdks/expected-ends.js';
import { mistralClient } from './sdks/mistral.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of Mistral', () => {
  itResolvesWithSuccesses(mistralClient, mistral);

  itClassifiesEverySituation(mistralClient, mistral, {
    ...MOST_SDKS,
    "a stalled body, by the SDK's timeout": { kind: 'timeout' },
    "a stalled stream, by the SDK's timeout": { kind: 'timeout' },
    "a stalled body, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    "a stalled stream, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    'an HTML page instead of JSON': { kind: 'unknown', status: 200 },
    'an HTML page instead of a stream': { kind: 'unknown', status: 200 },
    'broken JSON': { kind: 'unknown' },
    'an abort before the response, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
    'an abort in the body, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
  });

  itClassifiesEveryErrorResponse(
    mistralClient,
    mistral.errors,
    {
      context_length: { kind: 'context_length', code: '3051' },
      invalid_request: { kind: 'invalid_request', code: '3000' },
      auth: { kind: 'auth' },
      forbidden: { kind: 'auth', code: '2000' },
      not_found: { kind: 'not_found', code: 'invalid_model' },
      request_timeout: { kind: 'timeout', code: '3600' },
      conflict: { kind: 'server_error', code: '3700' },
      too_large: { kind: 'invalid_request' },
      unprocessable: { kind: 'invalid_request' },
      rate_limited: { kind: 'rate_limited', code: '1300', retryAfterMs: 9000 },
      quota_exhausted: { kind: 'quota_exhausted', code: '1400' },
      server_error: { kind: 'server_error', code: '1000' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded', code: '1001' },
      gateway_timeout: { kind: 'timeout' },
      overloaded: { kind: 'overloaded' },
      capacity_exceeded: { kind: 'overloaded', code: 'service_tier_capacity_exceeded' },
      stream_error: { kind: 'unknown' },
    },
    { answered: 'req-mistral' },
  );
});
