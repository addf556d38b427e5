import { ChatOpenAI } from '@langchain/openai';
import { type Ask, type Client, readAll } from './client.js';

function model({ url, timeoutMs }: Ask): ChatOpenAI {
  const configuration = { baseURL: `${url}/v1` };
  return new ChatOpenAI({ apiKey: 'key', model: 'gpt-4o', maxRetries: 0, timeout: timeoutMs, configuration });
}

function options({ signal }: Ask) {
  return signal === undefined ? {} : { signal };
}

/** LangChain.js with its client of OpenAI. */
export const langchainClient: Client = {
  async chat(ask) {
    return model(ask).invoke('Hello', options(ask));
  },
  async stream(ask) {
    return readAll(await model(ask).stream('Hello', options(ask)), ask);
  },
};
