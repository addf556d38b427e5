import { getEventListeners } from 'node:events';
import { setTimeout as sleep } from 'node:timers/promises';
import { type Call, createResilience } from 'holdfast';
import { retry } from 'holdfast/retry';
import { describe, expect, it } from 'vitest';

const reason = new Error('the caller left');

const STREAMS: readonly { readonly what: string; readonly make: () => object }[] = [
  { what: 'an async iterable', make: () => ({ async *[Symbol.asyncIterator]() {} }) },
  { what: 'a ReadableStream', make: () => new ReadableStream() },
  { what: 'a Response with an unread body', make: () => new Response(new ReadableStream()) },
];

const resilience = createResilience();

type Run = (work: (call: Call) => object, signal: AbortSignal) => Promise<object>;
const RUNS: readonly { readonly by: string; readonly run: Run }[] = [
  { by: 'execute()', run: (work, signal) => resilience.execute('chat', work, { signal }) },
  { by: 'retry()', run: (work, signal) => retry(work, { signal }) },
];

describe.each(RUNS)('$by', ({ run }) => {
  it.each(STREAMS)('returns $what as it is, whose signal follows the caller after the call', async ({ make }) => {
    const caller = new AbortController();
    const stream = make();
    let seen: AbortSignal | undefined;
    const value = await run((call) => {
      seen = call.signal;
      return stream;
    }, caller.signal);
    expect(value).toBe(stream);
    expect(seen?.aborted).toBe(false);
    caller.abort(reason);
    expect(seen?.reason).toBe(reason);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
  });

  it('unlinks the signal of the caller after the call when the value is no stream or the signal was not read', async () => {
    const { signal } = new AbortController();
    await run(({ signal: read }) => ({ read }), signal);
    await run(() => new ReadableStream(), signal);
    const read = new Response('body');
    await read.text();
    await run((call) => {
      void call.signal;
      return read;
    }, signal);
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });

  it('unlinks the signal of the caller when the stream has been garbage collected', async () => {
    const { signal } = new AbortController();
    for (let nth = 0; nth < 100; nth++) {
      await run((call) => {
        void call.signal;
        return new ReadableStream();
      }, signal);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(1);
    for (let turn = 0; turn < 50 && getEventListeners(signal, 'abort').length > 0; turn++) {
      globalThis.gc?.();
      await sleep(5);
    }
    expect(getEventListeners(signal, 'abort')).toHaveLength(0);
  });
});
