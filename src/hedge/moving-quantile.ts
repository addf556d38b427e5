/** Samples before it has a value. */
const ENOUGH = 20;
/** By how much one sample moves it at most, as a share. */
const STEP = 0.05;
/** The value that it rises from after a sample of 0. */
const LEAST = 0.001;

/**
 * A quantile in constant time and space, without a window: a sample above it raises it by up to a twentieth, one below
 * lowers it by less, in the ratio in which the two are expected. It settles where they balance, and follows when the samples
 * change: of 0.95, upwards within some thirty samples, downwards slowly.
 */
export class MovingQuantile {
  /** The first samples, sorted; `undefined` once there are enough. */
  #first: number[] | undefined = [];
  #value = 0;

  /** `undefined` until there are enough samples. */
  get value(): number | undefined {
    return this.#first === undefined ? this.#value : undefined;
  }

  /** @param quantile of which share of the samples is below the value; the same each time. */
  record(sample: number, quantile: number): void {
    if (this.#first !== undefined) this.#recordFirst(this.#first, sample, quantile);
    else if (sample > this.#value) this.#value = Math.max(this.#value, LEAST) * (1 + STEP * quantile);
    else if (sample < this.#value) this.#value /= 1 + STEP * (1 - quantile);
  }

  /** Records a sample of which only a lower bound is known. */
  recordAtLeast(bound: number, quantile: number): void {
    if (this.#first === undefined && bound > this.#value) this.record(bound, quantile);
  }

  #recordFirst(first: number[], sample: number, quantile: number): void {
    first.push(sample);
    if (first.length < ENOUGH) return;
    first.sort((one, other) => one - other);
    this.#value = first[Math.min(Math.floor(ENOUGH * quantile), ENOUGH - 1)] ?? sample;
    this.#first = undefined;
  }
}
