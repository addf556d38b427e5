import type { ServerResponse } from 'node:http';
import { startTimer, stopTimer } from '../runtime/index.js';
import type { Answer, Reaction } from './answers.js';

/** Performs a reaction, and calls `breakOff` before ending the request early. Stops if the client leaves. */
export async function respond(reaction: Reaction, response: ServerResponse, breakOff: () => void): Promise<void> {
  switch (reaction) {
    case 'silence':
      return;
    case 'reset':
      breakOff();
      response.socket?.resetAndDestroy();
      return;
    case 'hang_up':
      breakOff();
      response.socket?.destroy();
      return;
    case 'cut_head':
      breakOff();
      response.socket?.end('HTTP/1.1 200 OK\r\ncontent-type: application/js');
      return;
    default:
      return send(reaction, response, breakOff);
  }
}

async function send(answer: Answer, response: ServerResponse, breakOff: () => void): Promise<void> {
  const { status = 200, headers = {}, body = '', headAfterMs = 0, pieceAfterMs = 0, ending = 'complete' } = answer;
  await pause(headAfterMs, response);
  if (response.destroyed) return;
  response.writeHead(status, headers);
  response.flushHeaders();
  for (const piece of typeof body === 'string' || body instanceof Uint8Array ? [body] : body) {
    await pause(pieceAfterMs, response);
    if (response.destroyed) return;
    await write(response, piece);
  }
  if (ending === 'complete') response.end();
  if (ending !== 'cut') return;
  breakOff();
  // Closed, not reset: a reset can overtake data that was sent before it.
  response.socket?.destroy();
}

/** Resolves after `ms`, or when the client leaves. */
function pause(ms: number, response: ServerResponse): Promise<void> | undefined {
  if (ms === 0) return undefined;
  return new Promise((resolve) => {
    const timer = startTimer(ms, done);
    response.once('close', done);
    function done(): void {
      stopTimer(timer);
      response.off('close', done);
      resolve();
    }
  });
}

/** Resolves when the piece is written, or when the client leaves. */
function write(response: ServerResponse, piece: string | Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    response.once('close', done);
    response.write(piece, done);
    function done(): void {
      response.off('close', done);
      resolve();
    }
  });
}
