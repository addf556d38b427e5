import { classify } from '../classify/classify.js';
import type { Call, Failure, Interruption, StagedCall, StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, promiseOf, rejected, wallMs } from '../runtime/runtime.js';
import type { Lane } from './lane.js';

/** What a call is made of. */
export interface CallInit {
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
}

/** One call under way. */
export class LiveCall implements StagedCall {
  readonly lane: Lane;
  readonly attempt = 1;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  stopReason: StopReason | undefined;
  readonly #serial: number;
  #work: ((call: Call) => unknown) | undefined;
  #progress: 'waiting' | 'running' | 'settled' = 'waiting';
  #interruption: Interruption | undefined;
  #interruptedAtMs = 0;
  #reject: ((error: unknown) => void) | undefined;
  #controller: AbortController | undefined;

  constructor(init: CallInit) {
    this.lane = init.lane;
    this.startedAtMs = init.startedAtMs;
    this.deadlineMs = init.deadlineMs;
    this.context = init.context;
    this.#work = init.work;
    this.#serial = init.serial;
  }

  get id(): string {
    return this.lane.shared.callId(this.#serial);
  }

  get operation(): string {
    return this.lane.operation;
  }

  get key(): string | undefined {
    return this.lane.key;
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

  /** True when a stage turned the call away before it came to the function. */
  get isRefused(): boolean {
    return this.#progress === 'waiting' && this.#interruption === undefined;
  }

  remainingMs(): number {
    if (this.deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.startedAtMs + this.deadlineMs - monotonicMs());
  }

  invoke(): Promise<unknown> {
    const work = this.#work;
    if (this.#interruption !== undefined) return rejected(this.#interruption.error);
    if (work === undefined) return rejected(new TypeError('a call is invoked once'));
    this.#work = undefined;
    this.#progress = 'running';
    this.lane.counter.attempted(this.attempt);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promiseOf(() => work(this)).then(
        (value) => (this.#settle() ? resolve(value) : this.#tellAbandoned('success')),
        (error: unknown) => (this.#settle() ? reject(error) : this.#tellAbandoned('failure')),
      );
    });
  }

  interrupt(interruption: Interruption): void {
    if (this.#interruption !== undefined || this.#progress === 'settled') return;
    this.#interruption = interruption;
    this.#interruptedAtMs = monotonicMs();
    // First the promise, so that what a listener of the signal throws or rejects with cannot come before it.
    this.#reject?.(interruption.error);
    this.#controller?.abort(abortReason(interruption));
  }

  failureOf(error: unknown): Failure {
    return classify(error, this.#interruption);
  }

  /** True when the function's own result counts: nothing has interrupted it before. */
  #settle(): boolean {
    if (this.#interruption !== undefined) return false;
    this.#progress = 'settled';
    return true;
  }

  #tellAbandoned(outcome: 'success' | 'failure'): void {
    const { shared, operation, key } = this.lane;
    if (!shared.events.wants('attempt.abandoned')) return;
    const lateMs = monotonicMs() - this.#interruptedAtMs;
    const about = { at: wallMs(), operation, key, callId: this.id, attempt: this.attempt };
    shared.events.emit({ type: 'attempt.abandoned', ...about, outcome, lateMs });
  }
}

/** SDKs recognise a `TimeoutError`; the caller's own reason is passed on as it is. */
function abortReason({ by, error }: Interruption): unknown {
  return by === 'caller' ? error : new DOMException(error.message, { name: 'TimeoutError', cause: error });
}
