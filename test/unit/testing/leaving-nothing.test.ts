import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { errorOf } from '../../support/calls.js';
import { codeOf, running, until } from './running.js';

/** Whatever keeps a process alive that has to do with sockets. */
const sockets = (): string[] => process.getActiveResourcesInfo().filter((name) => name.startsWith('TCP'));

// Sockets and what waits for them go on.
beforeEach(() => {
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] });
});
afterEach(() => {
  vi.useRealTimers();
});

describe('closing a fault server', () => {
  it('leaves no server and no connection, however the requests stand', async () => {
    const before = sockets();
    const server = await running(['silence', { body: 'x', ending: 'stall' }, { body: 'whole' }]);
    const silent = errorOf(fetch(server.url));
    await server.seen(1);
    const stalled = errorOf((await fetch(server.url)).text());
    await (await fetch(server.url)).text();
    await server.close();
    await Promise.all([silent, stalled]);
    await until(() => sockets().length === before.length);
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
  });

  it('can be done twice', async () => {
    const server = await running({});
    await Promise.all([server.close(), server.close()]);
    await server.close();
    await server.accept();
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
  });

  it('leaves no timer of an answer that is being held back', async () => {
    const before = vi.getTimerCount();
    const server = await running({ headAfterMs: 1000 });
    const error = errorOf(fetch(server.url));
    await until(() => vi.getTimerCount() > before);
    await server.close();
    await error;
    expect(vi.getTimerCount()).toBe(before);
  });
});
