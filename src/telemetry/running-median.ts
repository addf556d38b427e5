/** Samples before it has a value. */
const ENOUGH = 20;
/** How far one value moves it. */
const STEP = 1.05;
/** Where it rises from when it has fallen to 0, of which no share is anything. */
const LEAST = 0.001;

/**
 * A median in constant time and space: it rises by a twentieth for each value above it and falls by as much for each value
 * below, so that it settles where both are equally many, and follows when the values change.
 */
export class RunningMedian {
  #seen = 0;
  #median = 0;

  /** The median; `undefined` until there are enough samples. */
  get value(): number | undefined {
    return this.#seen < ENOUGH ? undefined : this.#median;
  }

  record(value: number): void {
    // From an unusual first value it would take long to settle, so the first few are averaged.
    if (this.#seen < ENOUGH) {
      this.#seen += 1;
      this.#median += (value - this.#median) / this.#seen;
    } else if (value > this.#median) this.#median = Math.max(this.#median, LEAST) * STEP;
    else if (value < this.#median) this.#median /= STEP;
  }
}
