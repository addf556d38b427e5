import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultServer } from '../../../src/testing/index.js';
import { startServer, turn, until } from './start-server.js';

// Sockets, and what waits for them, keep their real timers.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** Sends a request, and collects its response. Uses the client of Node, since it starts no timer. */
function sendRequest({ url }: FaultServer) {
  const seen = { head: false, text: '', ended: false };
  const request = get(url, { agent: false }, (answer: IncomingMessage) => {
    seen.head = true;
    answer.setEncoding('utf8');
    answer.on('data', (text: string) => {
      seen.text += text;
    });
    answer.on('end', () => {
      seen.ended = true;
    });
    answer.on('error', () => undefined);
  });
  request.on('error', () => undefined);
  return { seen, leave: () => request.destroy() };
}

/** Resolves when the server waits for a delay. */
const delayed = () => until(() => vi.getTimerCount() === 1);

describe('an answer of a fault server', () => {
  it('delays its head by headAfterMs', async () => {
    const { seen } = sendRequest(await startServer({ headAfterMs: 1000, body: 'late' }));
    await delayed();
    vi.advanceTimersByTime(999);
    await turn();
    expect(seen.head).toBe(false);
    vi.advanceTimersByTime(1);
    await until(() => seen.ended);
    expect(seen.text).toBe('late');
  });

  it('delays each piece of its body by pieceAfterMs', async () => {
    const { seen } = sendRequest(await startServer({ pieceAfterMs: 1000, body: ['one ', 'two'] }));
    await delayed();
    await until(() => seen.head);
    expect(seen.text).toBe('');
    vi.advanceTimersByTime(1000);
    await until(() => seen.text === 'one ');
    await delayed();
    expect(seen.ended).toBe(false);
    vi.advanceTimersByTime(1000);
    await until(() => seen.ended);
    expect(seen.text).toBe('one two');
  });

  it.each([{ headAfterMs: 1000 }, { pieceAfterMs: 1000, body: ['one', 'two'] }])(
    'leaves no timer when the client leaves during a delay: %j',
    async (answer) => {
      const server = await startServer(answer);
      const { leave } = sendRequest(server);
      await delayed();
      leave();
      await until(() => server.requests[0]?.outcome === 'abandoned');
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
