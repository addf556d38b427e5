import { describe } from 'vitest';
import { openai } from '../../src/testing/index.js';
import { OPENAI_ERRORS, STAINLESS_SDKS } from './sdks/expected-ends.js';
import { langchainClient } from './sdks/langchain.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('LangChain.js', () => {
  itResolvesWithSuccesses(langchainClient, openai);

  itClassifiesEverySituation(langchainClient, openai, {
    ...STAINLESS_SDKS,
    "a stalled stream, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    'an HTML page instead of JSON': { kind: 'unknown' },
    'an abort in the stream': { kind: 'cancelled' },
    'an abort in the stream, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
  });

  itClassifiesEveryErrorResponse(
    langchainClient,
    openai.errors,
    {
      ...OPENAI_ERRORS,
      rate_limited: { kind: 'rate_limited', code: 'rate_limit_exceeded', retryAfterMs: 7000, unexecuted: true },
    },
    { answered: 'req_openai', streamed: 'req_openai' },
  );
});
