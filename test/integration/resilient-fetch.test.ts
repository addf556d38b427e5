import { setTimeout as sleep } from 'node:timers/promises';
import OpenAI from 'openai';
import { describe, expect, it, onTestFinished } from 'vitest';
import { type ResilientFetchOptions, resilientFetch, withCallOptions } from '../../src/entry/ai.js';
import {
  BreakerOpenError,
  createResilience,
  explain,
  InvalidAnswerError,
  type ResilienceOptions,
  StreamStalledError,
  StreamTruncatedError,
} from '../../src/entry/root.js';
import { type Answer, half, html, json, openai, type Script, startFaultServer } from '../../src/testing/index.js';

const QUICK: ResilienceOptions = {
  config: { defaults: { retry: { minDelayMs: 1, maxDelayMs: 1, jitter: 'none' }, attemptTimeoutMs: 5_000 } },
};

async function start(script: Script, options: ResilienceOptions = QUICK, ofFetch: ResilientFetchOptions = {}) {
  const server = await startFaultServer(script);
  const resilience = createResilience(options);
  onTestFinished(async () => {
    await resilience.close();
    await server.close();
  });
  return { server, resilience, fetch: resilientFetch(resilience, 'chat', ofFetch), url: `${server.url}/v1/x` };
}

const { answer, stream, errors } = openai;
const textOf = (of: Answer) => (Array.isArray(of.body) ? of.body.join('') : String(of.body));

describe('a resilient fetch', () => {
  it('resolves with the response of the provider, as it is', async () => {
    const { fetch, url } = await start(answer);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(200);
    expect(response.url).toBe(url);
    expect(response.headers.get('x-request-id')).toBe('req_openai');
    expect(await response.text()).toBe(textOf(answer));
  });

  it('sends a request again after an error status', async () => {
    const { fetch, url, server, resilience } = await start([errors.server_error, errors.bad_gateway, answer]);
    const response = await fetch(url, { method: 'POST', body: '{"a":1}' });
    expect(response.status).toBe(200);
    expect(server.requests.map(({ body }) => body)).toEqual(['{"a":1}', '{"a":1}', '{"a":1}']);
    expect(resilience.stats('chat')).toMatchObject({ successes: 1, retries: 2 });
  });

  it('resolves with the last response if all attempts fail, whose body can be read', async () => {
    const { fetch, url, server } = await start(errors.server_error);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(500);
    expect(await response.json()).toEqual(JSON.parse(textOf(errors.server_error)));
    expect(server.requests).toHaveLength(3);
    expect(explain({ headers: response.headers })).toMatchObject({
      stopReason: 'attempts_exhausted',
      failure: { kind: 'server_error', status: 500 },
    });
  });

  it('resolves at once with a response that no other attempt can improve', async () => {
    const { fetch, url, server } = await start(errors.invalid_request);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(response.status).toBe(400);
    expect(server.requests).toHaveLength(1);
  });

  it('keeps the body of an error whole, however long it is', async () => {
    const long = json(400, { error: { message: 'x'.repeat(300_000) } });
    const { fetch, url } = await start(long);
    expect(await (await fetch(url)).text()).toBe(textOf(long));
  });

  it('ends the request of a long error that another attempt has made up for', async () => {
    const long = { ...json(500, {}), body: 'x'.repeat(300_000), ending: 'stall' } satisfies Answer;
    const { fetch, url, server } = await start([long, answer]);
    expect((await fetch(url)).status).toBe(200);
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
  });

  it('sends a stream of the caller only once', async () => {
    const { fetch, url, server } = await start([errors.server_error, answer]);
    const body = new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('{}'));
        controller.close();
      },
    });
    const response = await fetch(url, { method: 'POST', body, duplex: 'half' });
    expect(response.status).toBe(500);
    expect(server.requests).toHaveLength(1);
  });

  it.each([
    ['a body that is cut off', half(answer, 'cut')],
    ['a body that is not valid JSON', { ...answer, body: '{"id": "chatcmpl-1", "cho' }],
    ['an error within a successful answer', json(200, { error: { code: 502, message: 'Provider returned error' } })],
    ['a page of HTML where JSON was asked for', html(200, 'Sign in to the network')],
  ])('sends a request again after %s', async (_, first) => {
    const { fetch, url, server } = await start([first, answer]);
    const response = await fetch(url, { method: 'POST', body: '{}', headers: { accept: 'application/json' } });
    expect(await response.text()).toBe(textOf(answer));
    expect(server.requests).toHaveLength(2);
  });

  it.each([
    ['is cut off', half(answer, 'complete'), 'not_json', 'server_error'],
    ['is empty', { ...answer, body: '' }, 'not_json', 'server_error'],
    ['is a page', html(200, 'Sign in'), 'page', 'server_error'],
    [
      'says that the provider is overloaded',
      json(200, { error: { type: 'overloaded_error' } }),
      'failed',
      'overloaded',
    ],
  ])('rejects if an answer %s, whatever its status', async (_, broken, reason, kind) => {
    const { fetch, url, server } = await start(broken);
    const error = await fetch(url, { headers: { accept: 'application/json' } }).then(
      undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).toBeInstanceOf(InvalidAnswerError);
    expect(error).toMatchObject({ code: 'HOLDFAST_INVALID_ANSWER', operation: 'chat', reason, status: 200 });
    expect(explain(error)?.failure?.kind).toBe(kind);
    expect(server.requests).toHaveLength(3);
  });

  it('passes a page on that nothing else was asked for than', async () => {
    const page = html(200, 'A page');
    const { fetch, url } = await start(page);
    expect(await (await fetch(url)).text()).toBe(page.body);
  });

  it('rejects with the reason of a signal that aborts, and ends the request', async () => {
    const { fetch, url, server } = await start('silence');
    const controller = new AbortController();
    const asked = fetch(url, { signal: controller.signal });
    await server.seen(1);
    const reason = new Error('the user left');
    controller.abort(reason);
    await expect(asked).rejects.toBe(reason);
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
  });

  it('rejects without a request while the breaker is open', async () => {
    const { fetch, url, server, resilience } = await start(answer);
    resilience.breaker('chat').open();
    await expect(fetch(url)).rejects.toBeInstanceOf(BreakerOpenError);
    expect(server.requests).toHaveLength(0);
  });

  it('holds the quota for as long as the response says', async () => {
    const limited = json(429, { error: { message: 'slow down' } }, { 'retry-after': '120' });
    const { fetch, url, server, resilience } = await start(limited);
    expect((await fetch(url)).status).toBe(429);
    expect(server.requests).toHaveLength(1);
    expect(resilience.health().holds).toMatchObject([{ name: 'chat', kind: 'rate_limited' }]);
  });

  it('takes the usage of an answer', async () => {
    const used: unknown[] = [];
    const { fetch, url, resilience } = await start(answer, {
      config: { defaults: { pacing: { tokensPerMinute: 1_000_000 } } },
    });
    resilience.on('*', (event) => used.push(event.type));
    await fetch(url);
    expect(resilience.snapshot().operations['chat']?.keys[0]).toMatchObject({ pacing: expect.anything() });
  });

  it('is refused with options that it does not have', () => {
    const resilience = createResilience();
    // @ts-expect-error No such option.
    expect(() => resilientFetch(resilience, 'chat', { retries: 3 })).toThrow(/options\.retries: is unknown/);
    // @ts-expect-error Not a function.
    expect(() => resilientFetch(resilience, 'chat', { fetch: 'node-fetch' })).toThrow(
      /options\.fetch: must be a function/,
    );
    expect(() => resilientFetch(resilience, 'chat', { key: '' })).toThrow(/options\.key: must be a name/);
    // @ts-expect-error Not a Resilience.
    expect(() => resilientFetch({}, 'chat')).toThrow(/resilience: must be made by createResilience/);
    // @ts-expect-error The signal is that of each request.
    expect(() => resilientFetch(resilience, 'chat', { signal: AbortSignal.abort() })).toThrow(
      /Give it to each request/,
    );
  });
});

describe('a resilient fetch of a stream', () => {
  it('passes the bytes on as they are', async () => {
    const { fetch, url, resilience } = await start(stream);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(await response.text()).toBe(textOf(stream));
    expect(resilience.stats('chat')).toMatchObject({ successes: 1, attempts: 1 });
  });

  it.each([
    ['is cut off before its first content', { ...stream, body: [textOf(stream).slice(0, 40)], ending: 'cut' }],
    [
      'reports a failure before its first content',
      { ...stream, body: 'data: {"error":{"type":"server_error","message":"no"}}\n\n' },
    ],
    ['ends before its first content', { ...stream, body: ': hello\n\n' }],
  ] satisfies [string, Answer][])('asks again if it %s', async (_, first) => {
    const { fetch, url, server } = await start([first, stream]);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    expect(await response.text()).toBe(textOf(stream));
    expect(server.requests).toHaveLength(2);
  });

  it('fails its reader if it is cut off after the first content, and delivers nothing twice', async () => {
    const { fetch, url, server, resilience } = await start([half(stream, 'complete'), stream]);
    const response = await fetch(url, { method: 'POST', body: '{}' });
    const error = await response.text().then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(StreamTruncatedError);
    expect(explain(error)?.partial?.text).toBe('Hello');
    expect(server.requests).toHaveLength(1);
    expect(resilience.stats('chat')).toMatchObject({ failures: 1 });
  });

  it('fails its reader if it stalls', async () => {
    const { fetch, url, server } = await start(half(stream, 'stall'), {
      config: { defaults: { stream: { idleMs: 50 } } },
    });
    const response = await fetch(url);
    await expect(response.text()).rejects.toBeInstanceOf(StreamStalledError);
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
  });

  it('asks again if no content comes in time', async () => {
    const { fetch, url, server } = await start([{ ...stream, body: ': hello\n\n', ending: 'stall' }, stream], {
      config: { defaults: { retry: { minDelayMs: 1 }, stream: { firstContentMs: 50 } } },
    });
    expect(await (await fetch(url)).text()).toBe(textOf(stream));
    expect(server.requests).toHaveLength(2);
  });

  it('ends the request when its reader leaves, which no breaker counts', async () => {
    const { fetch, url, server, resilience } = await start(half(stream, 'stall'));
    const response = await fetch(url);
    const reader = response.body?.getReader();
    await reader?.read();
    await reader?.cancel();
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0 });
  });

  it('fails its reader with the reason of a signal that aborts in the middle', async () => {
    const { fetch, url, server } = await start(half(stream, 'stall'));
    const controller = new AbortController();
    const response = await fetch(url, { signal: controller.signal });
    const read = response.text();
    await sleep(10);
    const reason = new Error('the user left');
    controller.abort(reason);
    await expect(read).rejects.toBe(reason);
    await expect.poll(() => server.requests[0]?.outcome).toBe('abandoned');
  });
});

/** Each target is asked once. */
const ONCE: ResilienceOptions = { config: { defaults: { retry: false } } };

describe('a resilient fetch with targets', () => {
  it('sends the next model the same request with its name', async () => {
    const { fetch, url, server } = await start([errors.overloaded, answer], ONCE, { targets: ['gpt-5', 'gpt-4o'] });
    await fetch(url, { method: 'POST', body: '{"model":"any","n":1}', headers: { 'content-length': '21' } });
    expect(server.requests.map(({ body }) => body)).toEqual(['{"model":"gpt-5","n":1}', '{"model":"gpt-4o","n":1}']);
  });

  it('lets a target prepare the request', async () => {
    const targets = [
      'gpt-5',
      { name: 'small', prepare: async (input) => ({ ...input, model: 'gpt-mini', max: 1 }) },
    ] satisfies ResilientFetchOptions['targets'];
    const { fetch, url, server } = await start([errors.overloaded, answer], ONCE, { targets });
    await fetch(url, { method: 'POST', body: '{"model":"any"}' });
    expect(server.requests.map(({ body }) => body)).toEqual(['{"model":"gpt-5"}', '{"model":"gpt-mini","max":1}']);
  });

  it('names the model in the path of Google', async () => {
    const { fetch, server } = await start(answer, QUICK, { targets: ['gemini-3'] });
    await fetch(`${server.url}/v1beta/models/gemini-2.5-flash:generateContent`, { method: 'POST', body: '{}' });
    expect(server.requests[0]?.path).toBe('/v1beta/models/gemini-3:generateContent');
  });

  it('keeps a breaker for each key that it finds in the request', async () => {
    const key: ResilientFetchOptions['key'] = ({ json: body }) => (body as { model?: string }).model;
    const { fetch, url, resilience } = await start(answer, QUICK, { key });
    await fetch(url, { method: 'POST', body: '{"model":"gpt-5"}' });
    expect(resilience.operation('chat').stats('gpt-5')).toMatchObject({ successes: 1 });
  });
});

describe('what one request says about its call', () => {
  it('replaces the key and the limits of the others', async () => {
    const { fetch, url, resilience, server } = await start(errors.server_error, QUICK, { idempotent: false, key: 'a' });
    await fetch(url, withCallOptions({ key: 'tenant-7' }, { method: 'POST', body: '{}' }));
    // What it does not say stays as it is: a request that must not be executed twice is not sent again.
    expect(server.requests).toHaveLength(1);
    expect(resilience.operation('chat').stats('tenant-7')).toMatchObject({ failures: 1 });
    await fetch(url, withCallOptions({ idempotent: true }, { method: 'POST', body: '{}' }));
    expect(server.requests).toHaveLength(4);
  });

  it('keeps a conversation with its target, until that is unavailable', async () => {
    const { fetch, url, server } = await start(answer, ONCE, { targets: ['gpt-5', 'gpt-4o'], order: 'least_busy' });
    const ask = (session: string) => fetch(url, withCallOptions({ session }, { method: 'POST', body: '{"model":""}' }));
    for (let turn = 0; turn < 4; turn++) await Promise.all([ask('a'), ask('b')]);
    const models = server.requests.map(({ body }) => JSON.parse(body).model as string);
    expect(new Set(models).size).toBe(2);
    expect(models.filter((model) => model === 'gpt-5')).toHaveLength(4);
  });

  it('is refused if it is not valid', async () => {
    expect(() => withCallOptions({ key: '' })).toThrow(/options\.key: must be a string/);
    // @ts-expect-error No such option.
    expect(() => withCallOptions({ conversation: 'a' })).toThrow(/options\.conversation: is unknown/);
  });
});

describe('a resilient fetch with hedging', () => {
  it('sends a second request if the first content is late, takes the first that comes, and ends the other', async () => {
    const late = { ...stream, body: ': hello\n\n', ending: 'stall' } satisfies Answer;
    const { fetch, url, server } = await start([late, stream], {
      config: { defaults: { retry: false, hedge: { delayMs: 30 } } },
    });
    const response = await fetch(url);
    expect(await response.text()).toBe(textOf(stream));
    await expect.poll(() => server.requests.map(({ outcome }) => outcome)).toEqual(['abandoned', 'answered']);
  });
});

describe('a caller who leaves', () => {
  it('stops the upstream of a plain call within 100 ms', async () => {
    const { server, resilience, url } = await start('silence');
    const controller = new AbortController();
    const called = resilience.execute('chat', ({ signal }) => fetch(url, { signal }), { signal: controller.signal });
    await server.seen(1);
    const startedAt = performance.now();
    controller.abort();
    await expect(called).rejects.toMatchObject({ name: 'AbortError' });
    await expect.poll(() => server.requests[0]?.outcome, { interval: 5 }).toBe('abandoned');
    expect(performance.now() - startedAt).toBeLessThan(1_000);
  });
});

describe('an SDK with a resilient fetch', () => {
  it('throws its own error, which explain() recognises', async () => {
    const { fetch, server } = await start(errors.rate_limited_until_reset, ONCE);
    const client = new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1`, fetch, maxRetries: 0 });
    const error = await client.models.list().then(undefined, (thrown: unknown) => thrown);
    expect(error).toBeInstanceOf(OpenAI.RateLimitError);
    expect(explain(error)).toMatchObject({ operation: 'chat', failure: { kind: 'rate_limited' } });
  });

  it('throws its own error for one within a stream', async () => {
    const { fetch, server } = await start(errors.stream_error, QUICK);
    const client = new OpenAI({ apiKey: 'key', baseURL: `${server.url}/v1`, fetch, maxRetries: 0 });
    const events = await client.chat.completions.create({ model: 'gpt-5', messages: [], stream: true });
    const read = async () => {
      for await (const event of events) void event;
    };
    await expect(read()).rejects.toBeInstanceOf(OpenAI.APIError);
  });
});
