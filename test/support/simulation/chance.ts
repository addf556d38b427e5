/** A seeded source of chance. */
export interface Chance {
  /** From 0 to below 1. */
  readonly uniform: () => number;
  /** A log-normal number. */
  readonly logNormal: (median: number, sigma: number) => number;
}

/** Returns the same numbers for the same seed (mulberry32). */
export function createChance(seed: number): Chance {
  let state = seed >>> 0;
  const uniform = () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
  const normal = () => Math.sqrt(-2 * Math.log(1 - uniform())) * Math.cos(2 * Math.PI * uniform());
  return { uniform, logNormal: (median, sigma) => median * Math.exp(sigma * normal()) };
}
