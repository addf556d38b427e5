import type { Family } from './family.js';

/** Azure OpenAI: OpenAI's shapes with codes of its own, and the reason of a refusal one level deeper. */
export const azure: Family = {
  words: {
    content_policy: ['ResponsibleAIPolicyViolation'],
    not_found: ['DeploymentNotFound'],
    rate_limited: ['RateLimitReached', 'TooManyRequests'],
    auth: ['PermissionDenied'],
  },
  provider: {
    name: 'azure',
    headers: ['apim-request-id'],
    hosts: ['openai.azure.com', 'cognitiveservices.azure.com', 'services.ai.azure.com'],
  },
};
