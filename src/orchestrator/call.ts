import type { Call, Interruption, Run } from '../pipeline/pipeline.js';
import { monotonicMs, rejected, type SignalLinks } from '../runtime/runtime.js';
import { LiveAttempt, type WholeCall } from './attempt.js';
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

/** One call under way: what its attempts have in common, and what can end all of them. */
export class LiveCall implements WholeCall {
  readonly lane: Lane;
  readonly work: (call: Call) => unknown;
  /** Its number within the `Resilience`. */
  readonly serial: number;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
  readonly context: Readonly<Record<string, unknown>>;
  /** The attempt under way, or the last one. */
  readonly attempt: LiveAttempt;
  readonly #run: Run;
  readonly #callerSignal: AbortSignal | undefined;
  #hear: ((reason: unknown) => void) | undefined;

  constructor(init: CallInit) {
    this.lane = init.lane;
    this.work = init.work;
    this.serial = init.serial;
    this.startedAtMs = init.startedAtMs;
    this.deadlineMs = init.deadlineMs;
    this.context = init.context;
    this.#run = init.run;
    this.#callerSignal = init.signal;
    this.attempt = new LiveAttempt(this, 1, init.startedAtMs);
  }

  get id(): string {
    return this.lane.shared.callId(this.serial);
  }

  remainingMs(): number {
    if (this.deadlineMs === undefined) return Number.POSITIVE_INFINITY;
    return Math.max(0, this.startedAtMs + this.deadlineMs - monotonicMs());
  }

  /** Goes through the stages, unless the caller's signal has aborted already; from here on it is listened to. */
  start(links: SignalLinks): Promise<unknown> {
    try {
      if (this.#callerSignal !== undefined) this.#listen(this.#callerSignal, links);
      const { interruption } = this.attempt;
      return interruption === undefined ? this.#run(this.attempt) : rejected(interruption.error);
    } catch (error) {
      return rejected(error);
    }
  }

  interrupt(interruption: Interruption): void {
    this.attempt.end(interruption);
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
