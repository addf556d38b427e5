/** The settings of trials. */
export interface TrialRules {
  readonly trials: number;
}

/** The place of one trial, which is lost if the trial does not settle in time. */
export class Lease {
  readonly untilMs: number;
  /** Its index among the held leases; -1 if it is not held. */
  place = -1;

  constructor(untilMs: number) {
    this.untilMs = untilMs;
  }
}

/**
 * The calls that a half-open breaker admits, and how they ended. The leases form a binary heap ordered by expiry: an
 * operation on a million trials takes at most twenty moves.
 */
export class Trials {
  #rules: TrialRules;
  readonly #leases: Lease[] = [];
  #successes = 0;

  constructor(rules: TrialRules) {
    this.#rules = rules;
  }

  /** Replaces the settings. */
  updateSettings(rules: TrialRules): void {
    this.#rules = rules;
  }

  /** Whether {@link take} finds no place. */
  isFull(nowMs: number): boolean {
    const [first] = this.#leases;
    return this.#leases.length >= this.#rules.trials && (first === undefined || first.untilMs > nowMs);
  }

  /** Takes a place, if necessary that of a hung trial. Returns `undefined` if all are held. */
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

  /** Releases a place. Returns false if its lease had expired: then its outcome is stale. */
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
    // The last lease fills the gap. It may have to move up, if it comes from another branch, or down.
    this.#rise(last, place);
    this.#sink(last, last.place);
  }

  /** Moves a lease up from a place, until the one above it ends no later. */
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

  /** Moves a lease down from a place, until those below it end no earlier. */
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
