import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/index.js';
import { half, json, startFaultServer } from '../../../src/testing/index.js';
import { errorOf } from '../../support/calls.js';
import { codeOf, startServer, until } from './start-server.js';

const OK = json(200, { ok: true });

describe('a fault server', () => {
  it('listens on loopback at a port of its own', async () => {
    const [one, other] = [await startServer(OK), await startServer(OK)];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.url).not.toBe(other.url);
  });

  it('answers with the status, headers and body of its script', async () => {
    const { url } = await startServer({ status: 418, headers: { 'X-Pot': 'tea' }, body: 'short and stout' });
    const answer = await fetch(url);
    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-pot')).toBe('tea');
    expect(await answer.text()).toBe('short and stout');
  });

  it('answers with an empty 200 to an empty answer', async () => {
    const { url } = await startServer({});
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('sends a list of texts and bytes in order', async () => {
    const { url } = await startServer({ body: ['a', Buffer.from('b'), new Uint8Array([99])] });
    expect(await (await fetch(url)).text()).toBe('abc');
  });

  it('plays a list of reactions in order, and repeats the last one', async () => {
    const { url } = await startServer([json(500, {}), json(429, {}), OK]);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) statuses.push((await fetch(url)).status);
    expect(statuses).toEqual([500, 429, 200, 200]);
  });

  it('calls a function for the reaction to each request', async () => {
    const { url } = await startServer(({ number, path, body }) => json(200, { number, path, body }));
    await fetch(url);
    const answer = await fetch(`${url}/v1/chat?a=b`, { method: 'POST', body: 'hé' });
    expect(await answer.json()).toEqual({ number: 2, path: '/v1/chat?a=b', body: 'hé' });
  });

  it('uses another script from the next request on', async () => {
    const server = await startServer(OK);
    await fetch(server.url);
    server.play(json(503, {}));
    expect((await fetch(server.url)).status).toBe(503);
  });

  it('resets the connection for the reaction reset', async () => {
    const server = await startServer('reset');
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNRESET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('closes the connection for the reaction hang_up', async () => {
    const server = await startServer('hang_up');
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('leaves a request unanswered for the reaction silence', async () => {
    const server = await startServer('silence');
    const error = errorOf(fetch(server.url));
    await server.seen(1);
    expect(server.requests).toMatchObject([{ outcome: 'open' }]);
    await server.close();
    expect(codeOf(await error)).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('closes the connection after a part of the body for the ending cut', async () => {
    const server = await startServer(half(OK, 'cut'));
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(codeOf(await errorOf(answer.text()))).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('sends nothing more after a part of the body for the ending stall', async () => {
    const server = await startServer(half(OK, 'stall'));
    const leave = new AbortController();
    const answer = await fetch(server.url, { signal: leave.signal });
    const error = errorOf(answer.text());
    leave.abort();
    expect(await error).toHaveProperty('name', 'AbortError');
    await until(() => server.requests[0]?.outcome === 'abandoned');
  });

  it('refuses connections, and accepts them again at the same port', async () => {
    const server = await startServer(OK);
    await server.refuse();
    await server.refuse();
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
    await server.accept();
    await server.accept();
    expect((await fetch(server.url)).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  it('ends open requests when it starts to refuse connections', async () => {
    const server = await startServer(['silence', OK]);
    const error = errorOf(fetch(server.url));
    await server.seen(1);
    await server.refuse();
    expect(codeOf(await error)).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('throws a ConfigurationError for an invalid script', async () => {
    expect(await errorOf(startFaultServer([]))).toBeInstanceOf(ConfigurationError);
    const server = await startServer(OK);
    expect(() => server.play({ status: 42 })).toThrow(ConfigurationError);
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe('the requests of a fault server', () => {
  it('are recorded in the order of arrival, with method, path, headers and body', async () => {
    const server = await startServer(OK);
    await fetch(`${server.url}/one?x=1`, { headers: { 'X-Key': 'k' } });
    await fetch(`${server.url}/two`, { method: 'PUT', body: 'text' });
    expect(server.requests).toMatchObject([
      { number: 1, method: 'GET', path: '/one?x=1', body: '', outcome: 'answered', headers: { 'x-key': 'k' } },
      { number: 2, method: 'PUT', path: '/two', body: 'text', outcome: 'answered' },
    ]);
  });

  it('can be waited for before and after they arrive', async () => {
    const server = await startServer(OK);
    const two = server.seen(2);
    await fetch(server.url);
    await server.seen(1);
    await fetch(server.url);
    await two;
    expect(server.requests).toHaveLength(2);
  });

  it('reject what waits for them when the server closes', async () => {
    const server = await startServer(OK);
    const early = errorOf(server.seen(1));
    await server.close();
    const message = 'the server closed after 0 of 1 requests';
    expect(await early).toHaveProperty('message', message);
    expect(await errorOf(server.seen(1))).toHaveProperty('message', message);
  });

  it('may end early without an error of the server', async () => {
    const server = await startServer(OK);
    const socket = connect(Number(new URL(server.url).port), '127.0.0.1');
    socket.write('POST / HTTP/1.1\r\nHost: here\r\nContent-Length: 100\r\n\r\nhalf');
    await server.seen(1);
    socket.destroy();
    await once(socket, 'close');
    await until(() => server.requests[0]?.outcome === 'abandoned');
    await server.close();
    expect(server.requests).toMatchObject([{ body: '' }]);
  });
});

describe('a fault server whose script fails', () => {
  it('answers with a 500, and rejects close() with the error of the script', async () => {
    const broken = new Error('broken');
    const server = await startServer(() => {
      throw broken;
    });
    const answer = await fetch(server.url);
    expect([answer.status, await answer.text()]).toEqual([500, 'the script failed: Error: broken']);
    expect(await errorOf(server.close())).toBe(broken);
  });

  it('rejects close() with the issues of an invalid reaction', async () => {
    const server = await startServer(() => ({ status: 99 }));
    expect((await fetch(server.url)).status).toBe(500);
    expect(await errorOf(server.close())).toMatchObject({ issues: [{ path: 'reaction.status' }] });
  });
});
