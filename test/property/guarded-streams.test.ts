import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import fc from 'fast-check';
import { createResilience, protectStream, type StreamSettings, type StreamSign } from 'holdfast';
import { afterEach, test, vi } from 'vitest';
import { httpError } from '../support/failures.js';
import { ScriptedSource, type SourceStep, TEST_DIALECT } from '../support/guarded-streams.js';
import { runs } from '../support/seed.js';
import { drain, pass, stopTime } from './fake-time.js';

afterEach(() => {
  vi.useRealTimers();
});

/** Longer than any stream can take. */
const ALL_OVER_MS = 3_000;

type Piece = 'preamble' | 'content' | 'tool' | 'ping' | 'usage' | 'end' | 'failure' | 'error' | 'silence';

interface SourcePlan {
  readonly pieces: readonly { readonly piece: Piece; readonly afterMs: number }[];
  /** How the source is given, and how it takes being closed. */
  readonly as: 'iterable' | 'readable' | 'generator' | 'hangs at return' | 'throws at return';
  /** How long the function takes. */
  readonly openMs: number;
}

interface Plan {
  /** The sources of the attempts; after the last one the function fails. */
  readonly sources: readonly SourcePlan[];
  readonly limits: StreamSettings;
  readonly maxAttempts: number;
  readonly hedgeMs: number | false;
  /** How long the reader takes after each event. */
  readonly readerMs: number;
  readonly end: { readonly by: 'reading all' | 'break' | 'cancel' | 'abort' | 'never reading'; readonly after: number };
  readonly as: 'loop' | 'readable';
}

const SIGNS: Readonly<Record<Exclude<Piece, 'error' | 'silence'>, readonly StreamSign[]>> = {
  preamble: [{ kind: 'preamble' }],
  content: [{ kind: 'content', text: 'a' }],
  tool: [{ kind: 'tool_call', toolCall: { index: 0, name: 'buy', arguments: '{}' } }],
  ping: [],
  usage: [{ kind: 'usage', usage: { outputTokens: 3 } }],
  end: [{ kind: 'end', finish: 'stop' }],
  failure: [{ kind: 'failure', error: httpError(503) }],
};

// Few values, so that many ends fall into the same moment.
const aTime = fc.constantFrom(0, 0, 0, 5, 10, 20, 40);
const source: fc.Arbitrary<SourcePlan> = fc.record({
  pieces: fc.array(
    fc.record({
      piece: fc.constantFrom<Piece>(
        ...(['preamble', 'content', 'content', 'content', 'tool', 'ping', 'usage', 'end', 'end'] as const),
        ...(['failure', 'error', 'silence'] as const),
      ),
      afterMs: aTime,
    }),
    { maxLength: 8 },
  ),
  as: fc.constantFrom('iterable', 'iterable', 'readable', 'generator', 'hangs at return', 'throws at return'),
  openMs: aTime,
});
const aLimit = fc.constantFrom<number | false>(5, 15, 30, 60, false);
const plan: fc.Arbitrary<Plan> = fc.record({
  sources: fc.array(source, { minLength: 1, maxLength: 3 }),
  limits: fc.record({ firstContentMs: aLimit, idleMs: aLimit, totalMs: fc.constantFrom(10, 50, 120, 500) }),
  maxAttempts: fc.integer({ min: 1, max: 3 }),
  hedgeMs: fc.constantFrom(false as const, 10, 20),
  readerMs: fc.constantFrom(0, 0, 10, 40),
  end: fc.record({
    by: fc.constantFrom('reading all', 'reading all', 'break', 'cancel', 'abort', 'never reading'),
    after: fc.constantFrom(0, 1, 2, 5, 10, 20, 40, 80),
  }),
  as: fc.constantFrom('loop', 'loop', 'readable'),
});

interface Opened {
  readonly script: ScriptedSource;
  readonly given: AsyncIterable<unknown> | ReadableStream<unknown>;
  readonly events: readonly unknown[];
}

/** Opens a source whose events say which attempt they belong to. */
function open({ pieces, as }: SourcePlan, attempt: number): Opened {
  const steps = pieces.map(({ piece, afterMs }, index): SourceStep => {
    if (piece === 'silence') return 'silence';
    if (piece === 'error') return { error: httpError(502), afterMs };
    return { event: { attempt, nth: index, signs: SIGNS[piece] }, afterMs };
  });
  const script = new ScriptedSource(steps);
  const events = steps.flatMap((step) => (typeof step === 'object' && 'event' in step ? [step.event] : []));
  return { script, given: give(script, as), events };
}

function give(script: ScriptedSource, as: SourcePlan['as']): Opened['given'] {
  const iterator = script[Symbol.asyncIterator]();
  const close = () => void iterator.return?.();
  switch (as) {
    case 'iterable':
      return script;
    case 'readable':
      return new ReadableStream(
        {
          pull: async (controller) => {
            const { done, value } = await iterator.next();
            if (done === true) controller.close();
            else controller.enqueue(value);
          },
          cancel: close,
        },
        { highWaterMark: 0 },
      );
    case 'generator': {
      // A stream of an SDK: its `return()` waits for a pending `next()`, and its controller ends the request.
      const controller = new AbortController();
      controller.signal.addEventListener('abort', close, { once: true });
      return Object.assign(
        (async function* () {
          yield* { [Symbol.asyncIterator]: () => iterator };
        })(),
        { controller },
      );
    }
    case 'hangs at return':
    case 'throws at return':
      return {
        [Symbol.asyncIterator]: () => ({
          next: () => iterator.next(),
          return: () => {
            close();
            if (as === 'throws at return') throw new Error('cannot be closed');
            return new Promise(() => undefined);
          },
        }),
      };
  }
}

interface Got {
  readonly events: unknown[];
  ending: 'end' | 'left' | { readonly error: unknown } | undefined;
}

async function read(
  stream: AsyncIterable<unknown> & { toReadableStream(): ReadableStream<unknown> },
  { as, end, readerMs }: Plan,
  got: Got,
): Promise<void> {
  const wait = () => (readerMs === 0 ? undefined : new Promise((resolve) => setTimeout(resolve, readerMs)));
  try {
    for await (const event of as === 'loop' ? stream : stream.toReadableStream()) {
      got.events.push(event);
      if (end.by === 'break' && got.events.length >= Math.max(1, end.after)) {
        got.ending = 'left';
        break;
      }
      await wait();
    }
    got.ending ??= 'end';
  } catch (error) {
    got.ending = { error };
  }
}

/** Does what a plan says to a stream, and lets everything come to its end. */
async function play(
  planned: Plan,
  stream: ReturnType<typeof protectStream<unknown>>,
  caller: AbortController,
): Promise<Got> {
  const got: Got = { events: [], ending: undefined };
  const { by, after } = planned.end;
  if (by !== 'never reading') void read(stream, planned, got);
  if (by === 'cancel' || by === 'abort') {
    setTimeout(() => {
      if (by === 'abort') caller.abort(new Error('the caller left'));
      else stream.cancel();
    }, after);
  }
  await pass(ALL_OVER_MS);
  return got;
}

/** A source that stays open after the terminal marker is not waited for. */
function isEnd(event: unknown): boolean {
  return typeof event === 'object' && event !== null && 'signs' in event && event.signs === SIGNS.end;
}

function isPrefix(part: readonly unknown[], whole: readonly unknown[]): boolean {
  return part.length <= whole.length && part.every((each, index) => each === whole[index]);
}

test('A guarded stream passes on a beginning of one source, closes every source, and settles once, whatever happens.', async () => {
  const seen = { complete: 0, failed: 0, left: 0, retried: 0 };
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      stopTime();
      const { maxAttempts, hedgeMs, limits } = planned;
      const resilience = createResilience({
        random: () => 0.5,
        config: {
          defaults: {
            retry: { maxAttempts, minDelayMs: 5, jitter: 'none', kinds: { overloaded: { minDelayMs: 5 } } },
            hedge: hedgeMs !== false && { delayMs: hedgeMs },
            breaker: { trip: { consecutiveFailures: 1_000 } },
            concurrency: { limit: 5 },
            stream: limits,
          },
        },
      });
      const endings: string[] = [];
      resilience.on('call.succeeded', ({ type }) => endings.push(type));
      resilience.on('call.failed', ({ type }) => endings.push(type));
      const caller = new AbortController();
      const opened: Opened[] = [];
      const stream = resilience.stream(
        'chat',
        async ({ attempt }) => {
          const its = planned.sources[attempt - 1];
          if (its === undefined) throw httpError(503);
          if (its.openMs > 0) await new Promise((resolve) => setTimeout(resolve, its.openMs));
          const source = open(its, attempt);
          opened.push(source);
          return source.given;
        },
        { dialect: TEST_DIALECT, signal: caller.signal },
      );
      const got = await play(planned, stream, caller);
      const report = await stream.done;
      seen[report.status] += 1;
      if (opened.length > 1) seen.retried += 1;

      const of = opened.filter(({ events }) => isPrefix(got.events, events));
      assert.ok(got.events.length === 0 || of.length === 1, 'the events are a beginning of one source');
      if (got.ending === 'end' && report.status === 'complete') {
        const isWhole = of.length === 0 || of.some(({ events }) => events.length === got.events.length);
        assert.ok(isWhole || got.events.some(isEnd), 'nothing is lost');
      }
      if (got.ending === 'end') assert.notEqual(report.status, 'failed', 'no failure ends silently');
      if (planned.end.by !== 'never reading') assert.ok(got.ending !== undefined, 'the reader gets an end');
      for (const { script } of opened) assert.ok(script.isOver, 'every source is closed');
      assert.equal(endings.length, 1, 'the call is counted once');
      assert.equal(endings[0] === 'call.succeeded', report.status === 'complete');
      const { admitted, successes, failures, ignored } = resilience.breaker('chat').stats();
      assert.equal(successes + failures + ignored, admitted, 'every attempt is settled once');
      assert.equal(getEventListeners(caller.signal, 'abort').length, 0, 'no listener is left');
      const { inFlight, operations } = resilience.snapshot();
      assert.equal(inFlight, 0);
      assert.equal(operations['chat']?.keys[0]?.concurrency?.inUse, 0, 'every permit is back');
      await resilience.close();
      await drain();
      assert.equal(vi.getTimerCount(), 0, 'no timer is left');
    }),
    runs(1_500),
  );
  for (const [what, times] of Object.entries(seen)) assert.ok(times > 50, `${what}: ${times}`);
});

test('A stream guarded by itself passes on a beginning of its source and closes it, whatever happens.', async () => {
  await fc.assert(
    fc.asyncProperty(plan, async (planned) => {
      stopTime();
      const caller = new AbortController();
      const [its] = planned.sources;
      assert.ok(its !== undefined);
      const source = open(its, 1);
      const given = its.openMs === 0 ? source.given : Promise.resolve(source.given);
      const stream = protectStream(given, { dialect: TEST_DIALECT, signal: caller.signal, ...planned.limits });
      const got = await play(planned, stream, caller);
      const { status } = await stream.done;
      assert.ok(isPrefix(got.events, source.events), 'the events are a beginning of the source');
      if (got.ending === 'end') assert.notEqual(status, 'failed', 'no failure ends silently');
      assert.ok(source.script.isOver, 'the source is closed');
      assert.equal(getEventListeners(caller.signal, 'abort').length, 0, 'no listener is left');
      assert.equal(vi.getTimerCount(), 0, 'no timer is left');
    }),
    runs(1_000),
  );
});
