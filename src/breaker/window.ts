const SLICES = 10;

/** What happened within the window. */
export interface WindowTotals {
  readonly calls: number;
  readonly failures: number;
  readonly slow: number;
}

/**
 * Counts calls over the last `windowMs`, in ten slices that are emptied lazily. Nothing runs while there are no calls, and
 * each call costs the same however many the window holds.
 */
export class SlidingWindow {
  readonly #sliceMs: number;
  readonly #calls = new Array<number>(SLICES).fill(0);
  readonly #failures = new Array<number>(SLICES).fill(0);
  readonly #slow = new Array<number>(SLICES).fill(0);
  /** The running number of the newest slice, whose index is this number modulo `SLICES`. */
  #newest = 0;
  readonly #totals = { calls: 0, failures: 0, slow: 0 };

  constructor(windowMs: number) {
    this.#sliceMs = windowMs / SLICES;
  }

  /** Counts one settled call, and returns the totals including it. */
  record(nowMs: number, failed: boolean, slow: boolean): WindowTotals {
    this.#rotate(nowMs);
    const slice = this.#newest % SLICES;
    this.#add(this.#calls, slice, 'calls', 1);
    if (failed) this.#add(this.#failures, slice, 'failures', 1);
    if (slow) this.#add(this.#slow, slice, 'slow', 1);
    return this.#totals;
  }

  #rotate(nowMs: number): void {
    const current = Math.floor(nowMs / this.#sliceMs);
    // A clock that went backwards is another clock (fake timers): the counts of the old one are void.
    const passed = current < this.#newest ? SLICES : Math.min(current - this.#newest, SLICES);
    for (let step = 1; step <= passed; step++) this.#empty((this.#newest + step) % SLICES);
    if (passed > 0) this.#newest = current;
  }

  #empty(slice: number): void {
    this.#add(this.#calls, slice, 'calls', -(this.#calls[slice] ?? 0));
    this.#add(this.#failures, slice, 'failures', -(this.#failures[slice] ?? 0));
    this.#add(this.#slow, slice, 'slow', -(this.#slow[slice] ?? 0));
  }

  #add(counts: number[], slice: number, total: keyof WindowTotals, amount: number): void {
    counts[slice] = (counts[slice] ?? 0) + amount;
    this.#totals[total] += amount;
  }
}
