import { constants } from 'node:http2';
import { classify, createResilience } from 'holdfast';
import { describe, expect, it } from 'vitest';
import { type Answer, bedrock, half } from '../../src/testing/index.js';
import { errorOf } from '../support/calls.js';
import { answering, breakingOff, closing, h2c, type StreamReaction } from '../support/h2c.js';
import { nobodyThere } from '../support/loopback.js';
import { bedrockOverHttp2, bedrockOverSharedHttp2 } from './sdks/bedrock.js';
import { SHORT_MS } from './sdks/situations.js';

const { NGHTTP2_CANCEL, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR, NGHTTP2_REFUSED_STREAM } = constants;

/** Longer than any test waits, unless it is about a timeout. */
const A_MINUTE_MS = 60_000;

const lost: StreamReaction = ({ session }) => session?.destroy();
const goingAway: StreamReaction = (stream) => {
  stream.session?.goaway(NGHTTP2_NO_ERROR);
  lost(stream);
};
const failing: StreamReaction = ({ session }) => session?.goaway(NGHTTP2_INTERNAL_ERROR);
const broken: StreamReaction = (stream) => stream.destroy(new Error('failed'));
const silent: StreamReaction = () => undefined;

/** A stream whose last event is truncated. */
const withinAnEvent: Answer = { ...bedrock.stream, body: Buffer.concat(piecesOf(bedrock.stream)).subarray(0, -20) };

function piecesOf({ body = '' }: Answer): readonly Buffer[] {
  return (Array.isArray(body) ? body : [body]).map((piece) => Buffer.from(piece));
}

describe.each([
  { how: 'a connection for each request', client: bedrockOverHttp2 },
  { how: 'a shared connection', client: bedrockOverSharedHttp2 },
])('the SDK of Amazon Bedrock over HTTP/2, with $how', ({ client }) => {
  /** Classifies the failure of one request. */
  async function classifyAfter(reaction: StreamReaction, asks: 'chat' | 'stream' = 'chat', timeoutMs = A_MINUTE_MS) {
    const { url, requests } = await h2c(reaction);
    const failure = classify(await errorOf(client[asks]({ url, timeoutMs })));
    expect(requests()).toBe(1);
    return failure;
  }

  it('resolves for a successful response', async () => {
    const { url } = await h2c(answering(bedrock.answer));
    expect(JSON.stringify(await client.chat({ url, timeoutMs: A_MINUTE_MS }))).toContain('Hello');
  });

  it('resolves for a successful stream', async () => {
    const { url } = await h2c(answering(bedrock.stream));
    expect(JSON.stringify(await client.stream({ url, timeoutMs: A_MINUTE_MS }))).toMatch(/Hel.*"lo"/);
  });

  it.each([
    { what: 'a stream closed without a reason', reaction: closing(NGHTTP2_NO_ERROR) },
    { what: 'a cancelled stream', reaction: closing(NGHTTP2_CANCEL) },
    { what: 'a lost connection', reaction: lost },
    { what: 'a server that shuts down', reaction: goingAway },
  ])('makes $what a network failure without a code', async ({ reaction }) => {
    const usual = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
    for (const asks of ['chat', 'stream'] as const) expect(await classifyAfter(reaction, asks)).toEqual(usual);
  });

  it('makes a refused stream a network failure for which nothing was executed', async () => {
    const failure = await classifyAfter(closing(NGHTTP2_REFUSED_STREAM));
    expect(failure).toMatchObject({ kind: 'network', code: 'NGHTTP2_REFUSED_STREAM', unexecuted: true });
  });

  it('makes a refused connection a network failure for which nothing was executed', async () => {
    const error = await errorOf(client.chat({ url: await nobodyThere(), timeoutMs: A_MINUTE_MS }));
    expect(classify(error)).toMatchObject({ kind: 'network', code: 'ECONNREFUSED', unexecuted: true });
  });

  it.each([
    { what: 'a stream', reaction: closing(NGHTTP2_INTERNAL_ERROR), code: 'ERR_HTTP2_STREAM_ERROR', status: undefined },
    { what: 'a connection', reaction: failing, code: 'ERR_HTTP2_SESSION_ERROR', status: undefined },
    {
      what: 'a body',
      reaction: breakingOff(half(bedrock.answer, 'cut'), broken),
      code: 'ERR_HTTP2_STREAM_ERROR',
      status: 200,
    },
  ])('makes $what that fails at the server a network failure', async ({ reaction, code, status }) => {
    const { unexecuted, ...failure } = await classifyAfter(reaction);
    expect(failure).toMatchObject({ kind: 'network', code });
    expect({ unexecuted, status: failure.status }).toEqual({ unexecuted: undefined, status });
  });

  it('makes a truncated body unknown, like broken JSON', async () => {
    expect(await classifyAfter(breakingOff(half(bedrock.answer, 'cut'), lost))).toMatchObject({
      kind: 'unknown',
      status: 200,
    });
  });

  it('makes a truncated event of a stream unknown', async () => {
    expect(await classifyAfter(breakingOff(withinAnEvent, lost), 'stream')).toMatchObject({ kind: 'unknown' });
  });

  it('resolves for a stream truncated between two events as if it were complete', async () => {
    const { url } = await h2c(breakingOff(half(bedrock.stream, 'cut'), lost));
    expect(await client.stream({ url, timeoutMs: A_MINUTE_MS })).toHaveLength(3);
  });

  it.each([
    { name: 'rate_limited', expected: { kind: 'rate_limited', status: 429, retryAfterMs: 4000 } },
    { name: 'unavailable', expected: { kind: 'overloaded', status: 503 } },
    { name: 'gateway_timeout', expected: { kind: 'timeout', status: 504 } },
    { name: 'stream_throttled', expected: { kind: 'rate_limited' } },
  ] as const)('gives the response $name an error that is classified as $expected.kind', async ({ name, expected }) => {
    const asks = name === 'stream_throttled' ? 'stream' : 'chat';
    expect(await classifyAfter(answering(bedrock.errors[name]), asks)).toMatchObject(expected);
  });

  it('gives its own timeout an error that is classified as a timeout', async () => {
    expect(await classifyAfter(silent, 'chat', SHORT_MS)).toMatchObject({ kind: 'timeout' });
  });

  it('gives an abort of the caller an error that is classified as cancelled', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { url } = await h2c(() => controller.abort(new Error('the user closed the tab')));
    const error = await errorOf(client.chat({ url, signal, timeoutMs: A_MINUTE_MS }));
    expect(classify(error)).toMatchObject({ kind: 'cancelled', retry: 'never' });
  });

  it('is called again after a lost connection, unless the call is not idempotent', async () => {
    const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 1, jitter: 'none' } } } });
    const { url, requests } = await h2c(lost, answering(bedrock.answer), lost);
    const call = () => client.chat({ url, timeoutMs: A_MINUTE_MS });
    await resilience.execute('chat', call);
    expect(requests()).toBe(2);
    await errorOf(resilience.execute('chat', call, { idempotent: false }));
    expect(requests()).toBe(3);
  });
});
