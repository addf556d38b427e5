// @ts-check
/** Those around the AI SDK. */
import { createOpenAI } from '@ai-sdk/openai';
import { generateText, streamText } from 'ai';
import { createFallback } from 'ai-fallback';
import { createRetryableModel, error, timeout } from 'ai-retry/language-model';
import { createResilience } from 'holdfast';
import { failoverModel } from 'holdfast/ai';
import { ATTEMPT_MS, ATTEMPTS, CALL_MS, FIRST_WAIT_MS, HOLDFAST } from './limits.mjs';

/** @typedef {import('./contenders.mjs').Asking} Asking */
/** @typedef {import('./contenders.mjs').BaseURLs} BaseURLs */
/** @typedef {Omit<Parameters<typeof generateText>[0], 'prompt' | 'messages'>} Settings of both functions */

/** The SDK has no limit for an attempt. */
const LIMITS = { totalMs: CALL_MS, chunkMs: ATTEMPT_MS };
/** Leaves two attempts of the time of a call. */
const SIGNAL_MS = CALL_MS - 2 * ATTEMPT_MS;

/**
 * Its own retries: two, after 2 and 4 s or as the provider says.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function aiSdkAlone({ first }) {
  return asking((abortSignal) => ({ model: modelOf(first, 'alpha'), timeout: LIMITS, abortSignal }));
}

/**
 * The conditions of its readme: retries of what is retryable, the second model after a timeout and after anything else.
 * The first attempt is limited by the signal of the call only, which is replaced when it is over.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function aiRetryOverAiSdk({ first, second }) {
  const beta = modelOf(second, 'beta');
  const model = createRetryableModel({
    model: modelOf(first, 'alpha'),
    retries: [
      timeout().switch({ model: beta, timeout: ATTEMPT_MS }),
      // A timeout of a retry would also end the wait for the next one.
      error.isRetryable(true).retry({ delay: FIRST_WAIT_MS, backoffFactor: 2, maxAttempts: ATTEMPTS }),
      { model: beta, timeout: ATTEMPT_MS },
    ],
  });
  return asking((signal) => ({
    model,
    maxRetries: 0,
    abortSignal: AbortSignal.any([signal, AbortSignal.timeout(SIGNAL_MS)]),
  }));
}

/**
 * As in its readme, with the retries of the SDK.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function aiFallbackOverAiSdk({ first, second }) {
  const model = createFallback({
    models: [modelOf(first, 'alpha'), modelOf(second, 'beta')],
    modelResetInterval: 60_000,
  });
  return asking((abortSignal) => ({ model, timeout: LIMITS, abortSignal }));
}

/**
 * One model that stands for two.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function holdfastOverAiSdk({ first, second }) {
  const resilience = createResilience(HOLDFAST);
  const models = [modelOf(first, 'alpha'), modelOf(second, 'beta')];
  const model = failoverModel(models, { resilience, operation: 'chat' });
  return { ...asking((abortSignal) => ({ model, abortSignal })), close: () => resilience.close() };
}

/**
 * @param {string} baseURL
 * @param {string} model
 */
function modelOf(baseURL, model) {
  return createOpenAI({ apiKey: 'key', baseURL }).chat(model);
}

/**
 * @param {(signal: AbortSignal) => Settings} settingsOf
 * @returns {Asking}
 */
function asking(settingsOf) {
  return {
    answer: async (prompt, signal) => (await generateText({ ...settingsOf(signal), prompt })).text,
    stream: async function* (prompt, signal) {
      // Its `textStream` ends without an error where the call fails: the parts tell.
      const { fullStream } = streamText({ ...settingsOf(signal), prompt, onError: () => undefined });
      for await (const part of fullStream) {
        if (part.type === 'text-delta') yield part.text;
        else if (part.type === 'error') throw part.error;
        else if (part.type === 'abort') throw new Error('the stream was aborted');
      }
    },
  };
}
