import { classify } from '../classify/classify.js';
import type { Call, Failure, Interruption, Run, StagedCall, StopReason } from '../pipeline/pipeline.js';
import { monotonicMs, promiseOf, rejected, type SignalLinks, wallMs } from '../runtime/runtime.js';
import type { Lane } from './lane.js';

/** What a call is made of. */
export interface CallInit {
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  /** The stages it goes through. */
  readonly run: Run;
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  /** The caller's signal. */
  readonly signal: AbortSignal | undefined;
  readonly context: Readonly<Record<string, unknown>>;
}

/** One call under way, which is its one attempt as well as long as nothing tries again. */
export class LiveCall implements StagedCall {
  readonly attempt = 1;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  refusedBy: StopReason | undefined;
  readonly #lane: Lane;
  readonly #serial: number;
  readonly #work: (call: Call) => unknown;
  readonly #run: Run;
  readonly #callerSignal: AbortSignal | undefined;
  #hear: ((reason: unknown) => void) | undefined;
  #progress: 'waiting' | 'running' | 'settled' = 'waiting';
  #interruption: Interruption | undefined;
  #interruptedAtMs = 0;
  #reject: ((error: unknown) => void) | undefined;
  #controller: AbortController | undefined;

  constructor(init: CallInit) {
    this.startedAtMs = init.startedAtMs;
    this.deadlineMs = init.deadlineMs;
    this.context = init.context;
    this.#lane = init.lane;
    this.#serial = init.serial;
    this.#work = init.work;
    this.#run = init.run;
    this.#callerSignal = init.signal;
  }

  get lane(): Lane {
    return this.#lane;
  }

  /** Its number within the `Resilience`. */
  get serial(): number {
    return this.#serial;
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

  remainingMs(): number {
    if (this.deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.startedAtMs + this.deadlineMs - monotonicMs());
  }

  /** Goes through the stages, unless the caller's signal has aborted already; from here on it is listened to. */
  start(links: SignalLinks): Promise<unknown> {
    try {
      if (this.#callerSignal !== undefined) this.#listen(this.#callerSignal, links);
      return this.#interruption === undefined ? this.#run(this) : rejected(this.#interruption.error);
    } catch (error) {
      return rejected(error);
    }
  }

  /** Leaves the caller's signal alone again. */
  unlink(links: SignalLinks): void {
    if (this.#callerSignal !== undefined && this.#hear !== undefined) links.unlink(this.#callerSignal, this.#hear);
  }

  invoke(): Promise<unknown> {
    if (this.#interruption !== undefined) return rejected(this.#interruption.error);
    this.#progress = 'running';
    this.lane.counter.attempted(this.attempt);
    return new Promise((resolve, reject) => {
      this.#reject = reject;
      promiseOf(() => this.#work(this)).then(
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

  #listen(signal: AbortSignal, links: SignalLinks): void {
    const hear = (reason: unknown) => this.interrupt({ by: 'caller', error: reason });
    if (signal.aborted) {
      hear(signal.reason);
      return;
    }
    this.#hear = hear;
    links.link(signal, hear);
  }

  #tellFailed(error: unknown): void {
    const { events } = this.lane.shared;
    if (!events.wants('attempt.failed')) return;
    const durationMs = monotonicMs() - this.startedAtMs;
    events.emit({ type: 'attempt.failed', ...this.#about(), durationMs, failure: this.failureOf(error), error });
  }

  #tellAbandoned(outcome: 'success' | 'failure'): void {
    const { events } = this.lane.shared;
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
