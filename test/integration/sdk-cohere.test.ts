import { describe } from 'vitest';
import { cohere } from '../../src/testing/index.js';
import { cohereClient } from './sdks/cohere.js';
import { MOST_SDKS } from './sdks/expected-ends.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of Cohere', () => {
  itResolvesWithSuccesses(cohereClient, cohere);

  itClassifiesEverySituation(cohereClient, cohere, {
    ...MOST_SDKS,
    "a stalled body, by the SDK's timeout": 'hangs',
    "a stalled stream, by the SDK's timeout": 'hangs',
    "a stalled body, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', status: 499, retry: 'backoff' },
    },
    "a stalled stream, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    'an HTML page instead of JSON': 'resolves',
    'an HTML page instead of a stream': 'resolves',
    'broken JSON': 'resolves',
    'an abort before the response': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort before the response, with a custom reason': {
      kind: 'cancelled',
      alone: { kind: 'cancelled', status: 499 },
    },
    'an abort in the body': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort in the body, with a custom reason': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
  });

  const { stream_error: _, ...answers } = cohere.errors;
  itClassifiesEveryErrorResponse(
    cohereClient,
    answers,
    {
      context_length: { kind: 'context_length' },
      invalid_request: { kind: 'invalid_request' },
      auth: { kind: 'auth' },
      forbidden: { kind: 'auth' },
      not_found: { kind: 'not_found' },
      request_timeout: { kind: 'timeout' },
      conflict: { kind: 'server_error' },
      too_large: { kind: 'invalid_request' },
      unprocessable: { kind: 'invalid_request' },
      rate_limited: { kind: 'rate_limited', retryAfterMs: 5000 },
      quota_exhausted: { kind: 'quota_exhausted' },
      server_error: { kind: 'server_error' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded' },
      gateway_timeout: { kind: 'timeout' },
      overloaded: { kind: 'overloaded' },
      client_closed: { kind: 'cancelled' },
      trial_rate_limited: { kind: 'rate_limited' },
    },
    { answered: 'req-cohere' },
  );
});
