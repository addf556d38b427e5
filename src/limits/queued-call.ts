import { type CapacityRefusal, DeadlineExceededError } from '../errors/index.js';
import type { Priority, QueuedStart, Run, StageAttempt } from '../pipeline/index.js';
import { rejectLater, type Timer } from '../runtime/index.js';
import { type ConcurrencyParts, rejectAttempt, runWith } from './concurrency.js';
import type { Permit, Permits, Place, Waiter } from './permits.js';
import type { TimedWait } from './queue-timeouts.js';

/** When a call started, and what is known of it. */
export interface QueuedCallInit {
  /** Default `normal`. */
  readonly priority?: Priority | undefined;
  readonly startedAtMs: number;
  readonly deadlineMs: number | undefined;
}

/**
 * A call that waits for the permit of its first attempt before it is built: of thousands that are made at once, most wait,
 * and a call takes twice the space. How the wait ended is decided here, and carried out by {@link resume}.
 */
export class QueuedCall implements Waiter, TimedWait, QueuedStart {
  previous: TimedWait | undefined;
  next: TimedWait | undefined;
  ownTimer: Timer | undefined;
  readonly priority: Priority;
  readonly untilMs: number;
  readonly #parts: ConcurrencyParts;
  readonly #permits: Permits;
  #place: Place | undefined;
  #permit: Permit | undefined;
  #refusal: CapacityRefusal = 'queue_timeout';
  #wake: (() => void) | undefined;

  constructor(
    parts: ConcurrencyParts,
    permits: Permits,
    { priority = 'normal', startedAtMs, deadlineMs }: QueuedCallInit,
  ) {
    this.#parts = parts;
    this.#permits = permits;
    this.priority = priority;
    this.untilMs = startedAtMs + Math.min(parts.settings.queueTimeoutMs, deadlineMs ?? Number.POSITIVE_INFINITY);
  }

  /** Resolves when the wait is over. Handlers run in the async context of the caller. */
  ended(): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
    });
  }

  /** Returns whether it has a place in the queue. */
  enter(nowMs: number): boolean {
    this.#place = this.#permits.enqueue(this);
    if (this.#place === undefined) return false;
    this.#permits.timeouts.add(this, nowMs);
    return true;
  }

  onGranted(permit: Permit): void {
    this.#permit = permit;
    this.#wake?.();
  }

  onShed(): void {
    this.#refusal = 'shed';
    this.#wake?.();
  }

  onTime(): void {
    this.#wake?.();
  }

  resume(attempt: StageAttempt, next: Run): Promise<unknown> {
    this.#permits.timeouts.remove(this);
    if (this.#place !== undefined) this.#permits.leave(this.#place);
    if (this.#permit !== undefined) return runWith(this.#parts, this.#permits, this.#permit, next, attempt);
    const { deadlineMs } = attempt.call;
    if (this.#refusal === 'queue_timeout' && deadlineMs !== undefined && attempt.remainingMs() <= 0) {
      const error = new DeadlineExceededError(attempt.operation, deadlineMs);
      attempt.interrupt({ by: 'deadline', error });
      return rejectLater(error);
    }
    return rejectAttempt(this.#parts, this.#permits, this.#refusal, attempt);
  }
}
