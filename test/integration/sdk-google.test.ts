import { describe } from 'vitest';
import { google } from '../../src/testing/index.js';
import { googleClient } from './sdks/google.js';
import { itMeetsEverySituation, itReadsEveryAnswer, itUnderstandsGoodAnswers } from './sdks/rows.js';

describe('the SDK of Google', () => {
  itUnderstandsGoodAnswers(googleClient, google);

  itMeetsEverySituation(googleClient, google, {
    'a refused connection': { kind: 'network', code: 'ECONNREFUSED', unexecuted: true },
    'a name that no DNS knows': { kind: 'network', code: 'ENOTFOUND', unexecuted: true },
    'a connection that is reset': { kind: 'network', code: 'ECONNRESET' },
    'a connection that is closed instead of an answer': { kind: 'network', code: 'UND_ERR_SOCKET' },
    // Its own timeout ends in the error of an abort, and nothing tells the two apart.
    "an answer that never comes, by the SDK's timeout": { kind: 'cancelled' },
    'a body that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that is cut': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream that ends before its last event': 'resolves',
    "a body that stalls, by the SDK's timeout": { kind: 'cancelled' },
    "a stream that stalls, by the SDK's timeout": { kind: 'cancelled' },
    "a body that stalls, by a timeout of the caller's": { kind: 'timeout', alone: { kind: 'cancelled' } },
    "a stream that stalls, by a timeout of the caller's": { kind: 'timeout', alone: { kind: 'cancelled' } },
    'a page instead of JSON': { kind: 'unknown' },
    'a page instead of a stream': { kind: 'unknown' },
    'JSON that is broken': { kind: 'unknown' },
    'an abort before the answer': { kind: 'cancelled' },
    'an abort before the answer, for a reason of its own': { kind: 'cancelled' },
    'an abort in the body': { kind: 'cancelled' },
    'an abort in the body, for a reason of its own': { kind: 'cancelled' },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, for a reason of its own': { kind: 'cancelled' },
  });

  itReadsEveryAnswer(googleClient, google.errors, {
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
