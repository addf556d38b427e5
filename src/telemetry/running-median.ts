/** Values before it says anything. */
const ENOUGH = 20;
/** How far one value moves it. */
const STEP = 1.05;
/** Where it goes up from when it has come down to nothing, of which no share is anything. */
const LEAST = 0.001;

/**
 * The usual size of what comes by, in constant time and space: it goes up by a twentieth for each value above it and down by
 * as much for each below, so that it comes to rest where both are as many, and follows when the values change.
 */
export class RunningMedian {
  #seen = 0;
  #median = 0;

  /** What is usual; `undefined` until enough has come by to tell. */
  get value(): number | undefined {
    return this.#seen < ENOUGH ? undefined : this.#median;
  }

  record(value: number): void {
    // From the first value it might take long to get where the others are, so the first few are averaged.
    if (this.#seen < ENOUGH) {
      this.#seen += 1;
      this.#median += (value - this.#median) / this.#seen;
    } else if (value > this.#median) this.#median = Math.max(this.#median, LEAST) * STEP;
    else if (value < this.#median) this.#median /= STEP;
  }
}
