/** Samples before it has a value: the largest of them. */
const ENOUGH = 10;
/** By which factor a sample above it moves it. */
const RISE = 1.19;
/** By which factor one below it moves it: 19 times less, so that it settles where 1 of 20 is above. */
const FALL = RISE ** (1 / 19);

/**
 * Learns how many tokens nearly every attempt stays below: the 95th percentile, in constant time and space. It has no window:
 * each sample moves it, so that it follows when the attempts change.
 */
export class TokenEstimate {
  #seen = 0;
  #percentile = 0;

  /** The estimate; `undefined` until there are enough samples. */
  get value(): number | undefined {
    return this.#seen < ENOUGH ? undefined : Math.ceil(this.#percentile);
  }

  record(tokens: number): void {
    // From a single token on: it would never rise from 0.
    const sample = Math.max(1, tokens);
    if (this.#seen < ENOUGH) {
      this.#seen += 1;
      this.#percentile = Math.max(this.#percentile, sample);
    } else if (sample > this.#percentile) this.#percentile = Math.min(sample, this.#percentile * RISE);
    else if (sample < this.#percentile) this.#percentile = Math.max(sample, this.#percentile / FALL);
  }
}
