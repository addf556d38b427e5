import { once } from 'node:events';
import { createServer, type ServerHttp2Stream } from 'node:http2';
import { onTestFinished } from 'vitest';
import type { Answer } from '../../src/testing/index.js';

/** A server on this machine that speaks HTTP/2 without TLS. */
export interface H2c {
  /** Without a slash at the end. */
  readonly url: string;
  /** How many requests have come in. */
  readonly requests: () => number;
}

/** What the server does with a request, once its head has come in. */
export type StreamReaction = (stream: ServerHttp2Stream) => void;

/** Does to each request what comes next, and to all further ones the last, until the test is over. */
export async function h2c(...reactions: readonly [StreamReaction, ...StreamReaction[]]): Promise<H2c> {
  const server = createServer();
  let requests = 0;
  server.on('stream', (stream) => {
    // The client may have broken it off.
    stream.on('error', () => undefined);
    stream.resume();
    reactions[Math.min(requests, reactions.length - 1)]?.(stream);
    requests += 1;
  });
  server.on('session', (session) => {
    session.on('error', () => undefined);
    onTestFinished(() => session.destroy());
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => void server.close());
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('has no port');
  return { url: `http://127.0.0.1:${address.port}`, requests: () => requests };
}

/** Closes the stream instead of answering, with a code of HTTP/2. */
export function closing(code: number): StreamReaction {
  return (stream) => stream.close(code);
}

/** Answers in full. */
export function answering(answer: Answer): StreamReaction {
  return (stream) => {
    begin(stream, answer);
    for (const piece of piecesOf(answer)) stream.write(piece);
    stream.end();
  };
}

/** Sends an answer as if that were the beginning of a longer one, and ends it by `breakOff` once all of it is on its way. */
export function breakingOff(answer: Answer, breakOff: StreamReaction): StreamReaction {
  return (stream) => {
    begin(stream, answer);
    const pieces = piecesOf(answer);
    for (const piece of pieces.slice(0, -1)) stream.write(piece);
    stream.write(pieces.at(-1) ?? '', () => breakOff(stream));
  };
}

function begin(stream: ServerHttp2Stream, { status = 200, headers = {} }: Answer): void {
  stream.respond({ ':status': status, ...headers });
}

function piecesOf({ body = '' }: Answer): readonly (string | Uint8Array)[] {
  return typeof body === 'string' || body instanceof Uint8Array ? [body] : body;
}
