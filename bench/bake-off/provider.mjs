// @ts-check
import { once } from 'node:events';
import { createServer } from 'node:http';
import { setTimeout as sleep } from 'node:timers/promises';
import { questionIn, wordsOf } from './answers.mjs';

/**
 * What a provider does with a request. The parts of a stream are: the headers and an event without content, the content, the end.
 *
 * @typedef {(
 *   | { kind: 'well' }
 *   | { kind: 'refuses', status: number, code: string, headers?: Record<string, string> }
 *   | { kind: 'resets' }
 *   | { kind: 'is silent' }
 *   | { kind: 'sends a page' }
 *   | { kind: 'cuts the body' }
 *   | { kind: 'stalls' | 'ends' | 'breaks off' | 'reports an error', after: 'the headers' | 'some content' }
 * )} Behaviour
 */

/**
 * A request, as a script sees it.
 * @typedef {object} Seen
 * @property {number} question
 * @property {number} attempt how often this question has come here, from 1
 * @property {number} sinceFirstMs the time since the first request
 */

/** @typedef {(seen: Seen) => Behaviour} Script */

/** @typedef {import('node:http').ServerResponse} ServerResponse */

const THINKS_MS = 20;
const BETWEEN_WORDS_MS = 5;
/** How many words a stream has sent before it fails. */
const WORDS_BEFORE = 5;

/**
 * A provider on loopback with the API of OpenAI's chat completions and one model.
 *
 * @param {string} model
 * @param {Script} script
 */
export async function startProvider(model, script) {
  let requests = 0;
  let firstMs = 0;
  /** @type {Map<number, number>} */
  const attempts = new Map();
  const server = createServer((request, response) => {
    // A client that leaves during its request fails the reading of it.
    serve(request, response).catch(() => response.destroy());
  });
  /** @param {import('node:http').IncomingMessage} request @param {ServerResponse} response */
  async function serve(request, response) {
    let body = '';
    for await (const part of request.setEncoding('utf8')) body += String(part);
    requests += 1;
    if (requests === 1) firstMs = performance.now();
    const question = questionIn(body);
    const attempt = (attempts.get(question) ?? 0) + 1;
    attempts.set(question, attempt);
    const behaviour = script({ question, attempt, sinceFirstMs: performance.now() - firstMs });
    const words = wordsOf(model, question);
    if (/"stream":\s*true/.test(body)) await stream(response, { model, words, behaviour });
    else await answer(response, { model, words, behaviour });
  }
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the provider has no port');
  const { port } = address;
  return {
    baseURL: `http://127.0.0.1:${port}/v1`,
    /** How many requests it has seen. */
    requests: () => requests,
    close() {
      server.close();
      server.closeAllConnections();
    },
  };
}

/** @typedef {{ model: string, words: readonly string[], behaviour: Behaviour }} Reply */

/**
 * @param {ServerResponse} response
 * @param {Reply} reply
 */
async function answer(response, { model, words, behaviour }) {
  if (refuses(response, behaviour)) return;
  await sleep(THINKS_MS);
  const message = { role: 'assistant', content: words.join(' '), refusal: null };
  const json = JSON.stringify({
    ...envelope(model),
    object: 'chat.completion',
    choices: [{ index: 0, message, finish_reason: 'stop', logprobs: null }],
    usage: { prompt_tokens: 5, completion_tokens: words.length, total_tokens: 5 + words.length },
  });
  response.writeHead(200, { 'content-type': 'application/json', 'content-length': json.length });
  if (behaviour.kind === 'cuts the body') {
    response.write(json.slice(0, json.length / 2));
    await sleep(BETWEEN_WORDS_MS);
    response.destroy();
  } else if (behaviour.kind === 'stalls') response.write(json.slice(0, json.length / 2));
  else response.end(json);
}

/**
 * @param {ServerResponse} response
 * @param {Reply} reply
 */
async function stream(response, { model, words, behaviour }) {
  if (refuses(response, behaviour)) return;
  await sleep(THINKS_MS);
  /** @param {object} event */
  const send = (event) => response.write(`data: ${JSON.stringify(event)}\n\n`);
  /** @param {object} delta @param {string | null} finishReason */
  const sendChunk = (delta, finishReason = null) =>
    send({
      ...envelope(model),
      object: 'chat.completion.chunk',
      choices: [{ index: 0, delta, finish_reason: finishReason, logprobs: null }],
    });
  const failsAfter =
    'after' in behaviour ? { 'the headers': 0, 'some content': WORDS_BEFORE }[behaviour.after] : undefined;
  response.writeHead(200, { 'content-type': 'text/event-stream' });
  sendChunk({ role: 'assistant', content: '' });
  for (const [nth, word] of words.entries()) {
    if (nth === failsAfter) break;
    await sleep(BETWEEN_WORDS_MS);
    sendChunk({ content: nth === 0 ? word : ` ${word}` });
  }
  if (behaviour.kind === 'stalls') return;
  if (behaviour.kind === 'breaks off') {
    response.destroy();
    return;
  }
  if (behaviour.kind === 'reports an error') {
    send({ error: { message: 'The server had an error.', type: 'server_error', code: 'server_error', param: null } });
  } else if (behaviour.kind !== 'ends') sendChunk({}, 'stop');
  if (behaviour.kind !== 'ends') response.write('data: [DONE]\n\n');
  response.end();
}

/**
 * Answers a request that gets nothing of an answer. Returns false if it gets one.
 * @param {ServerResponse} response
 * @param {Behaviour} behaviour
 */
function refuses(response, behaviour) {
  switch (behaviour.kind) {
    case 'refuses': {
      const { status, code, headers } = behaviour;
      const error = { message: `The provider says ${code}.`, type: code, code, param: null };
      response.writeHead(status, { 'content-type': 'application/json', ...headers }).end(JSON.stringify({ error }));
      return true;
    }
    case 'resets':
      response.socket?.resetAndDestroy();
      return true;
    case 'is silent':
      return true;
    case 'sends a page':
      response.writeHead(200, { 'content-type': 'text/html' });
      response.end('<!doctype html><html><body><h1>We will be right back</h1></body></html>');
      return true;
    default:
      return false;
  }
}

/** @param {string} model */
function envelope(model) {
  return { id: 'chatcmpl-1', created: 1_764_547_200, model, system_fingerprint: null };
}
