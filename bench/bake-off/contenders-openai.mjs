// @ts-check
/** Those around the SDK of OpenAI. */
import {
  ConsecutiveBreaker,
  circuitBreaker,
  ExponentialBackoff,
  fallback,
  handleAll,
  handleWhen,
  isBrokenCircuitError,
  retry,
  TimeoutStrategy,
  timeout,
  wrap,
} from 'cockatiel';
import { createResilience } from 'holdfast';
import { protect } from 'holdfast/ai';
import OpenAI, { APIError } from 'openai';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';
import { ATTEMPT_MS, ATTEMPTS, FIRST_WAIT_MS, HOLDFAST, OPEN_MS, OPENS_AFTER } from './limits.mjs';

/** @typedef {import('./contenders.mjs').Asking} Asking */
/** @typedef {import('./contenders.mjs').BaseURLs} BaseURLs */

/**
 * Its own retries: two, after 0.5 and 1 s or as the provider says.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function openAIAlone({ first }) {
  const client = new OpenAI({ apiKey: 'key', baseURL: first, timeout: ATTEMPT_MS });
  return {
    answer: (prompt, signal) => ask(client, 'alpha', prompt, signal),
    stream: async function* (prompt, signal) {
      yield* textOf(await open(client, 'alpha', prompt, signal), signal);
    },
  };
}

/**
 * p-retry around a breaker of opossum. The fallback of opossum would answer each failed attempt before p-retry knew of it, so
 * the second model is asked when p-retry has given up.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function pRetryAndOpossumOverOpenAI({ first, second }) {
  const [alpha, beta] = [clientOf(first), clientOf(second)];
  const breaker = new CircuitBreaker((/** @type {() => Promise<unknown>} */ attempt) => attempt(), {
    timeout: ATTEMPT_MS,
    errorThresholdPercentage: 50,
    volumeThreshold: OPENS_AFTER,
    resetTimeout: OPEN_MS,
    errorFilter: (/** @type {unknown} */ error) => isCallersFault(error),
  });
  /**
   * @template Value
   * @param {(client: OpenAI, model: string) => Promise<Value>} attempt
   * @param {AbortSignal} signal
   * @returns {Promise<Value>}
   */
  const run = async (attempt, signal) => {
    const options = {
      retries: ATTEMPTS - 1,
      minTimeout: FIRST_WAIT_MS,
      randomize: true,
      signal,
      shouldRetry: (/** @type {{ error: Error }} */ { error }) =>
        !isCallersFault(error) && !CircuitBreaker.isOurError(error),
    };
    /** @type {() => Promise<Value>} */
    const once = async () => {
      /** @type {{ value?: Value }} */
      const got = {};
      await breaker.fire(async () => {
        got.value = await attempt(alpha, 'alpha');
      });
      return /** @type {Value} */ (got.value);
    };
    try {
      return await pRetry(once, options);
    } catch {
      return attempt(beta, 'beta');
    }
  };
  return asking(run, () => breaker.shutdown());
}

/**
 * A fallback around retries around a breaker around a timeout.
 * @param {BaseURLs} urls
 * @returns {Asking}
 */
export function cockatielOverOpenAI({ first, second }) {
  const [alpha, beta] = [clientOf(first), clientOf(second)];
  const policy = wrap(
    retry(
      handleWhen((error) => !isCallersFault(error) && !isBrokenCircuitError(error)),
      { maxAttempts: ATTEMPTS - 1, backoff: new ExponentialBackoff({ initialDelay: FIRST_WAIT_MS }) },
    ),
    circuitBreaker(
      handleWhen((error) => !isCallersFault(error)),
      { halfOpenAfter: OPEN_MS, breaker: new ConsecutiveBreaker(OPENS_AFTER) },
    ),
    timeout(ATTEMPT_MS, TimeoutStrategy.Aggressive),
  );
  return asking((attempt, signal) => {
    const otherwise = fallback(handleAll, () => attempt(beta, 'beta', signal));
    return wrap(otherwise, policy).execute((context) => attempt(alpha, 'alpha', context.signal), signal);
  });
}

/**
 * A protected client. Its models are on two servers here, and a target changes the model, so the client's `fetch` finds the
 * server of the model.
 * @param {BaseURLs} urls
 * @param {readonly string[]} models
 * @returns {Asking}
 */
export function holdfastOverOpenAI({ first, second }, models) {
  const resilience = createResilience(HOLDFAST);
  /** @type {typeof fetch} */
  const fetchFrom = (input, init) => {
    const isSecond = typeof init?.body === 'string' && init.body.includes('"model":"beta"');
    return fetch(isSecond ? String(input).replace(first, second) : input, init);
  };
  const client = protect(new OpenAI({ apiKey: 'key', baseURL: first, fetch: fetchFrom }), {
    resilience,
    operation: 'chat',
    ...(models.length > 1 && { targets: models }),
  });
  return {
    answer: (prompt, signal) => ask(client, 'alpha', prompt, signal),
    stream: async function* (prompt, signal) {
      yield* textOf(await open(client, 'alpha', prompt, signal), signal);
    },
    close: () => resilience.close(),
  };
}

/**
 * A client whose attempts are made by others.
 * @param {string} baseURL
 */
function clientOf(baseURL) {
  return new OpenAI({ apiKey: 'key', baseURL, maxRetries: 0, timeout: ATTEMPT_MS });
}

/**
 * Asks by what runs an attempt. Of a stream, it is the opening: what follows comes as it comes.
 * @param {<Value>(attempt: (client: OpenAI, model: string, signal?: AbortSignal) => Promise<Value>, signal: AbortSignal) => Promise<Value>} run
 * @param {() => unknown} [close]
 * @returns {Asking}
 */
function asking(run, close) {
  return {
    answer: (prompt, signal) => run((client, model, own = signal) => ask(client, model, prompt, own), signal),
    stream: async function* (prompt, signal) {
      // The signal of an attempt ends with it, and the stream goes on.
      yield* textOf(await run((client, model) => open(client, model, prompt, signal), signal), signal);
    },
    ...(close && { close }),
  };
}

/**
 * What a repetition cannot mend. All contenders but those that have a rule of their own get this one.
 * @param {unknown} error
 */
function isCallersFault(error) {
  return (
    error instanceof APIError && error.status >= 400 && error.status < 500 && ![408, 409, 429].includes(error.status)
  );
}

/**
 * @param {OpenAI} client
 * @param {string} model
 * @param {string} prompt
 * @param {AbortSignal} signal
 */
async function ask(client, model, prompt, signal) {
  const completion = await client.chat.completions.create({ model, messages: messagesOf(prompt) }, { signal });
  return completion.choices[0]?.message.content ?? '';
}

/**
 * @param {OpenAI} client
 * @param {string} model
 * @param {string} prompt
 * @param {AbortSignal} signal
 */
async function open(client, model, prompt, signal) {
  return client.chat.completions.create({ model, messages: messagesOf(prompt), stream: true }, { signal });
}

/**
 * @param {AsyncIterable<OpenAI.ChatCompletionChunk>} stream
 * @param {AbortSignal} signal
 */
async function* textOf(stream, signal) {
  for await (const chunk of stream) yield chunk.choices[0]?.delta.content ?? '';
  // The stream of the SDK ends without an error when it is aborted. Its caller knows.
  signal.throwIfAborted();
}

/** @param {string} prompt @returns {OpenAI.ChatCompletionMessageParam[]} */
function messagesOf(prompt) {
  return [{ role: 'user', content: prompt }];
}
