import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf } from '../../support/calls.js';
import { codeOf, startServer, until } from './start-server.js';

/** The sockets and servers that keep the process alive. */
const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));

// Sockets, and what waits for them, keep their real timers.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('close() of a fault server', () => {
  it('leaves no server and no connection, whatever the state of the requests', async () => {
    const before = sockets();
    const server = await startServer(['silence', { body: 'x', ending: 'stall' }, { body: 'whole' }]);
    const silent = errorOf(fetch(server.url));
    await server.seen(1);
    const stalled = errorOf((await fetch(server.url)).text());
    await (await fetch(server.url)).text();
    await server.close();
    await Promise.all([silent, stalled]);
    await until(() => sockets().length === before.length);
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
  });

  it('may be called twice', async () => {
    const server = await startServer({});
    await Promise.all([server.close(), server.close()]);
    await server.close();
    await server.accept();
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
  });

  it('leaves no timer of an answer that is delayed', async () => {
    const before = vi.getTimerCount();
    const server = await startServer({ headAfterMs: 1000 });
    const error = errorOf(fetch(server.url));
    await until(() => vi.getTimerCount() > before);
    await server.close();
    await error;
    expect(vi.getTimerCount()).toBe(before);
  });
});
