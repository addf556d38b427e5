import { monotonicMs, rejectLater, type SignalLinks } from '../runtime/index.js';
import type { Call, Interruption } from './call.js';
import type { CallHost } from './call-host.js';
import type { Failure } from './failure.js';
import { LiveAttempt, type WholeCall } from './live-attempt.js';
import type { Run } from './stage.js';
import type { StopReason } from './stop-reason.js';
import type { StopRule } from './stop-rule.js';

/** What a call is made of. */
export interface CallInit {
  readonly host: CallHost;
  readonly work: (call: Call) => unknown;
  /** The stages it goes through. */
  readonly run: Run;
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  readonly replayable: boolean;
}

/** Why a failed call has ended. */
export interface CallEnding {
  readonly stopReason: StopReason;
  /** The rule behind it; `undefined` where none had to decide. */
  readonly stopRule: StopRule | undefined;
  /** What its error means; `undefined` when a stage refused it and the function has no part in the error. */
  readonly failure: Failure | undefined;
}

/** One call under way: what its attempts have in common, and what can end all of them. */
export class LiveCall implements WholeCall {
  readonly host: CallHost;
  readonly work: (call: Call) => unknown;
  /** Its number, given by who makes it. */
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  readonly #run: Run;
  readonly #callerSignal: AbortSignal | undefined;
  readonly #attempts: [LiveAttempt, ...LiveAttempt[]];
  #attempt: LiveAttempt;
  #hear: ((reason: unknown) => void) | undefined;
  #interruption: Interruption | undefined;
  #stopped: CallEnding | undefined;

  constructor(init: CallInit) {
    this.host = init.host;
    this.work = init.work;
    this.serial = init.serial;
    this.startedAtMs = init.startedAtMs;
    this.deadlineMs = init.deadlineMs;
    this.context = init.context;
    this.idempotent = init.idempotent;
    this.replayable = init.replayable;
    this.#run = init.run;
    this.#callerSignal = init.signal;
    this.#attempt = new LiveAttempt(this, 1, init.startedAtMs, Number.POSITIVE_INFINITY);
    this.#attempts = [this.#attempt];
  }

  get id(): string {
    return this.host.callId(this.serial);
  }

  /** Every attempt in its order. */
  get attempts(): readonly [LiveAttempt, ...LiveAttempt[]] {
    return this.#attempts;
  }

  /** The attempt under way, or the last one. */
  get attempt(): LiveAttempt {
    return this.#attempt;
  }

  remainingMs(): number {
    if (this.deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.startedAtMs + this.deadlineMs - monotonicMs());
  }

  /** Goes through the stages, unless the caller's signal has aborted already; from here on it is listened to. */
  start(links: SignalLinks): Promise<unknown> {
    try {
      if (this.#callerSignal !== undefined) this.#listen(this.#callerSignal, links);
      return this.#interruption === undefined ? this.#run(this.#attempt) : rejectLater(this.#interruption.error);
    } catch (error) {
      return rejectLater(error);
    }
  }

  interrupt(interruption: Interruption): void {
    if (this.#interruption !== undefined) return;
    this.#interruption = interruption;
    this.#attempt.end(interruption);
  }

  again(beginByMs: number): LiveAttempt {
    this.#attempt = new LiveAttempt(this, this.#attempts.length + 1, monotonicMs(), beginByMs);
    this.#attempts.push(this.#attempt);
    // It may have come between the end of the last attempt and now, when there was nothing to end.
    if (this.#interruption !== undefined) this.#attempt.end(this.#interruption);
    return this.#attempt;
  }

  stop(stopReason: StopReason, stopRule: StopRule, failure: Failure): void {
    this.#stopped = { stopReason, stopRule, failure };
  }

  /** Why it ended with this error: by the rule that a stage has named, or by how the last attempt ended. */
  ending(error: unknown): CallEnding {
    if (this.#stopped !== undefined) return this.#stopped;
    const { refusedBy, interruption } = this.#attempt;
    const stopRule = undefined;
    if (refusedBy !== undefined) return { stopReason: refusedBy, stopRule, failure: undefined };
    const failure = this.#attempt.failureOf(error);
    if (interruption?.by === 'deadline') return { stopReason: 'deadline', stopRule, failure };
    if (interruption?.by === 'caller' || failure.kind === 'cancelled')
      return { stopReason: 'cancelled', stopRule, failure };
    return { stopReason: failure.retry === 'never' ? 'not_retryable' : 'attempts_exhausted', stopRule, failure };
  }

  /** Leaves the caller's signal alone again. */
  unlink(links: SignalLinks): void {
    if (this.#callerSignal !== undefined && this.#hear !== undefined) links.unlink(this.#callerSignal, this.#hear);
  }

  #listen(signal: AbortSignal, links: SignalLinks): void {
    const hear = (reason: unknown) => this.interrupt({ by: 'caller', error: reason });
    if (signal.aborted) {
      hear(signal.reason);
      return;
    }
    this.#hear = hear;
    links.link(signal, hear);
  }
}
