import Anthropic from '@anthropic-ai/sdk';
import { ChatOpenAI } from '@langchain/openai';
import { CohereClientV2 } from 'cohere-ai';
import Groq from 'groq-sdk';
import OpenAI from 'openai';

const apiKey = 'key';

// #region sdks
const clients = [
  new OpenAI({ apiKey, maxRetries: 0 }),
  new Anthropic({ apiKey, maxRetries: 0 }),
  new Groq({ apiKey, maxRetries: 0 }),
  new CohereClientV2({ token: apiKey, maxRetries: 0 }),
  new ChatOpenAI({ apiKey, model: 'gpt-4o', maxRetries: 0 }),
];
// #endregion

console.log(clients.length);
