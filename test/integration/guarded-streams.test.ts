import { inspect } from 'node:util';
import { createResilience, explain, findPartial, type ResilienceOptions, StreamStalledError } from 'holdfast';
import { describe, expect, it, vi } from 'vitest';
import { deferred, recorded, typesOf } from '../support/calls.js';
import {
  END,
  numbered,
  readAll,
  type ScriptedSource,
  START,
  sourceOf,
  TEST_DIALECT,
  text,
} from '../support/guarded-streams.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const dialect = TEST_DIALECT;
const down = Object.assign(new Error('down'), { status: 503 });
const WHOLE = numbered(START, text('Hel'), 'ping', text('lo'), [{ kind: 'usage', usage: { outputTokens: 2 } }, END]);

function setup(options: ResilienceOptions = {}) {
  const resilience = createResilience({
    random: () => 0.5,
    config: {
      defaults: {
        retry: { maxAttempts: 2, minDelayMs: 100, jitter: 'none' },
        breaker: { trip: { consecutiveFailures: 1 } },
        stream: { firstContentMs: 1_000, idleMs: 500, totalMs: 10_000 },
      },
    },
    ...options,
  });
  return { resilience, events: recorded(resilience) };
}

describe('a guarded stream', () => {
  it('passes on every event of the source in its order, and succeeds at its end', async () => {
    const { resilience, events } = setup();
    const source = sourceOf(WHOLE);
    const stream = resilience.stream('chat', () => source, { dialect });
    await pass(10);
    expect(resilience.stats('chat').calls).toBe(0);
    expect(resilience.breaker('chat').stats()).toMatchObject({ admitted: 1, successes: 0 });
    expect(await readAll(stream)).toEqual({ events: WHOLE, error: undefined });
    expect(typesOf(events)).toEqual(['call.started', 'call.succeeded']);
    expect(await stream.done).toMatchObject({
      status: 'complete',
      text: 'Hello',
      usage: { outputTokens: 2 },
      finish: 'stop',
      events: 5,
    });
    expect(source).toMatchObject({ ended: true, closed: 0 });
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('is retried before its first content, and the reader sees nothing of the first attempt', async () => {
    const { resilience, events } = setup();
    const sources: ScriptedSource[] = [];
    const stream = resilience.stream(
      'chat',
      ({ attempt }) => {
        const source = attempt === 1 ? sourceOf(numbered(START, { kind: 'failure', error: down })) : sourceOf(WHOLE);
        sources.push(source);
        return source;
      },
      { dialect, settings: { breaker: false } },
    );
    const read = readAll(stream);
    await pass(10_000);
    expect(await read).toEqual({ events: WHOLE, error: undefined });
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'retry.scheduled', 'call.succeeded']);
    expect(sources.map(({ isOver }) => isOver)).toEqual([true, true]);
    await resilience.close();
  });

  it('throws the error of the provider after its first content, without a retry, and the breaker counts it', async () => {
    const { resilience, events } = setup();
    const source = sourceOf(numbered(START, text('Hel'), { kind: 'failure', error: down }));
    const { events: seen, error } = await readAll(resilience.stream('chat', () => source, { dialect }));
    expect(seen).toHaveLength(2);
    expect(error).toBe(down);
    expect(explain(error)).toMatchObject({ stopReason: 'attempts_exhausted', partial: { text: 'Hel', events: 2 } });
    expect(typesOf(events)).toEqual(['call.started', 'attempt.failed', 'breaker.opened', 'call.failed']);
    expect(source.closed).toBe(1);
    await resilience.close();
  });

  it('retries a stream whose first content is late, and aborts the signal of that attempt', async () => {
    const { resilience } = setup();
    const signals: AbortSignal[] = [];
    const stream = resilience.stream(
      'chat',
      ({ attempt, signal }) => {
        signals.push(signal);
        return attempt === 1 ? sourceOf(numbered(START, 'ping'), 'silence') : sourceOf(WHOLE);
      },
      { dialect, settings: { breaker: false } },
    );
    const read = readAll(stream);
    await pass(1_000);
    expect(signals[0]?.reason).toMatchObject({ name: 'TimeoutError', cause: { name: 'StreamStalledError' } });
    await pass(100);
    expect(await read).toMatchObject({ error: undefined });
    await resilience.close();
  });

  it('throws when no content follows for too long, though pings come', async () => {
    const { resilience, events: reported } = setup();
    const pings = [1, 2, 3].map((nth) => ({ event: { nth, signs: [] }, afterMs: 200 }));
    const source = sourceOf(numbered(START, text('Hel')), ...pings, 'silence');
    const read = readAll(resilience.stream('chat', () => source, { dialect }));
    await pass(499);
    expect(source.closed).toBe(0);
    await pass(1);
    const { error, events } = await read;
    expect(error).toBeInstanceOf(StreamStalledError);
    expect(error).toMatchObject({
      phase: 'idle',
      limitMs: 500,
      operation: 'chat',
      partial: { text: 'Hel', events: 4 },
    });
    expect(events).toHaveLength(4);
    expect(resilience.stats('chat').failuresByKind).toEqual({ timeout: 1 });
    expect(reported).toContainEqual(
      expect.objectContaining({ type: 'stream.stalled', attempt: 1, phase: 'idle', limitMs: 500, events: 4 }),
    );
    expect(JSON.stringify(reported)).not.toContain('Hel');
    expect(source.closed).toBe(1);
    await resilience.close();
    // The source has a timer of its own.
    await pass(100);
    expect(vi.getTimerCount()).toBe(0);
  });

  it('does not take a slow reader for a silent source', async () => {
    const { resilience } = setup();
    const iterator = resilience.stream('chat', () => sourceOf(WHOLE), { dialect })[Symbol.asyncIterator]();
    for (const expected of WHOLE) {
      await pass(900);
      expect(await iterator.next()).toEqual({ done: false, value: expected });
    }
    expect(await iterator.next()).toEqual({ done: true, value: undefined });
    await resilience.close();
  });

  it('ends a reader that never reads at the total limit, which the breaker does not count', async () => {
    const { resilience } = setup();
    const source = sourceOf(WHOLE);
    const stream = resilience.stream('chat', () => source, { dialect });
    await pass(10_000);
    expect(source.closed).toBe(1);
    expect(await stream.done).toMatchObject({ status: 'failed', error: { phase: 'total' } });
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, ignored: 1 });
    expect((await readAll(stream)).error).toMatchObject({ phase: 'total' });
    await resilience.close();
  });

  it('throws when it ends without its terminal marker', async () => {
    const { resilience, events: reported } = setup();
    const source = sourceOf(numbered(START, text('Hel'), { kind: 'tool_call', toolCall: { index: 0, name: 'buy' } }));
    const { events, error } = await readAll(resilience.stream('chat', () => source, { dialect }));
    expect(events).toHaveLength(3);
    expect(error).toMatchObject({
      name: 'StreamTruncatedError',
      reason: 'no_end',
      partial: { text: 'Hel', toolCalls: [{ name: 'buy', arguments: '', complete: false }] },
    });
    expect(resilience.stats('chat').failuresByKind).toEqual({ network: 1 });
    expect(typesOf(reported)).toContain('stream.truncated');
    expect(inspect(error)).not.toContain('Hel');
    await resilience.close();
  });

  it('throws instead of passing on the end of a tool call that was cut off', async () => {
    const { resilience } = setup();
    const pieces = numbered(
      { kind: 'tool_call', toolCall: { index: 0, id: 'a', name: 'write', arguments: '{"path":"a' } },
      [
        { kind: 'tool_call', toolCall: { index: 0, complete: true } },
        { kind: 'end', finish: 'tool_calls' },
      ],
    );
    const { events, error } = await readAll(resilience.stream('chat', () => sourceOf(pieces), { dialect }));
    expect(events).toHaveLength(1);
    expect(error).toMatchObject({
      reason: 'tool_call',
      partial: { toolCalls: [{ id: 'a', name: 'write', arguments: '{"path":"a', complete: false }] },
    });
    await resilience.close();
  });

  it('is neutral and closes its source at once when the reader leaves during a silence', async () => {
    const { resilience } = setup();
    const source = sourceOf(numbered(START, text('Hel')), 'silence');
    let signal: AbortSignal | undefined;
    const stream = resilience.stream(
      'chat',
      (call) => {
        signal = call.signal;
        return source;
      },
      { dialect },
    );
    const read = readAll(stream);
    await pass(100);
    stream.cancel();
    expect(source.closed).toBe(1);
    expect(signal?.aborted).toBe(true);
    expect(await read).toMatchObject({ error: undefined });
    expect(await stream.done).toMatchObject({ status: 'left' });
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, successes: 0, ignored: 1 });
    await resilience.close();
    expect(vi.getTimerCount()).toBe(0);
  });

  it('closes its source at `break`', async () => {
    const { resilience } = setup();
    const source = sourceOf(WHOLE);
    for await (const _ of resilience.stream('chat', () => source, { dialect })) break;
    expect(source.closed).toBe(1);
    expect(resilience.snapshot().inFlight).toBe(0);
    await resilience.close();
  });

  it('can be cancelled before its function has returned', async () => {
    const { resilience } = setup();
    let signal: AbortSignal | undefined;
    const late = deferred<ScriptedSource>();
    const stream = resilience.stream('chat', (call) => {
      signal = call.signal;
      return late.promise;
    });
    const read = readAll(stream);
    stream.cancel();
    expect(signal?.aborted).toBe(true);
    expect(await read).toEqual({ events: [], error: undefined });
    expect(await stream.done).toMatchObject({ status: 'left' });
    const source = sourceOf(WHOLE);
    late.resolve(source);
    await pass(0);
    expect(source.closed).toBe(1);
    await resilience.close();
  });

  it('throws the reason when the caller aborts, and closes its source', async () => {
    const { resilience } = setup();
    const source = sourceOf(numbered(START, text('Hel')), 'silence');
    const caller = new AbortController();
    const read = readAll(resilience.stream('chat', () => source, { dialect, signal: caller.signal }));
    await pass(100);
    const reason = new Error('the user left');
    caller.abort(reason);
    expect(source.closed).toBe(1);
    expect(await read).toMatchObject({ events: [{ nth: 1 }, { nth: 2 }], error: reason });
    expect(explain(reason)).toMatchObject({ stopReason: 'cancelled', partial: { text: 'Hel' } });
    expect(findPartial(reason)).toMatchObject({ text: 'Hel' });
    expect(resilience.breaker('chat').stats()).toMatchObject({ failures: 0, ignored: 1 });
    await resilience.close();
  });

  it('holds the trial of a half-open breaker until its end', async () => {
    const { resilience } = setup();
    await resilience.execute('chat', () => Promise.reject(down)).catch(() => undefined);
    await pass(60_000);
    const first = resilience.stream('chat', () => sourceOf(WHOLE), { dialect })[Symbol.asyncIterator]();
    expect(await first.next()).toMatchObject({ done: false });
    await pass(5_000);
    const { error } = await readAll(resilience.stream('chat', () => sourceOf(WHOLE), { dialect }));
    expect(error).toMatchObject({ name: 'BreakerOpenError' });
    while ((await first.next()).done !== true);
    expect(resilience.breaker('chat').state).toBe('closed');
    await resilience.close();
  });

  it('outlives the deadline of the call once it has content', async () => {
    const { resilience } = setup();
    const source = sourceOf(numbered(START, text('Hel')), { event: { nth: 3, signs: [END] }, afterMs: 400 });
    const settings = { attemptTimeoutMs: 200 } as const;
    const read = readAll(resilience.stream('chat', () => source, { dialect, settings, deadlineMs: 300 }));
    await pass(400);
    expect(await read).toMatchObject({ error: undefined, events: { length: 3 } });
    await resilience.close();
  });

  it('can be read once', async () => {
    const { resilience } = setup();
    const stream = resilience.stream('chat', () => sourceOf(WHOLE), { dialect });
    await readAll(stream);
    expect(() => stream[Symbol.asyncIterator]()).toThrow('can be read only once');
    expect(() => stream.toReadableStream()).toThrow('can be read only once');
    await resilience.close();
  });

  it('is converted to a ReadableStream that reads nothing ahead', async () => {
    const { resilience } = setup();
    const source = sourceOf(WHOLE);
    const reader = resilience
      .stream('chat', () => source, { dialect })
      .toReadableStream()
      .getReader();
    await pass(10);
    expect(source.reads).toBe(2);
    expect((await reader.read()).value).toBe(WHOLE[0]);
    expect((await reader.read()).value).toBe(WHOLE[1]);
    expect(source.reads).toBe(2);
    await reader.cancel();
    expect(source.closed).toBe(1);
    await resilience.close();
  });

  it('throws bad input while it is read, and calls nothing', async () => {
    const { resilience } = setup();
    const fn = vi.fn(() => sourceOf(WHOLE));
    // @ts-expect-error a stream cannot be shared
    const shared = resilience.stream('chat', fn, { cache: { key: 'a' } });
    expect((await readAll(shared)).error).toMatchObject({ name: 'ConfigurationError' });
    // @ts-expect-error not a dialect
    const odd = resilience.stream('chat', fn, { dialect: 'openai' });
    expect((await readAll(odd)).error).toMatchObject({ issues: [{ path: 'options.dialect' }] });
    expect(fn).not.toHaveBeenCalled();
    // @ts-expect-error not a stream
    const text = resilience.stream('chat', () => 'text');
    expect((await readAll(text)).error).toMatchObject({ name: 'ConfigurationError' });
    await resilience.close();
  });
});
