import { type ClientHttp2Session, connect, constants } from 'node:http2';
import { text } from 'node:stream/consumers';
import { createResilience } from 'holdfast';
import { retry } from 'holdfast/retry';
import { describe, expect, it, onTestFinished } from 'vitest';
import { errorOf } from '../support/calls.js';
import { answering, breakingOff, closing, h2c, type StreamReaction } from '../support/h2c.js';

const { NGHTTP2_REFUSED_STREAM, NGHTTP2_INTERNAL_ERROR, NGHTTP2_NO_ERROR } = constants;

/** Short enough for real time. */
const QUICK = { maxAttempts: 2, minDelayMs: 1, jitter: 'none' } as const;
const ONCE = { ...QUICK, idempotent: false } as const;
/** The streams of clients have odd numbers. */
const FIRST_STREAM = 1;

const fine = answering({ body: 'fine' });
/** Breaks off without the orderly end that `close()` sends ahead. */
const failing: StreamReaction = (stream) => stream.destroy(new Error('failed'));
/** Lets the client finish its first request, and tells it that later ones were not looked at. */
const shuttingDown: StreamReaction = ({ session: connection }) => connection?.goaway(NGHTTP2_NO_ERROR, FIRST_STREAM);

/** A client as Node itself has it: a session, and a stream for each request. */
function session(url: string): ClientHttp2Session {
  const client = connect(url);
  client.on('error', () => undefined);
  onTestFinished(() => client.destroy());
  return client;
}

function ask(client: ClientHttp2Session): Promise<string> {
  return text(client.request({ ':path': '/' }));
}

describe('over HTTP/2', () => {
  it('a refused stream is sent again although the call may not be repeated', async () => {
    const { url, requests } = await h2c(closing(NGHTTP2_REFUSED_STREAM), fine);
    const client = session(url);
    expect(await retry(() => ask(client), ONCE)).toBe('fine');
    expect(requests()).toBe(2);
  });

  it('a refused stream is retried by an operation as well, whose report says why', async () => {
    const { url, requests } = await h2c(closing(NGHTTP2_REFUSED_STREAM), fine);
    const client = session(url);
    const resilience = createResilience({ config: { defaults: { retry: QUICK } } });
    const { stopReason, attempts } = await resilience.inspect('chat', () => ask(client), { idempotent: false });
    expect({ stopReason, requests: requests() }).toEqual({ stopReason: 'success', requests: 2 });
    const failure = { kind: 'network', code: 'NGHTTP2_REFUSED_STREAM', unexecuted: true };
    expect(attempts[0]).toMatchObject({ failure });
  });

  it('a request too late for a server that shuts down is sent again although the call may not be repeated', async () => {
    const held = () => undefined;
    const { url, requests } = await h2c(held, shuttingDown, fine);
    const first = session(url);
    first.request({ ':path': '/' }).on('error', () => undefined);
    const sessions = [first];
    expect(await retry(() => ask(sessions.pop() ?? session(url)), ONCE)).toBe('fine');
    expect(requests()).toBe(3);
  });

  it.each([
    { what: 'a stream that the server broke off', reaction: closing(NGHTTP2_INTERNAL_ERROR) },
    { what: 'an answer that the server broke off', reaction: breakingOff({ body: 'fi' }, failing) },
  ])('$what is not sent again when the call may not be repeated', async ({ reaction }) => {
    const { url, requests } = await h2c(reaction, fine);
    const client = session(url);
    expect(await errorOf(retry(() => ask(client), ONCE))).toMatchObject({ code: 'ERR_HTTP2_STREAM_ERROR' });
    expect(requests()).toBe(1);
  });

  it('a stream that the server broke off is sent again when the call may be repeated', async () => {
    const { url, requests } = await h2c(closing(NGHTTP2_INTERNAL_ERROR), fine);
    const client = session(url);
    expect(await retry(() => ask(client), QUICK)).toBe('fine');
    expect(requests()).toBe(2);
  });
});
