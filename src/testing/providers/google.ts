import { type Answer, eventStream, html, json, type ServerSentEvent } from '../answers.js';
import type { Provider } from './provider.js';

/** Errors that only Google has. */
export type GoogleSpecial =
  /** 400: refused by a content policy. */
  | 'content_policy'
  /** 429 with a retry hint only in its message. */
  | 'rate_limited_in_words'
  /** 429 without any hint. */
  | 'rate_limited_bare'
  /** An error within a stream. */
  | 'stream_unavailable'
  /** The same, for the rate limit. */
  | 'stream_rate_limited';

const part = (text: string, finishReason?: string): object => ({
  candidates: [{ content: { role: 'model', parts: [{ text }] }, finishReason, index: 0 }],
  usageMetadata: { promptTokenCount: 2, candidatesTokenCount: 1, totalTokenCount: 3 },
  modelVersion: 'gemini-flash',
});
const BEGINNING: readonly ServerSentEvent[] = [{ data: part('Hel') }];

const RETRY_IN_34_S = { '@type': 'type.googleapis.com/google.rpc.RetryInfo', retryDelay: '34.07s' };

/** Google's Gemini API. Its errors have no specific headers. */
export const google: Provider<GoogleSpecial> = {
  answer: json(200, part('Hello', 'STOP')),
  stream: eventStream([...BEGINNING, { data: part('lo', 'STOP') }]),
  errors: {
    context_length: failure(
      400,
      'INVALID_ARGUMENT',
      'The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).',
    ),
    content_policy: failure(
      400,
      'INVALID_ARGUMENT',
      'Image generation failed: The response is blocked, as it may violate our policies.',
    ),
    invalid_request: failure(400, 'INVALID_ARGUMENT', 'Invalid JSON payload received. Unknown name "colour".'),
    auth: failure(401, 'UNAUTHENTICATED', 'Request had invalid authentication credentials.'),
    forbidden: failure(403, 'PERMISSION_DENIED', 'The caller does not have permission.'),
    not_found: failure(404, 'NOT_FOUND', 'models/gemini-0 is not found.'),
    request_timeout: failure(408, 'DEADLINE_EXCEEDED', 'The request took too long to arrive.'),
    conflict: failure(409, 'ABORTED', 'The operation was aborted by a concurrent one.'),
    too_large: failure(413, 'INVALID_ARGUMENT', 'Request payload size exceeds the limit: 20971520 bytes.'),
    unprocessable: failure(422, 'INVALID_ARGUMENT', 'Unprocessable entity.'),
    rate_limited: failure(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      quota('GenerateRequestsPerMinutePerProjectPerModel-FreeTier'),
      RETRY_IN_34_S,
    ]),
    quota_exhausted: failure(429, 'RESOURCE_EXHAUSTED', 'You exceeded your current quota.', [
      quota('GenerateRequestsPerDayPerProjectPerModel-FreeTier'),
      RETRY_IN_34_S,
    ]),
    server_error: failure(500, 'INTERNAL', 'An internal error has occurred.'),
    bad_gateway: html(502, '502 Bad Gateway'),
    unavailable: failure(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.'),
    gateway_timeout: failure(504, 'DEADLINE_EXCEEDED', 'Deadline expired before the operation could complete.'),
    overloaded: failure(529, 'UNAVAILABLE', 'Overloaded.'),
    rate_limited_in_words: failure(429, 'RESOURCE_EXHAUSTED', 'Quota exceeded. Please retry in 1.2s.'),
    rate_limited_bare: failure(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.'),
    stream_unavailable: eventStream([
      ...BEGINNING,
      { data: errorBody(503, 'UNAVAILABLE', 'The model is overloaded. Please try again later.') },
    ]),
    stream_rate_limited: eventStream([
      ...BEGINNING,
      { data: errorBody(429, 'RESOURCE_EXHAUSTED', 'Resource has been exhausted.', [RETRY_IN_34_S]) },
    ]),
  },
};

function quota(quotaId: string): object {
  const quotaMetric = 'generativelanguage.googleapis.com/generate_content_requests';
  return { '@type': 'type.googleapis.com/google.rpc.QuotaFailure', violations: [{ quotaMetric, quotaId }] };
}

function failure(code: number, status: string, message: string, details?: readonly object[]): Answer {
  return json(code, errorBody(code, status, message, details));
}

function errorBody(code: number, status: string, message: string, details?: readonly object[]): object {
  return { error: { code, message, status, details } };
}
