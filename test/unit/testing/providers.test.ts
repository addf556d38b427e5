import { describe, expect, it } from 'vitest';
import {
  type Answer,
  anthropic,
  azureOpenAI,
  bedrock,
  type Condition,
  cohere,
  google,
  groq,
  mistral,
  openai,
  openRouter,
  type Provider,
} from '../../../src/testing/index.js';
import { checkScript } from '../../../src/testing/script.js';

const PROVIDERS: Readonly<Record<string, Provider>> = { openai, anthropic, google, bedrock, mistral, cohere, groq };

/** The status of each condition; where providers differ, those that occur. */
const STATUS: Readonly<Record<Condition, readonly number[]>> = {
  context_length: [400],
  invalid_request: [400],
  auth: [401],
  forbidden: [403],
  not_found: [404],
  request_timeout: [408],
  conflict: [409],
  too_large: [413],
  unprocessable: [422],
  rate_limited: [429],
  quota_exhausted: [400, 402, 429],
  server_error: [500],
  bad_gateway: [502],
  unavailable: [503],
  gateway_timeout: [504],
  overloaded: [529],
};
const CONDITIONS = Object.entries(STATUS);

function answersOf({ answer, stream, errors }: Provider): readonly Answer[] {
  return [answer, stream, ...Object.values(errors)];
}

describe.each(Object.entries(PROVIDERS))('the provider %s', (_, provider) => {
  it('has only answers that a fault server accepts', () => {
    expect(() => checkScript(answersOf(provider))).not.toThrow();
  });

  it('has a successful answer in JSON, and one as a stream in pieces', () => {
    expect(provider.answer).toMatchObject({ status: 200, headers: { 'content-type': 'application/json' } });
    expect(provider.stream.status).toBe(200);
    expect(Array.isArray(provider.stream.body)).toBe(true);
  });

  it.each(CONDITIONS)('has an error %s of status %j', (condition, statuses) => {
    const [found] = Object.entries(provider.errors).filter(([name]) => name === condition);
    expect(statuses).toContain(found?.[1].status);
  });
});

describe.each(Object.entries({ azureOpenAI, openRouter }))('the OpenAI variant %s', (_, answers) => {
  it('has only answers that a fault server accepts', () => {
    expect(() => checkScript(Object.values<Answer>(answers))).not.toThrow();
  });
});
