import type { Family } from './family.js';

/** OpenRouter, which passes on what stands behind it. */
export const openrouter: Family = {
  phrases: [
    {
      kind: 'content_policy',
      insteadOf: ['auth'],
      anyOf: ['requires moderation', 'was flagged', 'flagged by moderation'],
    },
    { kind: 'quota_exhausted', insteadOf: ['auth', 'unknown'], anyOf: ['key limit exceeded', 'requires more credits'] },
  ],
  provider: { name: 'openrouter', hosts: ['openrouter.ai'] },
};
