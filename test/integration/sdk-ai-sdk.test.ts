import { describe } from 'vitest';
import { openai } from '../../src/testing/index.js';
import { aiSdkClient } from './sdks/ai-sdk.js';
import { MOST_SDKS, OPENAI_ERRORS } from './sdks/expected-ends.js';
import { itClassifiesEveryErrorResponse, itClassifiesEverySituation, itResolvesWithSuccesses } from './sdks/rows.js';

describe('the AI SDK', () => {
  itResolvesWithSuccesses(aiSdkClient, openai);

  itClassifiesEverySituation(aiSdkClient, openai, {
    ...MOST_SDKS,
    'a truncated body': { kind: 'network', status: 200, code: 'UND_ERR_SOCKET', requestId: 'req_openai' },
    'a truncated stream': { kind: 'network', status: 200, code: 'UND_ERR_SOCKET', requestId: 'req_openai' },
    "a stalled body, by the SDK's timeout": { kind: 'timeout' },
    "a stalled stream, by the SDK's timeout": 'resolves',
    "a stalled body, by the caller's timeout": {
      kind: 'timeout',
      alone: { kind: 'timeout', retry: 'backoff' },
    },
    "a stalled stream, by the caller's timeout": 'resolves',
    'an HTML page instead of JSON': { kind: 'server_error', status: 200 },
    'an HTML page instead of a stream': 'resolves',
    'broken JSON': { kind: 'server_error', status: 200, requestId: 'req_openai' },
    'an abort before the response, with a custom reason': { kind: 'cancelled', alone: { kind: 'unknown' } },
    'an abort in the body, with a custom reason': {
      kind: 'cancelled',
      alone: { kind: 'unknown', status: 200, requestId: 'req_openai' },
    },
    'an abort in the stream': 'resolves',
    'an abort in the stream, with a custom reason': {
      kind: 'cancelled',
      alone: { kind: 'unknown', status: 200, requestId: 'req_openai' },
    },
  });

  itClassifiesEveryErrorResponse(aiSdkClient, openai.errors, OPENAI_ERRORS, { answered: 'req_openai' });
});
