/** The settings of trials. */
export interface TrialRules {
  readonly trials: number;
}

/** The place of one trial: its holder loses it when it has not settled in time. */
export class Lease {
  readonly untilMs: number;

  constructor(untilMs: number) {
    this.untilMs = untilMs;
  }
}

/** The few calls that a half-open breaker admits, and how they ended. */
export class Trials {
  #rules: TrialRules;
  #leases: readonly Lease[] = [];
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
    if (this.#leases.length >= trials) {
      this.#leases = this.#leases.filter((lease) => lease.untilMs > nowMs);
      if (this.#leases.length >= trials) return undefined;
    }
    const lease = new Lease(nowMs + leaseMs);
    this.#leases = [...this.#leases, lease];
    return lease;
  }

  /** Gives a place back. Returns false when its lease had run out and another trial may hold it: then its outcome is stale. */
  giveBack(lease: Lease): boolean {
    if (!this.#leases.includes(lease)) return false;
    this.#leases = this.#leases.filter((other) => other !== lease);
    return true;
  }

  /** Counts a trial that succeeded, and returns the count. */
  succeed(): number {
    this.#successes += 1;
    return this.#successes;
  }
}
