// @ts-check
import { aiFallbackOverAiSdk, aiRetryOverAiSdk, aiSdkAlone, holdfastOverAiSdk } from './contenders-ai-sdk.mjs';
import {
  cockatielOverOpenAI,
  holdfastOverOpenAI,
  openAIAlone,
  pRetryAndOpossumOverOpenAI,
} from './contenders-openai.mjs';

/**
 * Asks models, as an application would.
 *
 * @typedef {object} Asking
 * @property {(prompt: string, signal: AbortSignal) => Promise<string>} answer
 * @property {(prompt: string, signal: AbortSignal) => AsyncIterable<string>} stream the pieces of the text, as they come
 * @property {() => unknown} [close]
 */

/** @typedef {{ first: string, second: string }} BaseURLs the first provider has the model alpha, the second beta */

/** @typedef {{ name: string, models: 1 | 2, make: (urls: BaseURLs) => Asking }} Contender */

/** A new one is made for each trouble: nothing is carried over. @type {readonly Contender[]} */
export const CONTENDERS = [
  { name: 'openai SDK', models: 1, make: openAIAlone },
  { name: 'AI SDK', models: 1, make: aiSdkAlone },
  { name: 'holdfast, one model', models: 1, make: (urls) => holdfastOverOpenAI(urls, ['alpha']) },
  { name: 'p-retry + opossum', models: 2, make: pRetryAndOpossumOverOpenAI },
  { name: 'cockatiel', models: 2, make: cockatielOverOpenAI },
  { name: 'ai-retry', models: 2, make: aiRetryOverAiSdk },
  { name: 'ai-fallback', models: 2, make: aiFallbackOverAiSdk },
  { name: 'holdfast, AI SDK', models: 2, make: holdfastOverAiSdk },
  { name: 'holdfast, openai SDK', models: 2, make: (urls) => holdfastOverOpenAI(urls, ['alpha', 'beta']) },
];
