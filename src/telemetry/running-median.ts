/** Samples before it has a value. */
const ENOUGH = 20;
/** The factor by which one value moves it. */
const STEP = 1.05;
/** The value that it rises from after it has fallen to 0. */
const LEAST = 0.001;

/**
 * A median in constant time and space: it rises by a twentieth for each value above it and falls by as much for each value
 * below, so that it settles where both are equally frequent, and follows when the values change.
 */
export class RunningMedian {
  #seen = 0;
  #median = 0;

  /** The median; `undefined` until there are enough samples. */
  get value(): number | undefined {
    return this.#seen < ENOUGH ? undefined : this.#median;
  }

  record(value: number): void {
    // The first few values are averaged, since it would settle slowly from an unusual first value.
    if (this.#seen < ENOUGH) {
      this.#seen += 1;
      this.#median += (value - this.#median) / this.#seen;
    } else if (value > this.#median) this.#median = Math.max(this.#median, LEAST) * STEP;
    else if (value < this.#median) this.#median /= STEP;
  }
}
