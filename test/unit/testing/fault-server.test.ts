import { once } from 'node:events';
import { connect } from 'node:net';
import { describe, expect, it } from 'vitest';
import { ConfigurationError } from '../../../src/errors/index.js';
import { half, json, startFaultServer } from '../../../src/testing/index.js';
import { errorOf } from '../../support/calls.js';
import { codeOf, running, until } from './running.js';

const OK = json(200, { ok: true });

describe('a fault server', () => {
  it('listens on loopback at a port of its own', async () => {
    const [one, other] = [await running(OK), await running(OK)];
    expect(one.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
    expect(one.url).not.toBe(other.url);
  });

  it('answers with the status, the headers and the body that it is given', async () => {
    const { url } = await running({ status: 418, headers: { 'X-Pot': 'tea' }, body: 'short and stout' });
    const answer = await fetch(url);
    expect(answer.status).toBe(418);
    expect(answer.headers.get('x-pot')).toBe('tea');
    expect(await answer.text()).toBe('short and stout');
  });

  it('answers with an empty 200 when it is given nothing', async () => {
    const { url } = await running({});
    const answer = await fetch(url);
    expect([answer.status, await answer.text()]).toEqual([200, '']);
  });

  it('sends a list of texts and bytes in its order', async () => {
    const { url } = await running({ body: ['a', Buffer.from('b'), new Uint8Array([99])] });
    expect(await (await fetch(url)).text()).toBe('abc');
  });

  it('plays a list of reactions, and keeps to the last', async () => {
    const { url } = await running([json(500, {}), json(429, {}), OK]);
    const statuses: number[] = [];
    for (let call = 0; call < 4; call++) statuses.push((await fetch(url)).status);
    expect(statuses).toEqual([500, 429, 200, 200]);
  });

  it('asks a function what to do with each request', async () => {
    const { url } = await running(({ number, path, body }) => json(200, { number, path, body }));
    await fetch(url);
    const answer = await fetch(`${url}/v1/chat?a=b`, { method: 'POST', body: 'hé' });
    expect(await answer.json()).toEqual({ number: 2, path: '/v1/chat?a=b', body: 'hé' });
  });

  it('goes by another script from the next request on', async () => {
    const server = await running(OK);
    await fetch(server.url);
    server.play(json(503, {}));
    expect((await fetch(server.url)).status).toBe(503);
  });

  it('resets a connection', async () => {
    const server = await running('reset');
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNRESET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('closes a connection instead of answering', async () => {
    const server = await running('hang_up');
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('leaves a request unanswered until it closes', async () => {
    const server = await running('silence');
    const error = errorOf(fetch(server.url));
    await server.seen(1);
    expect(server.requests).toMatchObject([{ outcome: 'open' }]);
    await server.close();
    expect(codeOf(await error)).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('cuts a body', async () => {
    const server = await running(half(OK, 'cut'));
    const answer = await fetch(server.url);
    expect(answer.status).toBe(200);
    expect(codeOf(await errorOf(answer.text()))).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('stalls a body until the client leaves', async () => {
    const server = await running(half(OK, 'stall'));
    const leave = new AbortController();
    const answer = await fetch(server.url, { signal: leave.signal });
    const error = errorOf(answer.text());
    leave.abort();
    expect(await error).toHaveProperty('name', 'AbortError');
    await until(() => server.requests[0]?.outcome === 'abandoned');
  });

  it('refuses connections, and accepts them again at the same place', async () => {
    const server = await running(OK);
    await server.refuse();
    await server.refuse();
    expect(codeOf(await errorOf(fetch(server.url)))).toBe('ECONNREFUSED');
    await server.accept();
    await server.accept();
    expect((await fetch(server.url)).status).toBe(200);
    expect(server.requests).toHaveLength(1);
  });

  it('breaks off what is open when it goes down', async () => {
    const server = await running(['silence', OK]);
    const error = errorOf(fetch(server.url));
    await server.seen(1);
    await server.refuse();
    expect(codeOf(await error)).toBe('UND_ERR_SOCKET');
    expect(server.requests).toMatchObject([{ outcome: 'broken_off' }]);
  });

  it('refuses a script that is none', async () => {
    expect(await errorOf(startFaultServer([]))).toBeInstanceOf(ConfigurationError);
    const server = await running(OK);
    expect(() => server.play({ status: 42 })).toThrow(ConfigurationError);
    expect((await fetch(server.url)).status).toBe(200);
  });
});

describe('the requests of a fault server', () => {
  it('are kept in the order of their arrival, with all that they brought', async () => {
    const server = await running(OK);
    await fetch(`${server.url}/one?x=1`, { headers: { 'X-Key': 'k' } });
    await fetch(`${server.url}/two`, { method: 'PUT', body: 'text' });
    expect(server.requests).toMatchObject([
      { number: 1, method: 'GET', path: '/one?x=1', body: '', outcome: 'answered', headers: { 'x-key': 'k' } },
      { number: 2, method: 'PUT', path: '/two', body: 'text', outcome: 'answered' },
    ]);
  });

  it('can be waited for, before and after they have come', async () => {
    const server = await running(OK);
    const two = server.seen(2);
    await fetch(server.url);
    await server.seen(1);
    await fetch(server.url);
    await two;
    expect(server.requests).toHaveLength(2);
  });

  it('are not waited for any longer when the server closes', async () => {
    const server = await running(OK);
    const early = errorOf(server.seen(1));
    await server.close();
    const message = 'the server closed after 0 of 1 requests';
    expect(await early).toHaveProperty('message', message);
    expect(await errorOf(server.seen(1))).toHaveProperty('message', message);
  });

  it('that are not asked to the end do not trouble it', async () => {
    const server = await running(OK);
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

describe('a script that fails', () => {
  it('is answered with a 500, and told of by close()', async () => {
    const broken = new Error('broken');
    const server = await running(() => {
      throw broken;
    });
    const answer = await fetch(server.url);
    expect([answer.status, await answer.text()]).toEqual([500, 'the script failed: Error: broken']);
    expect(await errorOf(server.close())).toBe(broken);
  });

  it('by a reaction that is none is told of with what is wrong with it', async () => {
    const server = await running(() => ({ status: 99 }));
    expect((await fetch(server.url)).status).toBe(500);
    expect(await errorOf(server.close())).toMatchObject({ issues: [{ path: 'reaction.status' }] });
  });
});
