/** Steps within each doubling: a step is at most 1/16 wide, so its middle is within 3.2 % of every value in it. */
const STEPS = 16;
/** Everything up to 2^-10 ms (a microsecond) counts as that; everything from 2^32 ms (50 days) counts as just below it. */
const LOWEST_POWER = -10;
const LOWEST_MS = 2 ** LOWEST_POWER;
const HIGHEST_MS = 2 ** 32 - 1;

const DOUBLE = new DataView(new ArrayBuffer(8));
const EXPONENT_BIAS = 1023;

/**
 * Counts durations in log-linear buckets, which keep the relative error the same from a microsecond to a month. Only
 * the doublings that occur take memory.
 */
export class Histogram {
  readonly #doublings: (number[] | undefined)[] = [];
  #count = 0;
  #maxMs = 0;

  /** Counts one duration. */
  record(ms: number): void {
    // The exponent and the first four bits of the fraction of the number are the doubling and the step.
    DOUBLE.setFloat64(0, Math.min(Math.max(ms, LOWEST_MS), HIGHEST_MS));
    const bits = DOUBLE.getUint16(0);
    const steps = this.#stepsOf((bits >>> 4) - EXPONENT_BIAS - LOWEST_POWER);
    const step = bits % STEPS;
    steps[step] = (steps[step] ?? 0) + 1;
    this.#count += 1;
    if (ms > this.#maxMs) this.#maxMs = ms;
  }

  /** Adds the counts of another histogram. */
  add(other: Histogram): void {
    for (const [doubling, theirs] of other.#doublings.entries()) {
      if (theirs === undefined) continue;
      const ours = this.#stepsOf(doubling);
      for (const [step, count] of theirs.entries()) ours[step] = (ours[step] ?? 0) + count;
    }
    this.#count += other.#count;
    this.#maxMs = Math.max(this.#maxMs, other.#maxMs);
  }

  /** The longest duration, exactly; 0 if there is none. */
  get maxMs(): number {
    return this.#maxMs;
  }

  /** The duration that a share of `quantile` (0 to 1) did not exceed, within 5 %; 0 if there is none. */
  quantileMs(quantile: number): number {
    const rank = Math.ceil(quantile * this.#count);
    let seen = 0;
    for (const [doubling, steps] of this.#doublings.entries()) {
      for (const [step, count] of (steps ?? []).entries()) {
        seen += count;
        if (count > 0 && seen >= rank) return Math.min(computeMiddleMs(doubling + LOWEST_POWER, step), this.#maxMs);
      }
    }
    return this.#maxMs;
  }

  #stepsOf(doubling: number): number[] {
    const known = this.#doublings[doubling];
    if (known !== undefined) return known;
    const steps = new Array<number>(STEPS).fill(0);
    this.#doublings[doubling] = steps;
    return steps;
  }
}

function computeMiddleMs(power: number, step: number): number {
  return 2 ** power * (1 + (step + 0.5) / STEPS);
}
