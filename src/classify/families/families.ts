import { aiSdk } from './ai-sdk.js';
import { anthropic } from './anthropic.js';
import { azure } from './azure.js';
import { bedrock } from './bedrock.js';
import { cohere } from './cohere.js';
import type { Family } from './family.js';
import { google } from './google.js';
import { groq } from './groq.js';
import { grpc } from './grpc.js';
import { http } from './http.js';
import { langchain } from './langchain.js';
import { mistral } from './mistral.js';
import { network } from './network.js';
import { openai } from './openai.js';
import { openrouter } from './openrouter.js';

/**
 * Every family. Where two of them know one word they agree, so for words their order means nothing. Their headers are looked
 * for in this order: those first to whom OpenAI's SDK speaks.
 */
export const FAMILIES: readonly Family[] = [
  http,
  network,
  grpc,
  openai,
  azure,
  groq,
  anthropic,
  google,
  bedrock,
  mistral,
  cohere,
  openrouter,
  aiSdk,
  langchain,
];
