/** How many pins an operation keeps; the one that was unused for longest is removed first. */
const MOST_PINS = 10_000;

interface Pin {
  readonly target: string;
  readonly untilMs: number;
}

/** Which target each conversation stays with, so that the provider's cache of its prompt is used. */
export class TargetPins {
  /** In the order of their last use. */
  readonly #pins = new Map<string, Pin>();

  get size(): number {
    return this.#pins.size;
  }

  /** Finds the target of a conversation; `undefined` if it has none, or was unused for too long. */
  find(conversation: string, nowMs: number): string | undefined {
    const pin = this.#pins.get(conversation);
    return pin !== undefined && nowMs < pin.untilMs ? pin.target : undefined;
  }

  /** Pins a conversation to a target from now on, until it is unused for `ttlMs`. */
  set(conversation: string, target: string, ttlMs: number, nowMs: number): void {
    this.#pins.delete(conversation);
    this.#pins.set(conversation, { target, untilMs: nowMs + ttlMs });
    for (const [oldest, { untilMs }] of this.#pins) {
      if (untilMs > nowMs && this.#pins.size <= MOST_PINS) break;
      this.#pins.delete(oldest);
    }
  }
}
