import { getEventListeners } from 'node:events';
import { setImmediate as turn } from 'node:timers/promises';
import { createResilience, type Dialect, type ProtectedStream, protectStream, type Resilience } from 'holdfast';
import { afterEach, describe, expect, it, vi } from 'vitest';
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
import { randomFrom, SEED } from '../support/seed.js';
import { pass, useFakeTime } from '../support/time.js';

const dialect: Dialect = TEST_DIALECT;
const ANSWER = numbered(START, text('Hel'), text('lo'), END);
const SILENT = [START, text('Hel')];

const opened: Resilience[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((each) => each.close()));
});

function setup(): Resilience {
  const resilience = createResilience({
    random: () => 0.5,
    config: { defaults: { retry: false, stream: { firstContentMs: 1_000, idleMs: 500, totalMs: 10_000 } } },
  });
  opened.push(resilience);
  return resilience;
}

interface Opened {
  readonly stream: ProtectedStream<unknown>;
  /** Ends it from outside. */
  readonly leave: () => void;
}

/** The ways to open a stream, and to leave it. */
function open(nth: number, resilience: Resilience, source: ScriptedSource, signal: AbortSignal): Opened {
  if (nth % 2 === 0) {
    const stream = resilience.stream('chat', () => source, { dialect, signal });
    return { stream, leave: () => stream.cancel() };
  }
  if (nth % 4 === 1) {
    const stream = protectStream(source, { dialect, signal, idleMs: 500 });
    return { stream, leave: () => stream.cancel() };
  }
  const own = new AbortController();
  const stream = protectStream(source, { dialect, signal: own.signal, idleMs: 500 });
  return { stream, leave: () => own.abort(new Error('left')) };
}

describe('1,000 guarded streams of one caller', () => {
  useFakeTime();

  it('share one listener of its signal, and leave none, no timer and no open source, however they end', async () => {
    const resilience = setup();
    const caller = new AbortController();
    const random = randomFrom(SEED);
    const all = Array.from({ length: 1_000 }, (_, nth) => {
      const source = random() < 0.5 ? sourceOf(ANSWER) : sourceOf(numbered(...SILENT), 'silence');
      return { source, ...open(nth, resilience, source, caller.signal) };
    });
    for (const { stream } of all) void readAll(stream);
    await pass(1);
    expect(getEventListeners(caller.signal, 'abort').length).toBeLessThanOrEqual(2);
    for (const { leave } of all) if (random() < 0.5) leave();
    await pass(10_000);
    const reports = await Promise.all(all.map(({ stream }) => stream.done));
    const statuses = new Set(reports.map(({ status }) => status));
    expect(statuses).toEqual(new Set(['complete', 'failed', 'left']));
    expect(all.filter(({ source }) => !source.isOver)).toEqual([]);
    expect(getEventListeners(caller.signal, 'abort')).toHaveLength(0);
    expect(resilience.snapshot().inFlight).toBe(0);
    const { calls, successes, failures } = resilience.stats('chat');
    expect({ calls, ended: successes + failures }).toEqual({ calls: 500, ended: 500 });
    await opened.pop()?.close();
    expect(vi.getTimerCount()).toBe(0);
  });
});

describe('the source of a guarded stream', () => {
  useFakeTime();

  it('is not read ahead: after the first content one event for each that is asked for', async () => {
    const resilience = setup();
    const source = sourceOf(ANSWER);
    const iterator = resilience.stream('chat', () => source, { dialect })[Symbol.asyncIterator]();
    await pass(100);
    expect(source.reads).toBe(2);
    const reads: number[] = [];
    for (let nth = 0; nth < 4; nth++) {
      await iterator.next();
      await pass(100);
      reads.push(source.reads);
    }
    expect(reads).toEqual([2, 2, 3, 4]);
    await iterator.return?.();
  });

  it('is not read ahead where it is guarded by itself', async () => {
    const source = sourceOf(ANSWER);
    const iterator = protectStream(source, { dialect })[Symbol.asyncIterator]();
    await pass(100);
    expect(source.reads).toBe(0);
    await iterator.next();
    await pass(100);
    expect(source.reads).toBe(1);
    await iterator.return?.();
  });

  it('is closed at once by a reader that leaves in the middle of a silence, which asks for nothing more', async () => {
    const resilience = setup();
    const source = sourceOf(numbered(...SILENT), 'silence');
    const stream = resilience.stream('chat', () => source, { dialect });
    const iterator = stream[Symbol.asyncIterator]();
    await iterator.next();
    await iterator.next();
    const pending = iterator.next();
    await pass(1);
    const left = iterator.return?.();
    expect(source.closed).toBe(1);
    expect(await left).toEqual({ done: true, value: undefined });
    expect(await pending).toEqual({ done: true, value: undefined });
    expect(source.reads).toBe(3);
    expect(await stream.done).toMatchObject({ status: 'left', text: 'Hel' });
  });
});

describe('a long guarded stream', () => {
  it('keeps nothing of its events', async () => {
    const resilience = setup();
    const EVENTS = 100_000;
    async function* generate() {
      for (let nth = 0; nth < EVENTS; nth++) yield { nth, signs: [{ kind: 'content' }], filling: 'x'.repeat(100) };
      yield { nth: EVENTS, signs: [END] };
    }
    let before = 0;
    let events = 0;
    for await (const _ of resilience.stream('chat', generate, { dialect })) {
      events += 1;
      if (events === EVENTS / 10) before = await heapUsed();
    }
    expect(events).toBe(EVENTS + 1);
    // One pointer kept for each event would be 720,000 bytes.
    expect((await heapUsed()) - before).toBeLessThan(500_000);
  });
});

async function heapUsed(): Promise<number> {
  if (globalThis.gc === undefined) throw new Error('run with --expose-gc, as the integration project does');
  for (let pass = 0; pass < 3; pass++) {
    await turn();
    globalThis.gc();
  }
  return process.memoryUsage().heapUsed;
}
