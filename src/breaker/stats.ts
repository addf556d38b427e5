/** What a breaker has counted since it was created or reset. Outcomes from earlier generations are counted too. */
export interface BreakerStats {
  /** Calls admitted; `successes + failures + ignored` of them have settled. */
  readonly admitted: number;
  readonly successes: number;
  readonly failures: number;
  readonly ignored: number;
  /** Settled calls of an earlier generation, which changed only these numbers. */
  readonly stale: number;
  /** Calls rejected; in mode `observe` those that would have been. */
  readonly rejected: number;
  readonly opens: number;
  readonly halfOpens: number;
  readonly closes: number;
}

/** The same numbers, mutable. */
export type BreakerCounts = { -readonly [Name in keyof BreakerStats]: number };

/** Creates counts that are all zero. */
export function createCounts(): BreakerCounts {
  return {
    admitted: 0,
    successes: 0,
    failures: 0,
    ignored: 0,
    stale: 0,
    rejected: 0,
    opens: 0,
    halfOpens: 0,
    closes: 0,
  };
}
