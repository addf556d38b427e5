import type { Call } from '../pipeline/index.js';
import {
  LONGEST_TIMER_MS,
  monotonicMs,
  type SignalLinks,
  startTimer,
  stopTimer,
  type Timer,
} from '../runtime/index.js';

/** What a call inherits from its parent: its remaining time and its signal. */
export type ParentCall = Pick<Call, 'signal' | 'remainingMs'>;

/** What may end a group before its tasks have settled. */
export interface GroupLimits {
  readonly deadlineMs: number | undefined;
  readonly signal: AbortSignal | undefined;
  readonly parent: ParentCall | undefined;
}

/** What has ended a group. */
export interface GroupEnding {
  readonly by: 'signal' | 'deadline';
  /** What the signal of the group aborts with. */
  readonly reason: unknown;
}

/** The shared deadline and the signal of a group, which is the parent of the calls of its tasks. */
export class GroupScope implements ParentCall {
  /** How long the group may take, in whole milliseconds; `Infinity` without a deadline. */
  readonly deadlineMs: number;
  readonly #controller = new AbortController();
  readonly #endsAtMs: number;
  readonly #limits: GroupLimits;
  readonly #links: SignalLinks;
  #onEnding: ((ending: GroupEnding) => void) | undefined;
  #timer: Timer | undefined;

  constructor(limits: GroupLimits, links: SignalLinks, nowMs: number) {
    const { deadlineMs = Number.POSITIVE_INFINITY, parent } = limits;
    const leftMs = parent?.remainingMs() ?? Number.POSITIVE_INFINITY;
    // Not a number only if the parent is not a call of holdfast.
    const longestMs = Number.isNaN(leftMs) ? deadlineMs : Math.min(deadlineMs, leftMs);
    this.#endsAtMs = nowMs + longestMs;
    this.deadlineMs = Math.ceil(longestMs);
    this.#limits = limits;
    this.#links = links;
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  remainingMs(): number {
    return Math.max(0, this.#endsAtMs - monotonicMs());
  }

  /**
   * Calls `onEnding` once, if a signal aborts or the deadline passes before {@link close}; at once if a signal has aborted.
   * Throws if a signal that is not native does; nothing is followed then.
   */
  open(onEnding: (ending: GroupEnding) => void): void {
    this.#onEnding = onEnding;
    try {
      this.#follow(this.#limits.signal, this.#onAbort);
      this.#follow(this.#limits.parent?.signal, this.#onParentAbort);
    } catch (error) {
      this.close();
      throw error;
    }
    if (this.#onEnding === undefined || this.deadlineMs > LONGEST_TIMER_MS) return;
    this.#timer = startTimer(this.deadlineMs, () => this.expire());
  }

  /** Ends the group at its deadline. */
  expire(): void {
    const text = `the group took longer than its deadline of ${this.deadlineMs} ms`;
    this.#end({ by: 'deadline', reason: new DOMException(text, 'TimeoutError') });
  }

  /** Aborts the signal that the calls of the tasks follow. */
  abort(reason: unknown): void {
    this.#controller.abort(reason);
  }

  /** Stops the timer and follows no signal any more. */
  close(): void {
    this.#onEnding = undefined;
    if (this.#timer !== undefined) stopTimer(this.#timer);
    const { signal, parent } = this.#limits;
    if (signal !== undefined) this.#links.unlink(signal, this.#onAbort);
    if (parent !== undefined) this.#links.unlink(parent.signal, this.#onParentAbort);
  }

  readonly #onAbort = (reason: unknown): void => this.#end({ by: 'signal', reason });

  readonly #onParentAbort = (reason: unknown): void => {
    this.#end({ by: this.remainingMs() > 0 ? 'signal' : 'deadline', reason });
  };

  #follow(signal: AbortSignal | undefined, onAbort: (reason: unknown) => void): void {
    if (signal === undefined) return;
    if (signal.aborted) onAbort(signal.reason);
    else this.#links.link(signal, onAbort);
  }

  #end(ending: GroupEnding): void {
    const onEnding = this.#onEnding;
    this.#onEnding = undefined;
    onEnding?.(ending);
  }
}
