import { describe } from 'vitest';
import { anthropic } from '../../src/testing/index.js';
import { anthropicClient } from './sdks/anthropic.js';
import { STAINLESS_SDKS } from './sdks/expected-ends.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of Anthropic', () => {
  itResolvesWithSuccesses(anthropicClient, anthropic);

  itClassifiesEverySituation(anthropicClient, anthropic, STAINLESS_SDKS);

  itClassifiesEveryErrorResponse(
    anthropicClient,
    anthropic.errors,
    {
      context_length: { kind: 'context_length', code: 'invalid_request_error' },
      content_policy: { kind: 'content_policy', code: 'invalid_request_error' },
      invalid_request: { kind: 'invalid_request', code: 'invalid_request_error' },
      auth: { kind: 'auth', code: 'authentication_error' },
      forbidden: { kind: 'auth', code: 'permission_error' },
      not_found: { kind: 'not_found', code: 'not_found_error' },
      request_timeout: { kind: 'timeout', code: 'timeout_error' },
      conflict: { kind: 'server_error', code: 'conflict_error' },
      too_large: { kind: 'invalid_request', code: 'request_too_large' },
      unprocessable: { kind: 'invalid_request', code: 'invalid_request_error' },
      rate_limited: { kind: 'rate_limited', code: 'rate_limit_error', retryAfterMs: 12_000 },
      quota_exhausted: { kind: 'quota_exhausted', code: 'enforced_spend_limit_reached' },
      server_error: { kind: 'server_error', code: 'api_error' },
      bad_gateway: { kind: 'server_error' },
      unavailable: { kind: 'overloaded' },
      gateway_timeout: { kind: 'timeout', code: 'timeout_error' },
      overloaded: { kind: 'overloaded', code: 'overloaded_error' },
      billing: { kind: 'quota_exhausted', code: 'billing_error' },
      spend_limit: { kind: 'quota_exhausted', code: 'contract_spend_limit_reached' },
      ramp_limit: { kind: 'rate_limited', code: 'ramp_limit_exceeded', retryAfterMs: 3000 },
      rate_limited_until_reset: { kind: 'rate_limited', code: 'rate_limit_error', retryAfterMs: 30_000 },
      key_unreachable: { kind: 'server_error', code: 'cmek_key_unreachable' },
      stream_overloaded: { kind: 'overloaded', code: 'overloaded_error' },
      stream_error: { kind: 'server_error', code: 'api_error' },
    },
    { answered: 'req_anthropic', streamed: 'req_anthropic' },
  );
});
