import type { Family } from './family.js';

/** Groq, which answers in OpenAI's way with an SDK of its own. */
export const groq: Family = {
  words: {
    rate_limited: ['capacity_exceeded'],
    quota_exhausted: ['blocked_api_access'],
    not_found: ['model_decommissioned'],
  },
  provider: { name: 'groq', classes: ['GroqError'], headers: ['x-groq-region'], hosts: ['api.groq.com'] },
};
