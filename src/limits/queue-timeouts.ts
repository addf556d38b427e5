import { monotonicMs, startWait, stopTimer, type Timer } from '../runtime/index.js';
import { type Linked, WaitingList } from './waiting-list.js';

/** A wait that ends at a time. */
export interface TimedWait extends Linked<TimedWait> {
  /** By the monotonic clock. */
  readonly untilMs: number;
  /** The timer of a wait that ends sooner than one that began before it. */
  ownTimer: Timer | undefined;
  /** Called at the time, unless the wait was removed. */
  onTime(): void;
}

/**
 * Ends waits in their time. One timer is enough for all that end in the order in which they began, as waits of the same
 * length do: a timer for each of thousands would take more than the rest of them.
 */
export class QueueTimeouts {
  readonly #inOrder = new WaitingList<TimedWait>();
  #timer: Timer | undefined;

  add(wait: TimedWait, nowMs: number): void {
    const { last } = this.#inOrder;
    if (last !== undefined && wait.untilMs < last.untilMs) this.#startOwn(wait, nowMs);
    else {
      this.#inOrder.add(wait);
      if (this.#timer === undefined) this.#start(wait, nowMs);
    }
  }

  /** Removes a wait that has ended. Called once. */
  remove(wait: TimedWait): void {
    if (wait.ownTimer !== undefined) {
      stopTimer(wait.ownTimer);
      return;
    }
    this.#inOrder.remove(wait);
    if (this.#inOrder.first !== undefined || this.#timer === undefined) return;
    stopTimer(this.#timer);
    this.#timer = undefined;
  }

  #startOwn(wait: TimedWait, nowMs: number): void {
    wait.ownTimer = startWait(computeTimerMs(wait, nowMs), () => {
      const atMs = monotonicMs();
      if (wait.untilMs > atMs) this.#startOwn(wait, atMs);
      else wait.onTime();
    });
  }

  /** The timer is not started anew when the first wait ends early: it finds out when it is next needed. */
  #start(first: TimedWait, nowMs: number): void {
    this.#timer = startWait(computeTimerMs(first, nowMs), () => this.#endDue());
  }

  #endDue(): void {
    this.#timer = undefined;
    const nowMs = monotonicMs();
    for (let wait = this.#inOrder.first; wait !== undefined; wait = wait.next) {
      if (wait.untilMs > nowMs) {
        this.#start(wait, nowMs);
        return;
      }
      wait.onTime();
    }
  }
}

/** Timers count whole milliseconds, and may fire that much early. */
function computeTimerMs({ untilMs }: TimedWait, nowMs: number): number {
  return Math.ceil(untilMs - nowMs);
}
