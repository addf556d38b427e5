import { HOUR_MS } from './rate-limit-options.js';

/** When one client was let through within the last hour, exactly. */
export class RequestLog {
  /** Ascending. */
  #times: number[] = [];
  /** Where those of the last hour begin. */
  #first = 0;

  /** Notes one. */
  add(nowMs: number): void {
    this.#times.push(nowMs);
  }

  /** Forgets what is older than an hour. */
  prune(nowMs: number): void {
    while ((this.#times[this.#first] ?? Infinity) <= nowMs - HOUR_MS) this.#first += 1;
    // Moving the rest at each step would cost as much as there is.
    if (this.#first * 2 > this.#times.length) {
      this.#times = this.#times.slice(this.#first);
      this.#first = 0;
    }
  }

  /** The latest; -Infinity when there is none. */
  get lastMs(): number {
    return this.#times.length > this.#first ? (this.#times.at(-1) ?? -Infinity) : -Infinity;
  }

  /** The one before which `count - 1` others came later; -Infinity when there are not so many. */
  latestMs(count: number): number {
    const index = this.#times.length - count;
    return index >= this.#first ? (this.#times[index] ?? -Infinity) : -Infinity;
  }

  /** How many came after a moment. */
  countAfter(momentMs: number): number {
    let low = this.#first;
    let high = this.#times.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#times[middle] ?? Infinity) > momentMs) high = middle;
      else low = middle + 1;
    }
    return this.#times.length - low;
  }
}
