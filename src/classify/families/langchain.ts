import type { Family } from './family.js';

/** LangChain.js, which renames the errors of the SDKs below it and stamps a code of its own on them. */
export const langchain: Family = {
  words: {
    quota_exhausted: ['InsufficientQuotaError', 'RateLimitQuotaExhaustedError'],
    context_length: ['ContextOverflowError'],
    rate_limited: ['RateLimitCapacityError', 'MODEL_RATE_LIMIT'],
    auth: ['MODEL_AUTHENTICATION'],
    not_found: ['MODEL_NOT_FOUND'],
  },
};
