import Groq from 'groq-sdk';
import { type Ask, type Client, readAll } from './client.js';

const MODEL = 'llama-3.3-70b-versatile';
const MESSAGES = [{ role: 'user' as const, content: 'Hello' }];

function completions({ url, timeoutMs }: Ask) {
  return new Groq({ apiKey: 'key', baseURL: url, maxRetries: 0, timeout: timeoutMs }).chat.completions;
}

/** The SDK of Groq. */
export const groqClient: Client = {
  async chat(ask) {
    return completions(ask).create({ model: MODEL, messages: MESSAGES }, { signal: ask.signal });
  },
  async stream(ask) {
    const request = { model: MODEL, messages: MESSAGES, stream: true } as const;
    return readAll(await completions(ask).create(request, { signal: ask.signal }), ask);
  },
};
