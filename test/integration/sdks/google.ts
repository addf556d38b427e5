import { GoogleGenAI } from '@google/genai';
import { type Ask, type Client, readAll } from './client.js';

function models({ url, timeoutMs }: Ask) {
  return new GoogleGenAI({ apiKey: 'key', httpOptions: { baseUrl: url, timeout: timeoutMs } }).models;
}

function request({ signal }: Ask) {
  const config = signal === undefined ? {} : { abortSignal: signal };
  return { model: 'gemini-flash', contents: 'Hello', config };
}

/** The SDK of Google, which does not retry by default. */
export const googleClient: Client = {
  async chat(ask) {
    return models(ask).generateContent(request(ask));
  },
  async stream(ask) {
    return readAll(await models(ask).generateContentStream(request(ask)), ask);
  },
};
