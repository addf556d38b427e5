import { randomFrom } from '../support/seed.js';

/** Every random choice of one life: the same ones for the same seed. */
export class Dice {
  /** Numbers in [0, 1). */
  readonly random: () => number;

  constructor(seed: number) {
    this.random = randomFrom(seed);
  }

  /** True in this share of all cases. */
  chance(share: number): boolean {
    return this.random() < share;
  }

  /** A whole number from 0, less than `below`. */
  below(below: number): number {
    return Math.floor(this.random() * below);
  }

  pick<T>(from: readonly T[]): T {
    const [picked] = from.slice(this.below(from.length)).map((item) => ({ item }));
    if (picked === undefined) throw new Error('nothing to pick from');
    return picked.item;
  }
}
