import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
  type Call,
  createResilience,
  type ExecuteOptions,
  HoldfastError,
  type HoldfastEvent,
  type Report,
  type Resilience,
  ResilienceClosedError,
} from 'holdfast';
import { vi } from 'vitest';
import {
  BACKUP,
  cacheOfCall,
  composedCall,
  composedOptions,
  DEADLINE_MS,
  FALLBACK_VALUES,
  type Part,
  TARGET_NAMES,
} from './composed-options.js';
import { Dice } from './dice.js';
import { checkKey, checkStats, checkSums, EventsOfCalls } from './ended-checks.js';
import { pass } from './fake-time.js';
import { type Invocation, RandomFunctions } from './random-functions.js';

const OPERATION = 'chat';
/** Longer than anything can take that has a limit. */
const ALL_OVER_MS = 2_000;

/** How a call ended, as its caller sees it. */
type End = { readonly report?: Report<unknown> } & (
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly error: unknown }
);

/** One call that was made. */
interface MadeCall {
  readonly number: number;
  readonly options: ExecuteOptions<string, unknown>;
  readonly controller: AbortController;
  readonly startedAtMs: number;
  /** One for each time that its promise settled. */
  readonly ends: End[];
  endedAtMs: number;
}

/** One `Resilience` with some parts, from its creation to its end, and the calls that are made of it. */
export class ComposedLife {
  readonly #parts: ReadonlySet<Part>;
  readonly #dice: Dice;
  readonly #resilience: Resilience;
  readonly #functions: RandomFunctions;
  readonly #hasCache: boolean;
  readonly #calls: MadeCall[] = [];
  readonly #events = new EventsOfCalls();
  #controller = new AbortController();
  #closing: Promise<number> | undefined;

  constructor(parts: ReadonlySet<Part>, seed: number) {
    this.#parts = parts;
    this.#dice = new Dice(seed);
    this.#functions = new RandomFunctions(this.#dice);
    this.#hasCache = this.#dice.chance(0.25);
    this.#resilience = createResilience(composedOptions(parts, this.#dice));
    this.#resilience.on('*', (event) => this.#onEvent(event));
  }

  /** What was seen: the types of events, and what ended calls. */
  get seen(): readonly string[] {
    const reasons = this.#calls.flatMap(({ ends }) => ends.flatMap(({ report }) => report?.stopReason ?? []));
    const cached = this.#calls.flatMap(({ ends }) => ends.flatMap(({ report }) => report?.cached || []));
    const steps = this.#calls.flatMap(({ ends }) =>
      ends.flatMap(({ report }) => (report?.fallbackUsed ? `fallback ${report.fallbackUsed.step}` : [])),
    );
    return [...this.#events.types, ...reasons, ...cached, ...steps];
  }

  /** One thing that happens. */
  step(): void {
    const what = this.#dice.random();
    if (what < 0.7) this.#call();
    else if (what < 0.85) this.#functions.release();
    else if (what < 0.92) this.#abort();
    else if (what < 0.94) void this.#close();
  }

  passMs(): number {
    return Math.floor(this.#dice.random() ** 3 * 40);
  }

  /** Closes, lets every limit run out and every function end, and checks what is left. */
  async end(): Promise<void> {
    const closing = this.#close();
    await pass(ALL_OVER_MS);
    for (const call of this.#pending) assert(this.#mayLastForEver(call), `call ${call.number} has outlived its limits`);
    // Functions that were given up go on, unless a call without any limit waits for one of them.
    if (this.#pending.length > 0) this.#functions.releaseAll();
    for (let round = 0; round < 20 && this.#pending.length > 0; round++) await pass(ALL_OVER_MS);
    for (const call of this.#calls) this.#checkEnd(call);
    // `pass` may have one timer of its own running.
    assert((await closing) <= 1, 'timers are left when close() resolves');
    assert.equal(vi.getTimerCount(), 0, 'timers are left');
    this.#events.check();
    assert(!this.#events.types.has('hook.failed'), 'a hook failed');
    this.#checkNumbers();
    const before = this.#resilience.snapshot().operations;
    this.#functions.releaseAll();
    await pass(ALL_OVER_MS);
    this.#checkLateResults(before);
  }

  /** Listeners run in the middle of things, and may do anything. One that throws is a hook that failed. */
  #onEvent(event: HoldfastEvent): void {
    this.#events.add(event);
    if (event.type === 'target.moved') this.#checkMove(event);
    const what = this.#dice.random();
    if (what < 0.02) this.#abort();
    else if (what < 0.04) this.#functions.release();
    else if (what < 0.041) void this.#close();
  }

  /** A call that has been ended moves nowhere. */
  #checkMove({ from, to, context }: HoldfastEvent & { readonly type: 'target.moved' }): void {
    assert(TARGET_NAMES.includes(from), from);
    assert(TARGET_NAMES.includes(to), to);
    const call = this.#calls.find(({ number }) => number === context['number']);
    assert(call !== undefined);
    // An execution that is shared goes on for the others.
    if (call.options.cache !== undefined) return;
    assert(call.options.signal?.aborted !== true, 'moved after its caller had left');
    const { deadlineMs = false } = call.options;
    if (deadlineMs !== false) assert(performance.now() < call.startedAtMs + deadlineMs, 'moved after its deadline');
  }

  get #pending(): readonly MadeCall[] {
    return this.#calls.filter(({ ends }) => ends.length === 0);
  }

  #mayLastForEver({ options: { deadlineMs } }: MadeCall): boolean {
    return deadlineMs === undefined && !this.#parts.has('deadline');
  }

  #call(): void {
    const number = this.#calls.length;
    const dice = this.#dice;
    const options: ExecuteOptions<string, unknown> = {
      ...composedCall(this.#parts, number, dice),
      ...(dice.chance(0.5) && { signal: this.#controller.signal }),
      ...(this.#hasCache && dice.chance(0.7) && { cache: cacheOfCall(dice) }),
    };
    const call: MadeCall = {
      number,
      options,
      controller: this.#controller,
      startedAtMs: performance.now(),
      ends: [],
      endedAtMs: 0,
    };
    this.#calls.push(call);
    const end = (end: End) => {
      call.ends.push(end);
      call.endedAtMs = performance.now();
    };
    const work = (live: Call) => {
      // Whoever shares an execution may leave it to the others.
      if (options.cache === undefined) assert.equal(call.ends.length, 0, 'called after the end of its call');
      return this.#functions.run(live, () => call.controller.abort(new Error('left while it was called')));
    };
    if (dice.chance(0.4)) {
      void this.#resilience.inspect(OPERATION, work, options).then((report) => end({ ...report, report }));
      return;
    }
    this.#resilience.execute(OPERATION, work, options).then(
      (value) => end({ ok: true, value }),
      (error: unknown) => end({ ok: false, error }),
    );
  }

  #abort(): void {
    this.#controller.abort(new Error('all callers left'));
    // Later calls may bring a signal that has aborted long ago.
    if (this.#dice.chance(0.8)) this.#controller = new AbortController();
  }

  #close(): Promise<number> {
    this.#closing ??= this.#resilience.close().then(() => vi.getTimerCount());
    return this.#closing;
  }

  #checkEnd(call: MadeCall): void {
    const [end, ...others] = call.ends;
    assert(end !== undefined && others.length === 0, `call ${call.number} settled ${call.ends.length} times`);
    if (end.ok) this.#checkValue(call, end.value, end.report);
    else this.#checkError(call, end.error);
    if (end.report !== undefined) this.#checkReport(call, end.report);
    this.#checkListeners(call);
    const limitMs = call.options.deadlineMs ?? (this.#parts.has('deadline') ? DEADLINE_MS : false);
    if (limitMs !== false) assert(call.endedAtMs - call.startedAtMs <= limitMs + 1, `call ${call.number} ended late`);
  }

  /** A value comes from a function of the call, from its fallback, or from a call that it shares with. */
  #checkValue({ number, options }: MadeCall, value: unknown, report: Report<unknown> | undefined): void {
    const source = this.#functions.invocations.find((each) => each.value === value);
    if (source === undefined) {
      assert(Object.values<unknown>(FALLBACK_VALUES).includes(value), `call ${number} has a value from nowhere`);
      assert(report?.fallbackUsed !== false, 'the value of a fallback that was not used');
      return;
    }
    assert.equal(source.gave, 'value');
    if (source.of === number) return;
    const isKept = this.#parts.has('fallback') || options.cache !== undefined;
    assert(isKept, `call ${number} has the value of call ${source.of}`);
  }

  /** An error is that of a function, the reason of an abort, or an error of ours. */
  #checkError({ number, options, controller }: MadeCall, error: unknown): void {
    if (error instanceof HoldfastError) return;
    if (controller.signal.aborted && error === controller.signal.reason) return;
    const thrown = this.#functions.invocations.filter((each) => each.gave === 'error' && Object.is(each.error, error));
    assert(thrown.length > 0, `call ${number} has an error from nowhere: ${String(error)}`);
    if (options.cache === undefined) assert(thrown.some(({ of }) => of === number));
  }

  /** Only the stream that a call gave follows its caller any longer. */
  #checkListeners({ number, controller: { signal } }: MadeCall): void {
    const streams = this.#calls.filter(({ controller, ends: [end] }) => {
      return controller.signal === signal && end?.ok === true && isStream(end.value);
    });
    const left = getEventListeners(signal, 'abort').length;
    assert(left === 0 || streams.length > 0, `call ${number} has left ${left} listeners`);
  }

  #checkReport({ number, options }: MadeCall, report: Report<unknown>): void {
    assert.equal(report.operation, OPERATION);
    for (const { target } of report.attempts) assert(target === undefined || TARGET_NAMES.includes(target));
    if (options.cache !== undefined) return;
    const invoked = report.attempts.filter(({ outcome }) => outcome !== 'rejected').length;
    assert.equal(invoked, this.#invocationsOf(number).length, 'the report has not every attempt');
    if (!report.ok || report.fallbackUsed !== false) return;
    const winners = report.attempts.filter(({ outcome }) => outcome === 'success').map(({ number }) => number);
    const source = this.#functions.invocations.find((each) => each.value === report.value);
    assert.deepEqual(winners, [source?.attempt]);
    assert.equal(report.target, source?.target);
  }

  #invocationsOf(number: number): readonly Invocation[] {
    return this.#functions.invocations.filter((each) => each.of === number && each.operation === OPERATION);
  }

  #checkNumbers(): void {
    const { inFlight, operations } = this.#resilience.snapshot();
    assert.equal(inFlight, 0);
    checkStats(this.#resilience.stats());
    for (const [operation, snapshot] of Object.entries(operations)) {
      const { stats, keys } = snapshot;
      checkStats(stats);
      checkSums(snapshot, this.#parts.has('targets'));
      for (const key of keys) {
        checkKey(key);
        assert(key.target === null || TARGET_NAMES.includes(key.target), `the target ${key.target}`);
        const { abandoned = 0 } = key.concurrency ?? {};
        assert(abandoned <= this.#functions.running(operation, key.key), 'more permits are held than functions run');
      }
      const started = this.#events.started.filter(([first]) => first?.operation === operation);
      assert.equal(stats.calls, started.length);
      const invocations = this.#functions.invocations.filter((each) => each.operation === operation);
      assert.equal(stats.attempts, invocations.length);
      // A call that shares has the function of another one called, and one whose value is a stream calls its own besides.
      if (this.#hasCache) continue;
      const invoked = new Set(invocations.map(({ of }) => of)).size;
      assert.equal(stats.attempts, invoked + stats.retries + stats.hedges);
      if (operation === BACKUP) continue;
      const accepted = this.#calls.filter(({ ends: [end] }) => !(end && !end.ok && isClosed(end.error)));
      assert.equal(stats.calls, accepted.length);
    }
  }

  /** What functions give after their calls have ended changes nothing, but that their permits are free. */
  #checkLateResults(before: ReturnType<Resilience['snapshot']>['operations']): void {
    assert(this.#functions.invocations.every(({ gave }) => gave !== 'nothing'));
    assert.equal(vi.getTimerCount(), 0, 'a late result has started a timer');
    const { inFlight, operations } = this.#resilience.snapshot();
    assert.equal(inFlight, 0);
    for (const call of this.#calls) assert.equal(call.ends.length, 1);
    for (const [operation, { stats, keys }] of Object.entries(operations)) {
      assert.deepEqual(stats, before[operation]?.stats);
      for (const key of keys) {
        checkKey(key);
        assert.equal(key.concurrency?.inUse ?? 0, 0, 'a permit is held for ever');
      }
    }
  }
}

function isClosed(error: unknown): boolean {
  return error instanceof ResilienceClosedError;
}

function isStream(value: unknown): boolean {
  return typeof value === 'object' && value !== null && Symbol.asyncIterator in value;
}
