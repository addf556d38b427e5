import type { ServerResponse } from 'node:http';
import { startTimer, stopTimer } from '../runtime/index.js';
import type { Answer, Reaction } from './reaction.js';

/** Does to a request what it is told, and says when it breaks the request off. Ends early when the client leaves. */
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
    default:
      return answer(reaction, response, breakOff);
  }
}

async function answer(given: Answer, response: ServerResponse, breakOff: () => void): Promise<void> {
  const { status = 200, headers = {}, body = '', headAfterMs = 0, pieceAfterMs = 0, ending = 'complete' } = given;
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
  // Closed, not reset: a reset may overtake what was sent before it.
  response.socket?.destroy();
}

/** Waits so long, or until the client leaves. */
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

/** Writes, and waits until it is written or the client has left. */
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
