import type { Family } from './family.js';

/** Cohere's API and SDK, which tells its own timeout by nothing but a message. */
export const cohere: Family = {
  words: { timeout: ['CohereTimeoutError', '"timeout"'] },
  vague: { timeout: ['timeout'] },
  phrases: [
    // Only where the status has excluded a limit by the minute, of which others say the same.
    { kind: 'context_length', insteadOf: ['invalid_request'], anyOf: ['too many tokens:'] },
    { kind: 'quota_exhausted', insteadOf: ['rate_limited'], anyOf: ['calls / month', 'calls per month'] },
  ],
  provider: {
    name: 'cohere',
    classes: ['CohereError', 'CohereTimeoutError'],
    headers: ['x-debug-trace-id'],
    hosts: ['api.cohere.com', 'api.cohere.ai'],
  },
};
