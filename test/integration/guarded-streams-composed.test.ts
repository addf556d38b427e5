import { createResilience, type Resilience, type Settings } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { errorOf, recorded, typesOf } from '../support/calls.js';
import {
  END,
  numbered,
  readAll,
  ScriptedSource,
  type SourceStep,
  START,
  sourceOf,
  TEST_DIALECT,
  text,
} from '../support/guarded-streams.js';
import { pass, useFakeTime } from '../support/time.js';

useFakeTime();

const opened: Resilience[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
  expect(vi.getTimerCount()).toBe(0);
});

const dialect = TEST_DIALECT;
const down = Object.assign(new Error('down'), { status: 503 });
const NEXT = numbered(START, text('from the other'), END);

function setup(settings: Settings = {}) {
  const resilience = createResilience({
    random: () => 0.5,
    config: {
      defaults: { retry: false, stream: { firstContentMs: 1_000, idleMs: 500, totalMs: 10_000 }, ...settings },
    },
  });
  opened.push(resilience);
  return resilience;
}

describe('a guarded stream', () => {
  it('is hedged by its first content, and closes the source of the attempt that lost', async () => {
    const resilience = setup({ hedge: { delayMs: 100 }, breaker: { trip: { consecutiveFailures: 1 } } });
    const slow = sourceOf(numbered(START, 'ping'), 'silence');
    const sources = [slow, sourceOf(NEXT)];
    const signals: AbortSignal[] = [];
    const events = recorded(resilience);
    const stream = resilience.stream(
      'chat',
      ({ attempt, signal }) => {
        signals.push(signal);
        return sources[attempt - 1] ?? sourceOf([]);
      },
      { dialect },
    );
    const read = readAll(stream);
    await pass(100);
    expect(await read).toEqual({ events: NEXT, error: undefined });
    expect(slow.closed).toBe(1);
    expect(signals.map(({ aborted }) => aborted)).toEqual([true, false]);
    expect(typesOf(events)).toContain('hedge.ended');
    expect(resilience.breaker('chat').stats()).toMatchObject({ successes: 1, failures: 0, ignored: 1 });
    expect(resilience.stats('chat')).toMatchObject({ calls: 1, successes: 1 });
  });

  it('moves to another target before its first content, and not after it', async () => {
    const resilience = setup();
    const asked: string[] = [];
    const run = (first: ScriptedSource) => {
      const stream = resilience.stream(
        'chat',
        ({ target }) => {
          asked.push(target?.name ?? '');
          return target?.name === 'eu' ? first : sourceOf(NEXT);
        },
        { dialect, targets: ['eu', 'us'] },
      );
      const read = readAll(stream);
      return pass(100).then(() => read);
    };
    const early = await run(sourceOf(numbered(START, { kind: 'failure', error: down })));
    expect(early).toEqual({ events: NEXT, error: undefined });
    const late = await run(sourceOf(numbered(text('Hel'), { kind: 'failure', error: down })));
    expect(late).toMatchObject({ events: { length: 1 }, error: down });
    expect(asked).toEqual(['eu', 'us', 'eu']);
  });

  it.each([
    ['a stream', () => sourceOf(NEXT), NEXT],
    ['a list of events', () => NEXT, NEXT],
    ['anything else, as its one event', () => 'sorry', ['sorry']],
  ])('takes %s for the answer of a fallback', async (_, fallback, expected) => {
    const resilience = setup();
    const fn = () => sourceOf(numbered(START, { kind: 'failure', error: down }));
    // @ts-expect-error a fallback should give a stream
    const stream = resilience.stream('chat', fn, { dialect, fallback });
    expect(await readAll(stream)).toEqual({ events: expected, error: undefined });
    expect(await stream.done).toMatchObject({ status: 'complete' });
  });

  it('is guarded in the operation of its fallback as well', async () => {
    const resilience = setup();
    const failing = sourceOf(numbered({ kind: 'failure', error: down }));
    const backup = sourceOf(numbered(START, text('Hel')), 'silence');
    const caller = new AbortController();
    const stream = resilience.stream('chat', ({ operation }) => (operation === 'chat' ? failing : backup), {
      dialect,
      signal: caller.signal,
      fallback: { operation: 'backup' },
    });
    const read = readAll(stream);
    await pass(100);
    expect(resilience.breaker('backup').stats()).toMatchObject({ admitted: 1, successes: 0 });
    caller.abort(new Error('left'));
    expect(await read).toMatchObject({ events: { length: 2 }, error: { message: 'left' } });
    expect(backup.closed).toBe(1);
    expect(resilience.breaker('backup').stats()).toMatchObject({ ignored: 1 });
  });

  it('keeps its permit until its end', async () => {
    const resilience = setup({ concurrency: { limit: 1, queue: 1 } });
    const first = resilience.stream('chat', () => sourceOf(NEXT), { dialect });
    await pass(10);
    const second = resilience.stream('chat', () => sourceOf(NEXT), { dialect });
    const read = readAll(second);
    await pass(100);
    expect(resilience.snapshot().operations['chat']?.keys[0]?.concurrency).toMatchObject({ inUse: 1, waiting: 1 });
    await readAll(first);
    expect(await read).toMatchObject({ error: undefined });
  });

  it('is waited for by close(), until its limits at most', async () => {
    const resilience = setup();
    const stream = resilience.stream('chat', () => sourceOf(numbered(text('Hel')), 'silence'), { dialect });
    await pass(10);
    let closed = false;
    void resilience.close().then(() => {
      closed = true;
    });
    await pass(9_000);
    expect(closed).toBe(false);
    await pass(990);
    expect(closed).toBe(true);
    expect(await stream.done).toMatchObject({ status: 'failed', error: { phase: 'total' } });
  });

  it('settles with what the provider reported, for limits that follow it', async () => {
    const resilience = setup({ pacing: { tokensPerMinute: 10_000 } });
    const events = numbered(text('a'), [{ kind: 'usage', usage: { inputTokens: 4_000, outputTokens: 4_000 } }, END]);
    await readAll(
      resilience.stream('chat', () => sourceOf(events), { dialect, estimate: { inputTokens: 1, outputTokens: 1 } }),
    );
    const next = resilience.execute('chat', () => 'paced', { estimate: { inputTokens: 9_000, outputTokens: 1 } });
    expect(await errorOf(next)).toMatchObject({ name: 'CapacityError', refusal: 'pacing' });
  });

  it('holds back a thousand events without content at most', async () => {
    const resilience = setup();
    const pings: SourceStep[] = Array.from({ length: 1_500 }, (_, nth) => ({ event: { nth, signs: [] } }));
    const source = new ScriptedSource([...pings, ...NEXT.map((event) => ({ event }))]);
    const iterator = resilience.stream('chat', () => source, { dialect })[Symbol.asyncIterator]();
    await pass(10);
    expect(source.reads).toBe(1_000);
    let events = 0;
    while ((await iterator.next()).done !== true) events += 1;
    expect(events).toBe(1_503);
  });

  it('keeps a bounded part of a long text, and all of its events', async () => {
    const resilience = setup();
    const long = text('x'.repeat(400_000));
    const stream = resilience.stream('chat', () => sourceOf(numbered(long, long, long, END)), { dialect });
    expect(await readAll(stream)).toMatchObject({ events: { length: 4 } });
    expect((await stream.done).text).toHaveLength(1_048_576);
  });

  it('takes every event of an unknown API for content', async () => {
    const resilience = setup();
    const stream = resilience.stream('chat', () => sourceOf(['a', 'b', { c: 1 }]));
    expect(await readAll(stream)).toEqual({ events: ['a', 'b', { c: 1 }], error: undefined });
    expect(await stream.done).toMatchObject({ status: 'complete', text: 'ab' });
  });

  it('takes an event that its dialect cannot read for content', async () => {
    const resilience = setup();
    const odd = {
      ...dialect,
      hasEnd: false,
      read: () => {
        throw new Error('odd');
      },
    };
    const stream = resilience.stream('chat', () => sourceOf(['a', 'b']), { dialect: odd });
    expect(await readAll(stream)).toEqual({ events: ['a', 'b'], error: undefined });
  });

  it('answers reads that are asked for at once in their order', async () => {
    const resilience = setup();
    const iterator = resilience.stream('chat', () => sourceOf(NEXT), { dialect })[Symbol.asyncIterator]();
    const results = await Promise.all([1, 2, 3, 4, 5].map(() => iterator.next()));
    expect(results.map(({ value }) => value)).toEqual([...NEXT, undefined, undefined]);
  });

  it('counts an answer as complete when its reader leaves after the terminal marker', async () => {
    const resilience = setup();
    const source = sourceOf(NEXT, 'silence');
    for await (const event of resilience.stream('chat', () => source, { dialect })) if (event === NEXT.at(-1)) break;
    expect(source.closed).toBe(1);
    expect(resilience.stats('chat')).toMatchObject({ successes: 1, failures: 0 });
  });

  it('ends normally where the provider leaves the connection open after the terminal marker', async () => {
    const resilience = setup();
    const source = sourceOf(NEXT, 'silence');
    const read = readAll(resilience.stream('chat', () => source, { dialect }));
    await pass(500);
    expect(await read).toEqual({ events: NEXT, error: undefined });
    expect(source.closed).toBe(1);
    expect(resilience.stats('chat')).toMatchObject({ successes: 1 });
  });
});
