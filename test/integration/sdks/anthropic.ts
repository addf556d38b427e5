import Anthropic from '@anthropic-ai/sdk';
import { type Ask, type Client, readAll } from './client.js';

const REQUEST = { model: 'claude-sonnet', max_tokens: 16, messages: [{ role: 'user' as const, content: 'Hello' }] };

function messages({ url, timeoutMs }: Ask) {
  return new Anthropic({ apiKey: 'key', baseURL: url, maxRetries: 0, timeout: timeoutMs }).messages;
}

/** The SDK of Anthropic. */
export const anthropicClient: Client = {
  async chat(ask) {
    return messages(ask).create(REQUEST, { signal: ask.signal });
  },
  async stream(ask) {
    return readAll(await messages(ask).create({ ...REQUEST, stream: true }, { signal: ask.signal }), ask);
  },
};
