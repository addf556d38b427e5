import { describe } from 'vitest';
import { azureOpenAI, openai, openRouter } from '../../src/testing/index.js';
import { openaiClient } from './sdks/openai.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of OpenAI', () => {
  itResolvesWithSuccesses(openaiClient, openai);

  itClassifiesEverySituation(openaiClient, openai, {
    'a refused connection': { kind: 'network', code: 'ECONNREFUSED', unexecuted: true },
    'a host name unknown to DNS': { kind: 'network', code: 'ENOTFOUND', unexecuted: true },
    'a reset connection': { kind: 'network', code: 'ECONNRESET' },
    'a connection closed without a response': { kind: 'network', code: 'UND_ERR_SOCKET' },
    "a missing response, by the SDK's timeout": { kind: 'timeout' },
    'a truncated body': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a truncated stream': { kind: 'network', code: 'UND_ERR_SOCKET' },
    'a stream without its last event': 'resolves',
    "a stalled body, by the SDK's timeout": 'hangs',
    "a stalled stream, by the SDK's timeout": 'hangs',
    "a stalled body, by the caller's timeout": { kind: 'timeout', alone: { kind: 'cancelled' } },
    "a stalled stream, by the caller's timeout": 'resolves',
    'an HTML page instead of JSON': 'resolves',
    'an HTML page instead of a stream': 'resolves',
    'broken JSON': { kind: 'unknown' },
    'an abort before the response': { kind: 'cancelled' },
    'an abort before the response, with a custom reason': { kind: 'cancelled' },
    'an abort in the body': { kind: 'cancelled' },
    'an abort in the body, with a custom reason': { kind: 'cancelled' },
    'an abort in the stream': 'resolves',
    'an abort in the stream, with a custom reason': 'resolves',
  });

  itClassifiesEveryErrorResponse(
    openaiClient,
    openai.errors,
    {
      context_length: { kind: 'context_length', code: 'context_length_exceeded' },
      content_policy: { kind: 'content_policy', code: 'content_policy_violation' },
      invalid_request: { kind: 'invalid_request', code: 'invalid_request_error' },
      auth: { kind: 'auth', code: 'invalid_api_key' },
      forbidden: { kind: 'auth', code: 'unsupported_country_region_territory' },
      not_found: { kind: 'not_found', code: 'model_not_found' },
      request_timeout: { kind: 'timeout', code: 'timeout_error' },
      conflict: { kind: 'server_error', code: 'invalid_request_error' },
      too_large: { kind: 'invalid_request', code: 'invalid_request_error' },
      unprocessable: { kind: 'invalid_request', code: 'invalid_request_error' },
      rate_limited: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 6250, unexecuted: true },
      quota_exhausted: { kind: 'quota_exhausted', code: 'insufficient_quota' },
      server_error: { kind: 'server_error', code: 'server_error' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded', code: 'server_is_overloaded' },
      gateway_timeout: { kind: 'timeout' },
      overloaded: { kind: 'overloaded', code: 'overloaded_error' },
      larger_than_a_minute: { kind: 'invalid_request', code: 'rate_limit_exceeded', retry: 'never' },
      slow_down: { kind: 'overloaded', code: 'slow_down' },
      credit_balance_exhausted: { kind: 'quota_exhausted', code: 'credit_balance_exhausted' },
      rate_limited_in_words: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 20_000 },
      rate_limited_until_reset: {
        kind: 'rate_limited',
        code: 'rate_limit_exceeded',
        retryAfterMs: 90_000,
        hintIsUpperBound: true,
      },
      unavailable_for_good: { kind: 'overloaded', code: 'server_error', retry: 'never' },
      stream_error: { kind: 'server_error', code: 'server_error' },
      stream_rate_limited: { kind: 'rate_limited', code: 'rate_limit_exceeded' },
    },
    { answered: 'req_openai', streamed: 'req_openai' },
  );

  describe('called with Azure', () => {
    itClassifiesEveryErrorResponse(
      openaiClient,
      azureOpenAI,
      {
        content_policy: { kind: 'content_policy', code: 'content_filter' },
        not_found: { kind: 'not_found', code: 'DeploymentNotFound' },
        rate_limited: { kind: 'rate_limited', code: '429', retryAfterMs: 2500 },
        rate_limited_until_reset: { kind: 'rate_limited', code: '429', retryAfterMs: 17_000, hintIsUpperBound: true },
        auth: { kind: 'auth', code: '401' },
      },
      { answered: 'req-azure' },
    );
  });

  describe('called with OpenRouter', () => {
    const { error_in_ok: _, ...answers } = openRouter;
    itClassifiesEveryErrorResponse(openaiClient, answers, {
      quota_exhausted: { kind: 'quota_exhausted' },
      payment_in_flight: { kind: 'rate_limited', retryAfterMs: 11_000 },
      content_policy: { kind: 'content_policy' },
      rate_limited: { kind: 'rate_limited', retryAfterMs: 21_000 },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded' },
    });
  });
});
