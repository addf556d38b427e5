import { describe } from 'vitest';
import { azureOpenAI, openai, openRouter } from '../../src/testing/index.js';
import { OPENAI_ERRORS, STAINLESS_SDKS } from './sdks/expected-ends.js';
import { openaiClient } from './sdks/openai.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the SDK of OpenAI', () => {
  itResolvesWithSuccesses(openaiClient, openai);

  itClassifiesEverySituation(openaiClient, openai, STAINLESS_SDKS);

  itClassifiesEveryErrorResponse(openaiClient, openai.errors, OPENAI_ERRORS, {
    answered: 'req_openai',
    streamed: 'req_openai',
  });

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
