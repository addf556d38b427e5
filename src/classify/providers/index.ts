import { anthropic } from './anthropic.js';
import { bedrock } from './bedrock.js';
import { aiSdk, langchain } from './frameworks.js';
import { google } from './google.js';
import type { KnownErrors } from './known-errors.js';
import { cohere, mistral } from './mistral-cohere.js';
import { azure, groq, openai, openrouter } from './openai.js';
import { grpc, http, network } from './protocols.js';

export type { CodesByKind, KnownErrors, Phrase } from './known-errors.js';
export { findGrpcCode } from './protocols.js';

/**
 * All known errors. A code means one kind wherever it is listed, so for codes the order has no effect.
 * Provider headers are looked up in this order, the providers called with OpenAI's SDK first.
 */
export const KNOWN_ERRORS: readonly KnownErrors[] = [
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
