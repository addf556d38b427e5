import { classify } from '../classify/classify.js';
import type { Call, Failure, Interruption, StagedCall, StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, promiseOf, rejected, wallMs } from '../runtime/runtime.js';
import type { Lane } from './lane.js';

/** What the attempts of a call have in common. */
export interface WholeCall {
  readonly id: string;
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  remainingMs(): number;
  /** Ends whatever is under way. */
  interrupt(interruption: Interruption): void;
}

/** One attempt of a call: what the stages and the function are given. */
export class LiveAttempt implements StagedCall {
  readonly attempt: number;
  /** When it began, by the monotonic clock. */
  readonly beganAtMs: number;
  refusedBy: StopReason | undefined;
  readonly #call: WholeCall;
  #progress: 'waiting' | 'running' | 'settled' = 'waiting';
  #interruption: Interruption | undefined;
  #interruptedAtMs = 0;
  #reject: ((error: unknown) => void) | undefined;
  #controller: AbortController | undefined;

  constructor(call: WholeCall, number: number, beganAtMs: number) {
    this.#call = call;
    this.attempt = number;
    this.beganAtMs = beganAtMs;
  }

  get id(): string {
    return this.#call.id;
  }

  get operation(): string {
    return this.#call.lane.operation;
  }

  get key(): string | undefined {
    return this.#call.lane.key;
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

  remainingMs(): number {
    return this.#call.remainingMs();
  }

  invoke(): Promise<unknown> {
    if (this.#interruption !== undefined) return rejected(this.#interruption.error);
    this.#progress = 'running';
    this.#call.lane.counter.attempted(this.attempt);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promiseOf(() => this.#call.work(this)).then(
        (value) => {
          if (this.#interruption !== undefined) return this.#tellAbandoned('success');
          this.#progress = 'settled';
          resolve(value);
        },
        (error: unknown) => {
          if (this.#interruption !== undefined) return this.#tellAbandoned('failure');
          this.#progress = 'settled';
          this.#tellFailed(error);
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
    this.#interruptedAtMs = monotonicMs();
    // First the promise, so that what a listener of the signal throws or rejects with cannot come before it.
    this.#reject?.(interruption.error);
    this.#controller?.abort(abortReason(interruption));
    if (this.invoked) this.#tellFailed(interruption.error);
  }

  failureOf(error: unknown): Failure {
    return classify(error, this.#interruption);
  }

  #tellFailed(error: unknown): void {
    const { events } = this.#call.lane.shared;
    if (!events.wants('attempt.failed')) return;
    const durationMs = monotonicMs() - this.beganAtMs;
    events.emit({ type: 'attempt.failed', ...this.#about(), durationMs, failure: this.failureOf(error), error });
  }

  #tellAbandoned(outcome: 'success' | 'failure'): void {
    const { events } = this.#call.lane.shared;
    if (!events.wants('attempt.abandoned')) return;
    const lateMs = monotonicMs() - this.#interruptedAtMs;
    events.emit({ type: 'attempt.abandoned', ...this.#about(), outcome, lateMs });
  }

  #about(): { at: number; operation: string; key: string | undefined; callId: string; attempt: number } {
    return { at: wallMs(), operation: this.operation, key: this.key, callId: this.id, attempt: this.attempt };
  }
}

/** SDKs recognise a `TimeoutError`; the caller's own reason is passed on as it is. */
function abortReason({ by, error }: Interruption): unknown {
  return by === 'caller' ? error : new DOMException(error.message, { name: 'TimeoutError', cause: error });
}
