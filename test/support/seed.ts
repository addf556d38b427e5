/**
 * Where every random choice of the tests comes from. A property that fails prints the seed that it ran with; set
 * HOLDFAST_SEED to it to see the same failure again, or to any other whole number to search elsewhere.
 */
export const SEED: number = seedOf(process.env['HOLDFAST_SEED']);

/** Parameters of `fc.assert`. */
export function runs(numRuns: number): { readonly seed: number; readonly numRuns: number } {
  return { seed: SEED, numRuns };
}

/** Numbers in [0, 1), the same ones for the same seed. */
export function randomFrom(seed: number): () => number {
  let state = seed | 0;
  return () => {
    // mulberry32: small, fast, and even enough to choose what a test does.
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function seedOf(given: string | undefined): number {
  if (given === undefined || given === '') return 20_261_121;
  const seed = Number(given);
  if (Number.isInteger(seed)) return seed | 0;
  throw new TypeError(`HOLDFAST_SEED must be a whole number; received ${JSON.stringify(given)}`);
}
