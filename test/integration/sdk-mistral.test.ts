import { describe } from 'vitest';
import { mistral } from '../../src/testing/index.js';
import { mistralClient } from './sdks/mistral.js';
import { itMeetsEverySituation, itReadsEveryAnswer, itUnderstandsGoodAnswers } from './sdks/rows.js';

describe('the SDK of Mistral', () => {
  itUnderstandsGoodAnswers(mistralClient, mistral);

  itMeetsEverySituation(mistralClient, mistral, {
    'a refused connection': { kind: 'network', code: 'ECONNREFUSED', unexecuted: true },
    'a name that no DNS knows': { kind: 'network', code: 'ENOTFOUND', unexecuted: true },
    'a connection that is reset': { kind: 'network', code: 'ECONNRESET' },
    'a connection that is closed instead of an answer': { kind: 'network', code: 'UND_ERR_SOCKET' },
    "an answer that never comes, by the SDK's timeout": { kind: 'timeout' },
    'a body that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that ends before its last event': 'resolves',
    "a body that stalls, by the SDK's timeout": { kind: 'timeout' },
    "a stream that stalls, by the SDK's timeout": { kind: 'timeout' },
    "a body that stalls, by a timeout of the caller's": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    "a stream that stalls, by a timeout of the caller's": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    'a page instead of JSON': { kind: 'unknown', status: 200 },
    'a page instead of a stream': { kind: 'unknown', status: 200 },
    'JSON that is broken': { kind: 'unknown' },
    'an abort before the answer': { kind: 'cancelled' },
    'an abort before the answer, for a reason of its own': { kind: 'cancelled', alone: { kind: 'unknown' } },
    'an abort in the body': { kind: 'cancelled' },
    'an abort in the body, for a reason of its own': { kind: 'cancelled', alone: { kind: 'unknown' } },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, for a reason of its own': { kind: 'cancelled', alone: { kind: 'unknown' } },
  });

  itReadsEveryAnswer(
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
