import { DeadlineExceededError } from '../errors/index.js';
import { LONGEST_TIMER_MS, monotonicMs, rejectLater, startWait, stopTimer, toPromise } from '../runtime/index.js';
import type { Call, Interruption, StagedCall } from './call.js';
import type { CallHost, TimedAttempt } from './call-host.js';
import type { Failure } from './failure.js';
import type { StopReason } from './stop-reason.js';
import type { StopRule } from './stop-rule.js';

/** What the attempts of a call have in common. */
export interface WholeCall {
  readonly host: CallHost;
  readonly id: string;
  readonly work: (call: Call) => unknown;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  readonly idempotent: boolean;
  readonly replayable: boolean;
  remainingMs(): number;
  /** Ends whatever is under way. */
  interrupt(interruption: Interruption): void;
  again(beginByMs: number): StagedCall;
  stop(reason: StopReason, stopRule: StopRule, failure: Failure): void;
}

/** One attempt of a call: what the stages and the function are given. */
export class LiveAttempt implements TimedAttempt {
  readonly attempt: number;
  readonly beginByMs: number;
  refusedBy: StopReason | undefined;
  /** When it was made, which is before it waits. */
  readonly #madeAtMs: number;
  #waitedMs = 0;
  #endedAtMs: number | undefined;
  readonly #call: WholeCall;
  #progress: 'waiting' | 'running' | 'settled' = 'waiting';
  #interruption: Interruption | undefined;
  /** Rejects what the attempt is waiting for: the function, or a pause. */
  #reject: ((error: unknown) => void) | undefined;
  #controller: AbortController | undefined;
  #judged: { readonly error: unknown; readonly failure: Failure } | undefined;

  constructor(call: WholeCall, number: number, madeAtMs: number, beginByMs: number) {
    this.#call = call;
    this.attempt = number;
    this.beginByMs = beginByMs;
    this.#madeAtMs = madeAtMs;
  }

  get id(): string {
    return this.#call.id;
  }

  get operation(): string {
    return this.#call.host.operation;
  }

  get key(): string | undefined {
    return this.#call.host.key;
  }

  get startedAtMs(): number {
    return this.#call.startedAtMs;
  }

  get deadlineMs(): number | undefined {
    return this.#call.deadlineMs;
  }

  get context(): Readonly<Record<string, unknown>> {
    return this.#call.context;
  }

  get idempotent(): boolean {
    return this.#call.idempotent;
  }

  get replayable(): boolean {
    return this.#call.replayable;
  }

  get signal(): AbortSignal {
    if (this.#controller === undefined) {
      this.#controller = new AbortController();
      if (this.#interruption !== undefined) this.#controller.abort(abortReason(this.#interruption));
    }
    return this.#controller.signal;
  }

  get interruption(): Interruption | undefined {
    return this.#interruption;
  }

  get invoked(): boolean {
    return this.#progress !== 'waiting';
  }

  /** When it began, its waiting done, by the monotonic clock. */
  get beganAtMs(): number {
    return this.#madeAtMs + this.#waitedMs;
  }

  /** How long it waited before it began, in milliseconds. */
  get waitedMs(): number {
    return this.#waitedMs;
  }

  /** When it failed, by the monotonic clock; `undefined` as long as it did not. */
  get endedAtMs(): number | undefined {
    return this.#endedAtMs;
  }

  /** What its error meant, when somebody has asked. */
  get failure(): Failure | undefined {
    return this.#judged?.failure;
  }

  remainingMs(): number {
    return this.#call.remainingMs();
  }

  invoke(): Promise<unknown> {
    if (this.#interruption !== undefined) return rejectLater(this.#interruption.error);
    const { host, work } = this.#call;
    this.#progress = 'running';
    host.attempted(this);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      toPromise(() => work(this)).then(
        (value) => {
          if (this.#interruption !== undefined) return host.attemptAbandoned(this, 'success');
          this.#progress = 'settled';
          resolve(value);
        },
        (error: unknown) => {
          if (this.#interruption !== undefined) return host.attemptAbandoned(this, 'failure');
          this.#progress = 'settled';
          this.#endedAtMs = monotonicMs();
          host.attemptFailed(this, error);
          reject(error);
        },
      );
    });
  }

  interrupt(interruption: Interruption): void {
    // An attempt's own timeout is its own matter; the caller and the deadline end the whole call.
    if (interruption.by === 'attempt_timeout') this.end(interruption);
    else this.#call.interrupt(interruption);
  }

  /** Ends this attempt, unless it has ended. */
  end(interruption: Interruption): void {
    if (this.#interruption !== undefined || this.#progress === 'settled') return;
    this.#interruption = interruption;
    this.#endedAtMs = monotonicMs();
    // First the promise, so that what a listener of the signal throws or rejects with cannot come before it.
    this.#reject?.(interruption.error);
    this.#controller?.abort(abortReason(interruption));
    if (this.invoked) this.#call.host.attemptFailed(this, interruption.error);
  }

  failureOf(error: unknown): Failure {
    // Asked by several stages, and reading an error is not for nothing.
    if (this.#judged === undefined || !Object.is(this.#judged.error, error)) {
      this.#judged = { error, failure: this.#call.host.failureOf(error, this) };
    }
    return this.#judged.failure;
  }

  pause(waitMs: number): Promise<void> {
    if (this.#interruption !== undefined) return rejectLater(this.#interruption.error);
    if (waitMs <= 0) return Promise.resolve();
    const { deadlineMs } = this;
    const endsCall = deadlineMs !== undefined && this.remainingMs() < waitMs;
    const untilMs = Math.min(waitMs, this.remainingMs(), LONGEST_TIMER_MS);
    const beganAtMs = monotonicMs();
    const note = () => {
      this.#waitedMs += monotonicMs() - beganAtMs;
    };
    return new Promise((resolve, reject) => {
      const end = () => {
        // Timers go by whole milliseconds and may fire that much early; who was asked to wait must not come early.
        const missingMs = untilMs - (monotonicMs() - beganAtMs);
        if (missingMs > 0 && missingMs <= 1) {
          timer = startWait(1, end);
        } else if (deadlineMs !== undefined && (endsCall || this.remainingMs() <= 0)) {
          // The second is for a thread that was blocked for longer than the wait.
          this.interrupt({ by: 'deadline', error: new DeadlineExceededError(this.operation, deadlineMs) });
        } else {
          this.#reject = undefined;
          note();
          resolve();
        }
      };
      let timer = startWait(Math.ceil(untilMs), end);
      this.#reject = (error) => {
        stopTimer(timer);
        note();
        reject(error);
      };
    });
  }

  again(beginByMs: number): StagedCall {
    return this.#call.again(beginByMs);
  }

  stop(reason: StopReason, stopRule: StopRule, failure: Failure): void {
    this.#call.stop(reason, stopRule, failure);
  }
}

/** SDKs recognise a `TimeoutError`; the caller's own reason is passed on as it is. */
function abortReason({ by, error }: Interruption): unknown {
  return by === 'caller' ? error : new DOMException(error.message, { name: 'TimeoutError', cause: error });
}
