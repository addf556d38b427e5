import { expect, it, vi } from 'vitest';
import { recogniseDialect } from '../../src/streams/dialects/index.js';
import { anthropic, bedrock, cohere, google, groq, mistral, openai } from '../../src/testing/index.js';
import { readEvents } from '../support/streams.js';
import { startServer } from '../unit/testing/start-server.js';
import { aiSdkClient } from './sdks/ai-sdk.js';
import { anthropicClient } from './sdks/anthropic.js';
import { bedrockClient } from './sdks/bedrock.js';
import { cohereClient } from './sdks/cohere.js';
import { googleClient } from './sdks/google.js';
import { groqClient } from './sdks/groq.js';
import { mistralClient } from './sdks/mistral.js';
import { openaiClient } from './sdks/openai.js';

it.each([
  ['openai', openaiClient, openai, 'openai_chat'],
  ['groq-sdk', groqClient, groq, 'openai_chat'],
  ['@anthropic-ai/sdk', anthropicClient, anthropic, 'anthropic'],
  ['@google/genai', googleClient, google, 'google'],
  ['@aws-sdk/client-bedrock-runtime', bedrockClient, bedrock, 'bedrock'],
  ['@mistralai/mistralai', mistralClient, mistral, 'mistral'],
  ['cohere-ai', cohereClient, cohere, 'cohere'],
  ['ai', aiSdkClient, openai, 'ai_sdk'],
] as const)('the events that %s gives are recognised and read to their end', async (_, client, provider, name) => {
  // The SDK of Google warns if a field that only some of its answers have is read.
  const warn = vi.spyOn(console, 'warn');
  const { url } = await startServer([provider.stream]);
  const events = await client.stream({ url, timeoutMs: 5_000 });
  const dialect = events.map(recogniseDialect).find((found) => found !== undefined);
  expect(dialect?.name).toBe(name);
  if (dialect === undefined) return;
  const stream = readEvents(dialect, events);
  expect(stream).toMatchObject({ text: 'Hello', ended: true, errors: [], toolCalls: [] });
  expect(stream.kinds).toContain('content');
  expect(warn).not.toHaveBeenCalled();
});

it('a failed finish that the SDK of Cohere gives like any other is a failure', async () => {
  const { url } = await startServer([cohere.errors.stream_error]);
  const events = await cohereClient.stream({ url, timeoutMs: 5_000 });
  const dialect = recogniseDialect(events[0]);
  expect(dialect && readEvents(dialect, events)).toMatchObject({
    text: 'Hel',
    ended: false,
    errors: [{ code: 'server_error', message: 'model failed' }],
  });
});
