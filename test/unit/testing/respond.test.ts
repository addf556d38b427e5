import { get, type IncomingMessage } from 'node:http';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { FaultServer } from '../../../src/testing/index.js';
import { running, turn, until } from './running.js';

// Sockets and what waits for them go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

/** A request, and what has come back of it so far. The client of Node is used, since it starts no timer. */
function ask({ url }: FaultServer) {
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

/** Until the server waits. */
const held = () => until(() => vi.getTimerCount() === 1);

describe('an answer', () => {
  it('holds back its head for as long as it is told to', async () => {
    const { seen } = ask(await running({ headAfterMs: 1000, body: 'late' }));
    await held();
    vi.advanceTimersByTime(999);
    await turn();
    expect(seen.head).toBe(false);
    vi.advanceTimersByTime(1);
    await until(() => seen.ended);
    expect(seen.text).toBe('late');
  });

  it('holds back each piece of its body', async () => {
    const { seen } = ask(await running({ pieceAfterMs: 1000, body: ['one ', 'two'] }));
    await held();
    await until(() => seen.head);
    expect(seen.text).toBe('');
    vi.advanceTimersByTime(1000);
    await until(() => seen.text === 'one ');
    await held();
    expect(seen.ended).toBe(false);
    vi.advanceTimersByTime(1000);
    await until(() => seen.ended);
    expect(seen.text).toBe('one two');
  });

  it.each([{ headAfterMs: 1000 }, { pieceAfterMs: 1000, body: ['one', 'two'] }])(
    'waits no longer when the client leaves: %j',
    async (answer) => {
      const server = await running(answer);
      const { leave } = ask(server);
      await held();
      leave();
      await until(() => server.requests[0]?.outcome === 'abandoned');
      expect(vi.getTimerCount()).toBe(0);
    },
  );
});
