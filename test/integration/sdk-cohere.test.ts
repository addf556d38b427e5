import { describe } from 'vitest';
import { cohere } from '../../src/testing/index.js';
import { cohereClient } from './sdks/cohere.js';
import { itMeetsEverySituation, itReadsEveryAnswer, itUnderstandsGoodAnswers } from './sdks/rows.js';

describe('the SDK of Cohere', () => {
  itUnderstandsGoodAnswers(cohereClient, cohere);

  itMeetsEverySituation(cohereClient, cohere, {
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
    "a body that stalls, by a timeout of the caller's": {
      kind: 'timeout',
      alone: { kind: 'timeout', status: 499, retry: 'backoff' },
    },
    "a stream that stalls, by a timeout of the caller's": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    'a page instead of JSON': 'resolves',
    'a page instead of a stream': 'resolves',
    'JSON that is broken': 'resolves',
    'an abort before the answer': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort before the answer, for a reason of its own': {
      kind: 'cancelled',
      alone: { kind: 'cancelled', status: 499 },
    },
    'an abort in the body': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort in the body, for a reason of its own': { kind: 'cancelled', alone: { kind: 'cancelled', status: 499 } },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, for a reason of its own': { kind: 'cancelled', alone: { kind: 'unknown' } },
  });

  const { stream_error: _, ...answers } = cohere.errors;
  itReadsEveryAnswer(
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
