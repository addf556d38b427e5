// @ts-check
/**
 * `node bench/outages.mjs`: what a caller gets, and how many requests it takes, while a provider limits, refuses, hangs or
 * is down: with holdfast, and with what people use today. Prints a table in Markdown. Run `npm run build` first.
 * `ai-retry` is not a dependency of ours: it is fetched once, into .cache.
 */
import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath, pathToFileURL } from 'node:url';
import * as cockatiel from 'cockatiel';
import { createResilience } from 'holdfast';
import OpenAI from 'openai';
import CircuitBreaker from 'opossum';
import pRetry from 'p-retry';

/** For every contender that has this setting. */
const ATTEMPTS = 3;
const ATTEMPT_TIMEOUT_MS = 1_000;
const MIN_DELAY_MS = 200;
const MAX_DELAY_MS = 1_000;
const OPENS_AFTER = 5;
const OPEN_MS = 60_000;
/** How long a caller is watched; a call that has not ended by then counts as waiting. */
const PATIENCE_MS = 8_000;
/** For the call as a whole, if attempts cannot be limited. */
const CALL_LIMIT_MS = 5_000;

/**
 * One call of a provider at `baseURL`. Each scenario makes a new contender, so that no state is carried over.
 * @typedef {(baseURL: string) => (signal?: AbortSignal) => Promise<unknown>} Contender
 */

/** @typedef {{ requests: number, sinceFirstMs: number }} Seen */
/** @typedef {(response: import('node:http').ServerResponse, seen: Seen) => void} Answer */

/** @typedef {{ baseURL: string, requests: () => number, call: (signal?: AbortSignal) => Promise<unknown> }} Scene */

/** @type {Record<string, { answer: Answer, watch: (scene: Scene) => Promise<string> }>} */
const SCENARIOS = {
  'a limit of 90 s (`retry-after: 90`)': {
    answer: (response) => fail(response, 429, 'rate_limit_exceeded', { 'retry-after': '90' }),
    watch: one,
  },
  'a quota that is used up (`insufficient_quota`)': {
    answer: (response) => fail(response, 429, 'insufficient_quota'),
    watch: one,
  },
  'an answer that stalls in its body, once': {
    answer: (response, { requests }) => {
      if (requests > 1) return answerWell(response);
      response.writeHead(200, { 'content-type': 'application/json' });
      response.write('{"id":"1","object":"chat.completion",');
    },
    watch: one,
  },
  '10 callers, 50 ms apart, a limit of 1 s': {
    answer: (response, { sinceFirstMs }) =>
      sinceFirstMs < 1_000 ? fail(response, 429, 'rate_limit_exceeded', { 'retry-after': '1' }) : answerWell(response),
    watch: async ({ call, requests }) => {
      const callers = Array.from({ length: 10 }, (_, index) => sleep(50 * index).then(() => outcomeOf(call())));
      const ended = await Promise.all(callers);
      return `${ended.filter(({ ok }) => ok).length} answered, ${requests()} requests`;
    },
  },
  'a provider that is down, 20 calls in a row': {
    answer: (response) => fail(response, 500, 'server_error'),
    watch: async ({ call, requests }) => {
      const beganMs = performance.now();
      for (let calls = 0; calls < 20; calls += 1) await outcomeOf(call(), Number.POSITIVE_INFINITY);
      return `${requests()} requests, ${seconds(performance.now() - beganMs)}`;
    },
  },
  'the caller leaves during a wait': {
    answer: (response) => fail(response, 503, 'server_error', { 'retry-after': '1' }),
    watch: async ({ call, requests }) => {
      const caller = new AbortController();
      const leaving = sleep(100).then(() => caller.abort());
      const { tookMs } = await outcomeOf(call(caller.signal));
      await leaving;
      return `ends after ${seconds(tookMs)}, ${requestsOf(requests())}`;
    },
  },
};

/** @type {Record<string, Contender>} */
const CONTENDERS = {
  holdfast: (baseURL) => {
    const client = openai(baseURL, 0);
    const resilience = createResilience({
      preset: 'none',
      config: {
        defaults: {
          attemptTimeoutMs: ATTEMPT_TIMEOUT_MS,
          retry: { maxAttempts: ATTEMPTS, minDelayMs: MIN_DELAY_MS, maxDelayMs: MAX_DELAY_MS },
          breaker: { trip: { consecutiveFailures: OPENS_AFTER }, openMs: OPEN_MS },
        },
      },
    });
    return (signal) => resilience.execute('chat', (call) => ask(client, call.signal), { signal });
  },
  'openai SDK': (baseURL) => {
    const client = openai(baseURL, ATTEMPTS - 1);
    return (signal) => ask(client, signal);
  },
  'AI SDK + ai-retry': await aiRetry(),
  cockatiel: (baseURL) => {
    const client = openai(baseURL, 0);
    const retries = cockatiel.retry(cockatiel.handleAll, {
      maxAttempts: ATTEMPTS - 1,
      backoff: new cockatiel.ExponentialBackoff({ initialDelay: MIN_DELAY_MS, maxDelay: MAX_DELAY_MS }),
    });
    const breaker = cockatiel.circuitBreaker(cockatiel.handleAll, {
      halfOpenAfter: OPEN_MS,
      breaker: new cockatiel.ConsecutiveBreaker(OPENS_AFTER),
    });
    const limit = cockatiel.timeout(ATTEMPT_TIMEOUT_MS, cockatiel.TimeoutStrategy.Aggressive);
    const policy = cockatiel.wrap(retries, breaker, limit);
    return (caller) => policy.execute(({ signal }) => ask(client, signal), caller);
  },
  'p-retry + opossum': (baseURL) => {
    const client = openai(baseURL, 0);
    const breaker = new CircuitBreaker((/** @type {AbortSignal | undefined} */ signal) => ask(client, signal), {
      timeout: ATTEMPT_TIMEOUT_MS,
      volumeThreshold: OPENS_AFTER,
      resetTimeout: OPEN_MS,
    });
    const waits = { retries: ATTEMPTS - 1, minTimeout: MIN_DELAY_MS, maxTimeout: MAX_DELAY_MS, randomize: true };
    return (signal) => pRetry(() => breaker.fire(signal), { ...waits, signal });
  },
};

for (const make of Object.values(CONTENDERS)) await played(make, answerWell, one); // The first call of each is slow.
console.log(`| | ${Object.keys(CONTENDERS).join(' | ')} |`);
console.log(`| --- |${' --- |'.repeat(Object.keys(CONTENDERS).length)}`);
for (const [name, { answer, watch }] of Object.entries(SCENARIOS)) {
  const cells = [];
  for (const make of Object.values(CONTENDERS)) cells.push(await played(make, answer, watch));
  console.log(`| ${name} | ${cells.join(' | ')} |`);
}
process.exit(0); // Calls that are still waiting would keep it alive.

/**
 * @param {Contender} make
 * @param {Answer} answer
 * @param {(scene: Scene) => Promise<string>} watch
 */
async function played(make, answer, watch) {
  let requests = 0;
  let firstMs = 0;
  const server = createServer((request, response) => {
    request.resume();
    request.once('end', () => {
      requests += 1;
      if (requests === 1) firstMs = performance.now();
      answer(response, { requests, sinceFirstMs: performance.now() - firstMs });
    });
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  assert.ok(typeof address === 'object' && address !== null);
  const baseURL = `http://127.0.0.1:${address.port}/v1`;
  const said = await watch({ baseURL, requests: () => requests, call: make(baseURL) });
  server.close();
  server.closeAllConnections();
  return said;
}

/** @param {Scene} scene */
async function one({ call, requests }) {
  const { ok, waits, tookMs } = await outcomeOf(call());
  if (waits) return `still waiting after ${PATIENCE_MS / 1_000} s`;
  return `${ok ? 'answered' : 'fails'} after ${seconds(tookMs)}, ${requestsOf(requests())}`;
}

/**
 * @param {Promise<unknown>} call
 * @param {number} [patienceMs]
 */
async function outcomeOf(call, patienceMs = PATIENCE_MS) {
  const beganMs = performance.now();
  const ended = call.then(
    () => ({ ok: true, waits: false }),
    () => ({ ok: false, waits: false }),
  );
  const waiting = Number.isFinite(patienceMs) ? [sleep(patienceMs, { ok: false, waits: true })] : [];
  return { ...(await Promise.race([ended, ...waiting])), tookMs: performance.now() - beganMs };
}

/**
 * @param {string} baseURL
 * @param {number} maxRetries
 */
function openai(baseURL, maxRetries) {
  return new OpenAI({ apiKey: 'key', baseURL, maxRetries, timeout: ATTEMPT_TIMEOUT_MS });
}

/**
 * @param {OpenAI} client
 * @param {AbortSignal} [signal]
 */
function ask(client, signal) {
  const messages = [{ role: /** @type {const} */ ('user'), content: 'Why?' }];
  return client.chat.completions.create({ model: 'model', messages }, { signal });
}

/** @param {import('node:http').ServerResponse} response */
function answerWell(response) {
  const message = { role: 'assistant', content: 'Because.' };
  const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 };
  const choices = [{ index: 0, finish_reason: 'stop', message }];
  const completion = { id: '1', object: 'chat.completion', created: 1, model: 'model', choices, usage };
  response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(completion));
}

/**
 * @param {import('node:http').ServerResponse} response
 * @param {number} status
 * @param {string} code
 * @param {Record<string, string>} [headers]
 */
function fail(response, status, code, headers = {}) {
  response.writeHead(status, { 'content-type': 'application/json', ...headers });
  response.end(JSON.stringify({ error: { message: code, type: code, code, param: null } }));
}

/** @param {number} ms */
function seconds(ms) {
  return ms < 100 ? `${Math.round(ms)} ms` : `${(ms / 1_000).toFixed(1)} s`;
}

/** @param {number} count */
function requestsOf(count) {
  return count === 1 ? '1 request' : `${count} requests`;
}

/**
 * The AI SDK, its own retries off, and ai-retry with the retries that its readme shows: for errors that the SDK calls
 * retryable, and for timeouts. The first attempt is limited by the signal of the whole call only.
 * @returns {Promise<Contender>}
 */
async function aiRetry() {
  const folder = fileURLToPath(new URL('../.cache/outages/', import.meta.url));
  const wanted = ['ai-retry@1.11.1', 'ai@6.0.326', '@ai-sdk/openai@3.0.141'];
  const complete = `${folder}complete.json`;
  if (!existsSync(complete)) {
    mkdirSync(folder, { recursive: true });
    writeFileSync(`${folder}package.json`, JSON.stringify({ name: 'user', private: true }));
    execFileSync('npm', ['install', '--no-package-lock', '--ignore-scripts', '--loglevel=error', ...wanted], {
      cwd: folder,
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    writeFileSync(complete, JSON.stringify(wanted));
  }
  const from = createRequire(`${folder}package.json`);
  const load = (/** @type {string} */ name) => import(pathToFileURL(from.resolve(name)).href);
  const [{ generateText }, { createOpenAI }, { createRetryableModel, error, timeout }] = await Promise.all(
    ['ai', '@ai-sdk/openai', 'ai-retry/language-model'].map(load),
  );
  return (baseURL) => {
    const model = createRetryableModel({
      model: createOpenAI({ apiKey: 'key', baseURL }).chat('model'),
      retries: [
        error.isRetryable(true).retry({ delay: MIN_DELAY_MS, backoffFactor: 2, maxAttempts: ATTEMPTS }),
        timeout().retry({ timeout: ATTEMPT_TIMEOUT_MS, maxAttempts: ATTEMPTS }),
      ],
    });
    return (caller) => {
      const limit = AbortSignal.timeout(CALL_LIMIT_MS);
      const abortSignal = caller === undefined ? limit : AbortSignal.any([caller, limit]);
      return generateText({ model, prompt: 'Why?', maxRetries: 0, abortSignal });
    };
  };
}
