/** The settings of trials. */
export interface TrialRules {
  readonly trials: number;
}

/** The place of one trial: its holder loses it when it has not settled in time. */
export class Lease {
  readonly untilMs: number;
  /** The neighbours among the leases in the order in which they end. */
  earlier: Lease | undefined;
  later: Lease | undefined;
  held = false;

  constructor(untilMs: number) {
    this.untilMs = untilMs;
  }
}

/**
 * The few calls that a half-open breaker admits, and how they ended. The leases form a list in the order in which they end,
 * so that each step takes the same time however many there are.
 */
export class Trials {
  #rules: TrialRules;
  #first: Lease | undefined;
  #last: Lease | undefined;
  #held = 0;
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
    if (this.#held >= trials) {
      while (this.#first !== undefined && this.#first.untilMs <= nowMs) this.#remove(this.#first);
      if (this.#held >= trials) return undefined;
    }
    const lease = new Lease(nowMs + leaseMs);
    this.#insert(lease);
    return lease;
  }

  /** Gives a place back. Returns false when its lease had run out and another trial may hold it: then its outcome is stale. */
  giveBack(lease: Lease): boolean {
    if (!lease.held) return false;
    this.#remove(lease);
    return true;
  }

  /** Counts a trial that succeeded, and returns the count. */
  succeed(): number {
    this.#successes += 1;
    return this.#successes;
  }

  /** Searches from the end: a lease that begins last ends last, unless its call may take less time than others. */
  #insert(lease: Lease): void {
    let earlier = this.#last;
    while (earlier !== undefined && earlier.untilMs > lease.untilMs) earlier = earlier.earlier;
    const later = earlier === undefined ? this.#first : earlier.later;
    this.#link(earlier, lease);
    this.#link(lease, later);
    lease.held = true;
    this.#held += 1;
  }

  #remove(lease: Lease): void {
    this.#link(lease.earlier, lease.later);
    lease.earlier = undefined;
    lease.later = undefined;
    lease.held = false;
    this.#held -= 1;
  }

  #link(earlier: Lease | undefined, later: Lease | undefined): void {
    if (earlier === undefined) this.#first = later;
    else earlier.later = later;
    if (later === undefined) this.#last = earlier;
    else later.earlier = earlier;
  }
}
