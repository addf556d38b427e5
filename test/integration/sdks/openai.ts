import OpenAI from 'openai';
import { type Ask, type Client, readAll } from './client.js';

const MODEL = 'gpt-4o';
const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];

function completions({ url, timeoutMs }: Ask) {
  return new OpenAI({ apiKey: 'key', baseURL: `${url}/v1`, maxRetries: 0, timeout: timeoutMs }).chat.completions;
}

/** The SDK of OpenAI. */
export const openaiClient: Client = {
  async chat(ask) {
    return completions(ask).create({ model: MODEL, messages: MESSAGES }, { signal: ask.signal });
  },
  async stream(ask) {
    const request = { model: MODEL, messages: MESSAGES, stream: true } as const;
    return readAll(await completions(ask).create(request, { signal: ask.signal }), ask);
  },
};
