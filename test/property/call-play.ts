import assert from 'node:assert/strict';
import { getEventListeners } from 'node:events';
import {
  AttemptTimeoutError,
  BreakerOpenError,
  type Call,
  createResilience,
  DeadlineExceededError,
  type EventType,
  explain,
  type Resilience,
  ResilienceClosedError,
} from 'holdfast';
import { vi } from 'vitest';
import { type Action, type Burst, type CallPlan, type Plan, SIGNALS } from './call-plans.js';
import { drain, pass } from './fake-time.js';

export const OPERATION = 'chat';

/** How a call ended, as its caller sees it. */
export type End = { readonly ok: true; readonly value: unknown } | { readonly ok: false; readonly error: unknown };

/** One call and what became of it. */
export class PlannedCall {
  readonly plan: CallPlan;
  readonly value: object = { of: 'the function' };
  readonly error: Error = new Error('of the function');
  /** One for each time its promise settled. */
  readonly ends: End[] = [];
  invoked = 0;
  signal: AbortSignal | undefined;
  /** What the function waits for, where it does. */
  #release: (() => void) | undefined;
  #isReleased = false;

  constructor(plan: CallPlan) {
    this.plan = plan;
  }

  /** The protected function. */
  work(call: Call, abortCaller: () => void): unknown {
    this.invoked += 1;
    this.signal = call.signal;
    switch (this.plan.work) {
      case 'gives':
        return this.value;
      case 'throws':
        throw this.error;
      case 'resolves later':
        return new Promise((resolve) => this.#later(() => resolve(this.value)));
      case 'rejects later':
        return new Promise((_, reject) => this.#later(() => reject(this.error)));
      case 'settles a thenable later':
        // biome-ignore lint/suspicious/noThenProperty: thenables are what it is about
        return { then: (resolve: (value: unknown) => void) => this.#later(() => resolve(this.value)) };
      case 'never settles':
        return new Promise(() => undefined);
      case 'rejects on abort':
        return new Promise((_, reject) => {
          this.#later(() => reject(this.error));
          call.signal.addEventListener('abort', () => reject(this.error), { once: true });
        });
      case 'aborts its caller, then resolves later':
        abortCaller();
        return new Promise((resolve) => this.#later(() => resolve(this.value)));
    }
  }

  /** Lets the function settle, now or as soon as it is called. */
  release(): void {
    this.#isReleased = true;
    this.#release?.();
  }

  #later(release: () => void): void {
    this.#release = release;
    if (this.#isReleased) release();
  }
}

/** The calls of a plan, while they are played. */
export class Play {
  readonly resilience: Resilience;
  readonly calls: readonly PlannedCall[];
  /** How often each type of event was told of each call. */
  readonly told = new Map<string, EventType[]>();
  closing: Promise<void> | undefined;
  isClosed = false;
  readonly #callers = Array.from({ length: SIGNALS }, () => new AbortController());

  constructor({ settings, calls }: Plan) {
    this.resilience = createResilience({ random: () => 0.5, config: { operations: { [OPERATION]: settings } } });
    this.calls = calls.map((plan) => new PlannedCall(plan));
    this.resilience.on('*', (event) => {
      if (event.callId !== undefined) this.told.set(event.callId, [...(this.told.get(event.callId) ?? []), event.type]);
    });
  }

  async burst({ actions, passMs }: Burst): Promise<void> {
    for (const action of actions) this.#take(action);
    assert(this.listeners() <= SIGNALS, 'more than one listener on a signal');
    if (passMs > 0) await pass(passMs);
    else await drain();
  }

  /** Those whose promise is still pending. */
  get pending(): readonly PlannedCall[] {
    return this.calls.filter(({ ends }) => ends.length === 0);
  }

  /** Listeners that are left on the callers' signals. */
  listeners(): number {
    return this.#callers.reduce((sum, { signal }) => sum + getEventListeners(signal, 'abort').length, 0);
  }

  close(): Promise<void> {
    this.closing ??= this.resilience.close().then(() => {
      this.isClosed = true;
      for (const told of this.told.values()) assert(told.some(isEnd), 'closed while a call was under way');
      // `pass` may have one timer of its own running.
      assert(vi.getTimerCount() <= 1, 'timers left after closing');
    });
    return this.closing;
  }

  reasonOf(signal: number | undefined): unknown {
    return this.#callers[signal ?? -1]?.signal.reason;
  }

  #take(action: Action): void {
    switch (action.do) {
      case 'start':
        this.#start(this.calls[action.call]);
        break;
      case 'settle':
        this.calls[action.call]?.release();
        break;
      case 'abort':
        this.#abort(action.signal);
        break;
      case 'close':
        void this.close();
        break;
    }
  }

  #abort(signal: number): void {
    this.#callers[signal]?.abort(new Error(`caller ${signal} gave up`));
  }

  #start(planned: PlannedCall | undefined): void {
    if (planned === undefined) return;
    const { plan, ends } = planned;
    const signal = this.#callers[plan.signal ?? -1]?.signal;
    const options = signal === undefined ? plan.options : { ...plan.options, signal };
    const work = (call: Call) => planned.work(call, () => this.#abort(plan.signal ?? -1));
    const end = (end: End) => {
      ends.push(end);
    };
    if (plan.door === 'inspect') {
      void this.resilience.inspect(OPERATION, work, options).then(end);
      return;
    }
    this.resilience.execute(OPERATION, work, options).then(
      (value) => end({ ok: true, value }),
      (error: unknown) => end({ ok: false, error }),
    );
  }
}

/** Whether an event tells that a call is over. */
export function isEnd(type: EventType): boolean {
  return type === 'call.succeeded' || type === 'call.failed';
}

/** What the end of a call may mean. */
export type Meaning = 'success' | 'failure' | 'timeout' | 'cancelled' | 'refused' | 'closed';

/** What an end means, and whether it may be: nobody but the function, its limits and its caller decides. */
export function meaningOf(call: PlannedCall, play: Play): Meaning {
  const end = call.ends[0];
  assert(end !== undefined && call.ends.length === 1, `settled ${call.ends.length} times`);
  if (end.ok) {
    assert.equal(end.value, call.value);
    assert.equal(call.signal?.aborted, false, 'the signal of a call that succeeded was aborted');
    return 'success';
  }
  const { error } = end;
  if (error instanceof ResilienceClosedError || error instanceof BreakerOpenError) {
    assert.equal(call.invoked, 0);
    return error instanceof BreakerOpenError ? 'refused' : 'closed';
  }
  if (error === call.error) {
    assert.equal(call.signal?.aborted, false, 'the signal of a call that failed by itself was aborted');
    assert.equal(explain(error)?.failure?.kind, 'unknown');
    return 'failure';
  }
  if (call.invoked > 0) assert.equal(call.signal?.aborted, true, 'the function was not told to stop');
  if (error === play.reasonOf(call.plan.signal)) {
    assert.equal(explain(error)?.stopReason, 'cancelled');
    return 'cancelled';
  }
  const stopReason = error instanceof DeadlineExceededError ? 'deadline' : 'attempts_exhausted';
  assert(error instanceof DeadlineExceededError || error instanceof AttemptTimeoutError, 'an error from nowhere');
  assert.equal(explain(error)?.stopReason, stopReason);
  assert.equal(explain(error)?.failure?.kind, 'timeout');
  return 'timeout';
}
