import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import type { Ask, Client } from './client.js';

function request({ url, signal, timeoutMs }: Ask) {
  const model = createOpenAI({ apiKey: 'key', baseURL: `${url}/v1` }).chat('gpt-4o');
  const own = { model, prompt: 'Hello', maxRetries: 0, timeout: timeoutMs };
  return signal === undefined ? own : { ...own, abortSignal: signal };
}

/** The AI SDK with its OpenAI provider. Its streams report errors in a part, which is thrown here. */
export const aiSdkClient: Client = {
  async chat(ask) {
    return generateText(request(ask));
  },
  async stream(ask) {
    const parts: unknown[] = [];
    for await (const part of streamText({ ...request(ask), onError: () => undefined }).fullStream) {
      if (part.type === 'error') throw part.error;
      parts.push(part);
      // The first parts are the SDK's own and come before its request.
      if (part.type === 'text-delta') ask.onPart?.();
    }
    return parts;
  },
};
