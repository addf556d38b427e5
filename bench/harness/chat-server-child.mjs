// @ts-check
/**
 * The server of `chat-server.mjs`. Models: `well` answers at once, `slow` after 10 ms; `held` sends the first two chunks of a stream
 * and the others when it is told to; `refusing` answers that it is overloaded; `silent` sends headers and nothing else.
 */
import { createServer } from 'node:http';
import { COMPLETION, sentChunks } from './chat-chunks.mjs';

const SLOW_MS = 10;
const CHUNKS = sentChunks(100);
const FIRST = CHUNKS.slice(0, 2).join('');
const REST = CHUNKS.slice(2).join('');
const ANSWER = JSON.stringify(COMPLETION);
const OVERLOADED = JSON.stringify({
  error: { message: 'overloaded', type: 'server_error', code: 'server_is_overloaded' },
});
const STREAM = { 'content-type': 'text/event-stream' };

/** @type {import('node:http').ServerResponse[]} */
let held = [];

const server = createServer((request, response) => {
  if (request.method === 'GET') {
    for (const each of held) each.end(REST);
    held = [];
    response.end();
    return;
  }
  let body = '';
  request.setEncoding('utf8').on('data', (part) => {
    body += String(part);
  });
  request.on('end', () => answer(/"model":"(\w+)"/.exec(body)?.[1], body.includes('"stream":true'), response));
});

/**
 * @param {string | undefined} model
 * @param {boolean} isStream
 * @param {import('node:http').ServerResponse} response
 */
function answer(model, isStream, response) {
  if (model === 'refusing') response.writeHead(503, { 'content-type': 'application/json' }).end(OVERLOADED);
  else if (model === 'silent') response.writeHead(200, STREAM).flushHeaders();
  else if (model === 'slow') setTimeout(() => complete(isStream, response), SLOW_MS);
  else if (model === 'held') {
    response.writeHead(200, STREAM).write(FIRST);
    held.push(response);
  } else complete(isStream, response);
}

/**
 * @param {boolean} isStream
 * @param {import('node:http').ServerResponse} response
 */
function complete(isStream, response) {
  if (isStream) response.writeHead(200, STREAM).end(FIRST + REST);
  else response.writeHead(200, { 'content-type': 'application/json' }).end(ANSWER);
}

// A client that is busy for longer would send into a connection that is being closed.
server.keepAliveTimeout = 0;
// A thousand connections at once.
server.listen({ port: 0, host: '127.0.0.1', backlog: 2_048 }, () => {
  const address = server.address();
  if (typeof address === 'object' && address !== null) process.send?.(address.port);
});
process.on('disconnect', () => process.exit());
