/** The settings of trials. */
export interface TrialRules {
  readonly trials: number;
}

/** The place of one trial: its holder loses it when it has not settled in time. */
export class Lease {
  readonly untilMs: number;
  /** Where it is among the leases that are held; -1 if it is not. */
  place = -1;

  constructor(untilMs: number) {
    this.untilMs = untilMs;
  }
}

/**
 * The few calls that a half-open breaker admits, and how they ended. The leases form a binary heap whose first one ends
 * first, so that a step among a million trials of any lengths takes twenty moves at most, and among a few next to none.
 */
export class Trials {
  #rules: TrialRules;
  readonly #leases: Lease[] = [];
  #successes = 0;

  constructor(rules: TrialRules) {
    this.#rules = rules;
  }

  /** Applies other settings from now on. */
  updateSettings(rules: TrialRules): void {
    this.#rules = rules;
  }

  /** Takes a place, that of a hung trial if need be; `undefined` when all are held. */
  take(nowMs: number, leaseMs: number): Lease | undefined {
    const { trials } = this.#rules;
    const leases = this.#leases;
    if (leases.length >= trials) {
      for (let first = leases[0]; first !== undefined && first.untilMs <= nowMs; first = leases[0]) this.#remove(first);
      if (leases.length >= trials) return undefined;
    }
    const lease = new Lease(nowMs + leaseMs);
    this.#rise(lease, leases.length);
    return lease;
  }

  /** Gives a place back. Returns false when its lease had run out and another trial may hold it: then its outcome is stale. */
  giveBack(lease: Lease): boolean {
    if (lease.place === -1) return false;
    this.#remove(lease);
    return true;
  }

  /** Counts a trial that succeeded, and returns the count. */
  succeed(): number {
    this.#successes += 1;
    return this.#successes;
  }

  #remove(lease: Lease): void {
    const { place } = lease;
    lease.place = -1;
    const last = this.#leases.pop();
    if (last === undefined || last === lease) return;
    // The last one fills the gap. It may belong above it, where it comes from another branch, or below it.
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** Puts a lease in a place, or in one above it: below all that end no later. */
  #rise(lease: Lease, from: number): void {
    let place = from;
    while (place > 0) {
      const above = (place - 1) >> 1;
      const upper = this.#leases[above];
      if (upper === undefined || upper.untilMs <= lease.untilMs) break;
      this.#put(upper, place);
      place = above;
    }
    this.#put(lease, place);
  }

  /** Puts a lease in a place, or in one below it: above all that end no earlier. */
  #sink(lease: Lease, from: number): void {
    let place = from;
    for (;;) {
      const [left, right] = [this.#leases[2 * place + 1], this.#leases[2 * place + 2]];
      const lower = left !== undefined && right !== undefined && right.untilMs < left.untilMs ? right : left;
      if (lower === undefined || lower.untilMs >= lease.untilMs) break;
      const below = lower.place;
      this.#put(lower, place);
      place = below;
    }
    this.#put(lease, place);
  }

  #put(lease: Lease, place: number): void {
    this.#leases[place] = lease;
    lease.place = place;
  }
}
