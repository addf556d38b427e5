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

/** Longer than any test waits, unless it is about waiting. */
const A_MINUTE_MS = 60_000;

const lost: StreamReaction = ({ session }) => session?.destroy();
const goingAway: StreamReaction = (stream) => {
  stream.session?.goaway(NGHTTP2_NO_ERROR);
  lost(stream);
};
const failing: StreamReaction = ({ session }) => session?.goaway(NGHTTP2_INTERNAL_ERROR);
const broken: StreamReaction = (stream) => stream.destroy(new Error('failed'));
const silent: StreamReaction = () => undefined;

/** A stream whose last event is cut in its middle. */
const withinAnEvent: Answer = { ...bedrock.stream, body: Buffer.concat(piecesOf(bedrock.stream)).subarray(0, -20) };

function piecesOf({ body = '' }: Answer): readonly Buffer[] {
  return (Array.isArray(body) ? body : [body]).map((piece) => Buffer.from(piece));
}

describe.each([
  { how: 'a connection for each request', client: bedrockOverHttp2 },
  { how: 'a shared connection', client: bedrockOverSharedHttp2 },
])('the SDK of Amazon Bedrock over HTTP/2, with $how', ({ client }) => {
  /** What comes of one request, as classified where it fails. */
  async function meet(reaction: StreamReaction, asks: 'chat' | 'stream' = 'chat', timeoutMs = A_MINUTE_MS) {
    const { url, requests } = await h2c(reaction);
    const failure = classify(await errorOf(client[asks]({ url, timeoutMs })));
    expect(requests()).toBe(1);
    return failure;
  }

  it('understands a good answer', async () => {
    const { url } = await h2c(answering(bedrock.answer));
    expect(JSON.stringify(await client.chat({ url, timeoutMs: A_MINUTE_MS }))).toContain('Hello');
  });

  it('understands a good stream', async () => {
    const { url } = await h2c(answering(bedrock.stream));
    expect(JSON.stringify(await client.stream({ url, timeoutMs: A_MINUTE_MS }))).toMatch(/Hel.*"lo"/);
  });

  it.each([
    { what: 'a stream that is closed without a reason', reaction: closing(NGHTTP2_NO_ERROR) },
    { what: 'a stream that is cancelled', reaction: closing(NGHTTP2_CANCEL) },
    { what: 'a connection that is lost', reaction: lost },
    { what: 'a server that goes away', reaction: goingAway },
  ])('tells nothing but that there was no answer: $what', async ({ reaction }) => {
    const usual = { kind: 'network', retry: 'backoff', breaker: 'failure', failover: true };
    for (const asks of ['chat', 'stream'] as const) expect(await meet(reaction, asks)).toEqual(usual);
  });

  it('tells that a stream was refused', async () => {
    const failure = await meet(closing(NGHTTP2_REFUSED_STREAM));
    expect(failure).toMatchObject({ kind: 'network', code: 'NGHTTP2_REFUSED_STREAM', unexecuted: true });
  });

  it('tells that a connection was refused', async () => {
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
  ])('tells that $what failed at the server', async ({ reaction, code, status }) => {
    const { unexecuted, ...failure } = await meet(reaction);
    expect(failure).toMatchObject({ kind: 'network', code });
    expect({ unexecuted, status: failure.status }).toEqual({ unexecuted: undefined, status });
  });

  it('makes of a body that is cut the same as of broken JSON', async () => {
    expect(await meet(breakingOff(half(bedrock.answer, 'cut'), lost))).toMatchObject({ kind: 'unknown', status: 200 });
  });

  it('makes of an event that is cut the same as of a page', async () => {
    expect(await meet(breakingOff(withinAnEvent, lost), 'stream')).toMatchObject({ kind: 'unknown' });
  });

  it('takes a stream that is cut between two events for a whole one', async () => {
    const { url } = await h2c(breakingOff(half(bedrock.stream, 'cut'), lost));
    expect(await client.stream({ url, timeoutMs: A_MINUTE_MS })).toHaveLength(3);
  });

  it.each([
    { name: 'rate_limited', expected: { kind: 'rate_limited', status: 429, retryAfterMs: 4000 } },
    { name: 'unavailable', expected: { kind: 'overloaded', status: 503 } },
    { name: 'gateway_timeout', expected: { kind: 'timeout', status: 504 } },
    { name: 'stream_throttled', expected: { kind: 'rate_limited' } },
  ] as const)('tells what it was answered: $name', async ({ name, expected }) => {
    const asks = name === 'stream_throttled' ? 'stream' : 'chat';
    expect(await meet(answering(bedrock.errors[name]), asks)).toMatchObject(expected);
  });

  it('tells its own timeout', async () => {
    expect(await meet(silent, 'chat', SHORT_MS)).toMatchObject({ kind: 'timeout' });
  });

  it('tells that the caller has left', async () => {
    const controller = new AbortController();
    const { signal } = controller;
    const { url } = await h2c(() => controller.abort(new Error('the user closed the tab')));
    const error = await errorOf(client.chat({ url, signal, timeoutMs: A_MINUTE_MS }));
    expect(classify(error)).toMatchObject({ kind: 'cancelled', retry: 'never' });
  });

  it('is asked again after a lost connection, unless the call may not be repeated', async () => {
    const resilience = createResilience({ config: { defaults: { retry: { minDelayMs: 1, jitter: 'none' } } } });
    const { url, requests } = await h2c(lost, answering(bedrock.answer), lost);
    const call = () => client.chat({ url, timeoutMs: A_MINUTE_MS });
    await resilience.execute('chat', call);
    expect(requests()).toBe(2);
    await errorOf(resilience.execute('chat', call, { idempotent: false }));
    expect(requests()).toBe(3);
  });
});
