import { describe } from 'vitest';
import { google } from '../../src/testing/index.js';
import { MOST_SDKS } from './sdks/expected-ends.js';
import { googleClient } from './sdks/google.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of Google', () => {
  itResolvesWithSuccesses(googleClient, google);

  itClassifiesEverySituation(googleClient, google, {
    ...MOST_SDKS,
    // Its own timeout throws the error of an abort, so the two cannot be told apart.
    "a missing response, by the SDK's timeout": { kind: 'cancelled' },
    "a stalled body, by the SDK's timeout": { kind: 'cancelled' },
    "a stalled stream, by the SDK's timeout": { kind: 'cancelled' },
    "a stalled body, by the caller's timeout": { kind: 'timeout', alone: { kind: 'cancelled' } },
    "a stalled stream, by the caller's timeout": { kind: 'timeout', alone: { kind: 'cancelled' } },
    'an HTML page instead of JSON': { kind: 'unknown' },
    'an HTML page instead of a stream': { kind: 'unknown' },
    'broken JSON': { kind: 'unknown' },
    'an abort before the response, with a custom reason': { kind: 'cancelled' },
    'an abort in the body, with a custom reason': { kind: 'cancelled' },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, with a custom reason': { kind: 'cancelled' },
  });

  itClassifiesEveryErrorResponse(googleClient, google.errors, {
    context_length: { kind: 'context_length', code: 'INVALID_ARGUMENT' },
    content_policy: { kind: 'content_policy', code: 'INVALID_ARGUMENT' },
    invalid_request: { kind: 'invalid_request', code: 'INVALID_ARGUMENT' },
    auth: { kind: 'auth', code: 'UNAUTHENTICATED' },
    forbidden: { kind: 'auth', code: 'PERMISSION_DENIED' },
    not_found: { kind: 'not_found', code: 'NOT_FOUND' },
    request_timeout: { kind: 'timeout', code: 'DEADLINE_EXCEEDED' },
    conflict: { kind: 'server_error', code: 'ABORTED' },
    too_large: { kind: 'invalid_request', code: 'INVALID_ARGUMENT' },
    unprocessable: { kind: 'invalid_request', code: 'INVALID_ARGUMENT' },
    rate_limited: { kind: 'rate_limited', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 34_070 },
    quota_exhausted: { kind: 'quota_exhausted', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 34_070 },
    server_error: { kind: 'server_error', code: 'INTERNAL' },
    bad_gateway: { kind: 'server_error', code: 'Bad Gateway' },
    unavailable: { kind: 'overloaded', code: 'UNAVAILABLE' },
    gateway_timeout: { kind: 'timeout', code: 'DEADLINE_EXCEEDED' },
    overloaded: { kind: 'overloaded', code: 'UNAVAILABLE' },
    rate_limited_in_words: { kind: 'rate_limited', code: 'RESOURCE_EXHAUSTED', retryAfterMs: 1200 },
    rate_limited_bare: { kind: 'rate_limited', code: 'RESOURCE_EXHAUSTED' },
    stream_unavailable: { kind: 'overloaded', status: 503, code: 'UNAVAILABLE' },
    stream_rate_limited: { kind: 'rate_limited', status: 429, code: 'RESOURCE_EXHAUSTED', retryAfterMs: 34_070 },
  });
});
