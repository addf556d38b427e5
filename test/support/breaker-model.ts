import type {
  BreakerEvent,
  BreakerMode,
  BreakerOutcome,
  BreakerSnapshot,
  BreakerState,
  TripCause,
} from 'holdfast/breaker';

/*
 * What a breaker must do, said as plainly as possible and as slowly as need be: lists of what happened, gone through
 * from the start at every question. It is written from the rules below, not from the code.
 *
 * - Closed: it opens by the first rule that is met: failures in a row; or, once the window holds `minimumCalls`, the share
 *   of failed, then of slow calls. A share that equals its limit meets it. `ignored` is no call at all.
 * - The window is the tenth of `windowMs` that is under way and the nine before it, by the monotonic clock.
 * - Open: nobody passes for the length of the opening; the refused learn how long that is from now. Held open by hand:
 *   nobody passes until a person closes it.
 * - The nth opening in a row lasts openMs * 2^(n-1), at most `openMaxMs`, less up to a quarter by chance, at least `openMs`,
 *   and at least what the callee asked for, an hour (or `openMaxMs`, if longer) at the most.
 * - Half-open: `trials` may be under way at once, the others are refused. One failed or slow trial opens it again,
 *   `successesToClose` good ones close it. A trial whose lease has run out keeps its place until a newcomer finds no other;
 *   then every trial that has run out loses its place, and its say.
 * - Whatever was admitted before the last change of era (closing, opening, reset) changes nothing but the numbers; what was
 *   admitted before a reset not even these.
 * - Closing begins with an empty window. A snapshot keeps the era and its instant, not the window.
 * - `observe` moves as `enforce` does and lets everybody pass. `forced_open` and `disabled` are not moved by hand.
 */

/** The rules a model goes by; those of the breaker, with nothing left open. */
export interface ModelRules {
  readonly consecutiveFailures: number | undefined;
  readonly failureRate: number | undefined;
  readonly slowCallMs: number | undefined;
  readonly slowCallRate: number | undefined;
  readonly minimumCalls: number;
  readonly windowMs: number;
  readonly openMs: number;
  readonly openMaxMs: number;
  readonly trials: number;
  readonly successesToClose: number;
  readonly trialLeaseMs: number;
  readonly mode: BreakerMode;
  /** What `random` gives every time. */
  readonly chance: number;
}

/** Both clocks at one moment. */
export interface Moment {
  readonly monotonicMs: number;
  readonly wallMs: number;
}

type WithoutBase<E> = E extends BreakerEvent ? Omit<E, 'at' | 'breaker'> : never;

/** An event without its name and time. */
export type Told = WithoutBase<BreakerEvent>;

/** Leave to make one call. */
export interface Ticket {
  readonly era: number;
  readonly startedMs: number;
  /** There for a trial: until when its place is safe. */
  readonly leaseUntilMs: number | undefined;
  readonly counts: Counts;
  settled: boolean;
}

/** Why somebody may not pass. */
export interface ModelRefusal {
  readonly refusal: 'open' | 'trials_taken' | 'held_open';
  readonly retryAfterMs: number | undefined;
}

interface Outcome {
  readonly atMs: number;
  readonly failed: boolean;
  readonly slow: boolean;
}

type Phase =
  | { readonly name: 'closed'; readonly failuresBefore: number; readonly outcomes: Outcome[] }
  /** Since when by the monotonic clock. */
  | { readonly name: 'open'; readonly sinceMs: number; readonly waitMs: number }
  | { readonly name: 'held'; readonly sinceMs: number }
  | { readonly name: 'half_open'; holders: Ticket[]; successes: number };

export class BreakerModel {
  /** Everything that was told. */
  readonly told: Told[] = [];
  readonly #rules: ModelRules;
  #counts = nothingCounted();
  #phase: Phase = { name: 'closed', failuresBefore: 0, outcomes: [] };
  #era = 0;
  #openings = 0;

  constructor(rules: ModelRules) {
    this.#rules = rules;
  }

  /** The model of a breaker that goes on where another one stopped. */
  static restore(snapshot: BreakerSnapshot, rules: ModelRules, now: Moment): BreakerModel {
    const model = new BreakerModel(rules);
    if (snapshot.state !== 'closed') model.#openings = snapshot.openings;
    model.#phase = phaseOf(snapshot, now);
    return model;
  }

  get counts(): Readonly<Counts> {
    return this.#counts;
  }

  get state(): BreakerState {
    if (this.#rules.mode === 'forced_open') return 'open';
    if (this.#rules.mode === 'disabled') return 'closed';
    return this.#phase.name === 'held' ? 'open' : this.#phase.name;
  }

  /** How long until the opening is over; `undefined` when no time ends what is now. */
  waitsForMs(now: Moment): number | undefined {
    return this.#phase.name === 'open' ? leftOf(this.#phase, now) : undefined;
  }

  /** Time has passed. */
  tick(now: Moment): void {
    if (this.#phase.name !== 'open' || leftOf(this.#phase, now) > 0) return;
    this.#phase = { name: 'half_open', holders: [], successes: 0 };
    this.#counts.halfOpens += 1;
    this.told.push({ type: 'breaker.half_opened' });
  }

  admit(now: Moment): Ticket | ModelRefusal {
    const { mode } = this.#rules;
    const refusal = this.#refusal(now);
    if (refusal === undefined) return this.#ticket(now, mode !== 'disabled' && this.#phase.name === 'half_open');
    const enforced = mode !== 'observe';
    this.#counts.rejected += 1;
    this.told.push({ type: 'breaker.rejected', ...refusal, enforced });
    return enforced ? refusal : this.#ticket(now, false);
  }

  settle(ticket: Ticket, outcome: BreakerOutcome, hintMs: number | undefined, now: Moment): void {
    if (ticket.settled) return;
    ticket.settled = true;
    ticket.counts[COUNTED_AS[outcome]] += 1;
    if (ticket.era !== this.#era) {
      ticket.counts.stale += 1;
      return;
    }
    if (this.#rules.mode === 'disabled') return;
    if (this.#phase.name === 'closed') this.#settleClosed(this.#phase, ticket, outcome, hintMs, now);
    if (this.#phase.name === 'half_open') this.#settleTrial(this.#phase, ticket, outcome, hintMs, now);
  }

  open(now: Moment): void {
    if (this.#isFixed || this.state === 'open') return;
    this.#open('manual', undefined, now);
  }

  isolate(now: Moment): void {
    if (this.#isFixed || this.#phase.name === 'held') return;
    this.#begin({ name: 'held', sinceMs: now.monotonicMs });
    this.#counts.opens += 1;
    this.told.push({ type: 'breaker.opened', cause: 'isolated', waitMs: undefined });
  }

  close(): void {
    if (!this.#isFixed && this.#phase.name !== 'closed') this.#close('manual');
  }

  reset(): void {
    if (this.#phase.name !== 'closed') this.#close('reset');
    this.#begin({ name: 'closed', failuresBefore: 0, outcomes: [] });
    this.#counts = nothingCounted();
  }

  snapshot(now: Moment): BreakerSnapshot {
    const phase = this.#phase;
    const version = 1;
    const openings = this.#openings;
    if (phase.name === 'closed') return { version, state: 'closed', consecutiveFailures: failuresInARow(phase) };
    if (phase.name === 'half_open') return { version, state: 'half_open', openings };
    const openedAt = now.wallMs - (now.monotonicMs - phase.sinceMs);
    return { version, state: 'open', openings, openedAt, waitMs: phase.name === 'held' ? null : phase.waitMs };
  }

  /** Whether the mode alone says where it stands. */
  get #isFixed(): boolean {
    return this.#rules.mode === 'forced_open' || this.#rules.mode === 'disabled';
  }

  #refusal(now: Moment): ModelRefusal | undefined {
    const { mode, trials } = this.#rules;
    const phase = this.#phase;
    if (mode === 'forced_open') return { refusal: 'held_open', retryAfterMs: undefined };
    if (mode === 'disabled' || phase.name === 'closed') return undefined;
    if (phase.name === 'held') return { refusal: 'held_open', retryAfterMs: undefined };
    if (phase.name === 'open') return { refusal: 'open', retryAfterMs: leftOf(phase, now) };
    if (phase.holders.length < trials) return undefined;
    phase.holders = phase.holders.filter(({ leaseUntilMs = 0 }) => now.monotonicMs < leaseUntilMs);
    // Trials end when they end: nobody can tell when there is a place.
    return phase.holders.length < trials ? undefined : { refusal: 'trials_taken', retryAfterMs: undefined };
  }

  #ticket({ monotonicMs }: Moment, isTrial: boolean): Ticket {
    this.#counts.admitted += 1;
    const leaseUntilMs = isTrial ? monotonicMs + this.#rules.trialLeaseMs : undefined;
    const ticket = { era: this.#era, startedMs: monotonicMs, leaseUntilMs, counts: this.#counts, settled: false };
    if (isTrial && this.#phase.name === 'half_open') this.#phase.holders.push(ticket);
    return ticket;
  }

  #settleClosed(
    phase: Phase & { name: 'closed' },
    ticket: Ticket,
    outcome: BreakerOutcome,
    hintMs: number | undefined,
    now: Moment,
  ): void {
    if (outcome === 'ignored') return;
    phase.outcomes.push({ atMs: now.monotonicMs, failed: outcome === 'failure', slow: this.#isSlow(ticket, now) });
    const cause = this.#cause(phase, now);
    if (cause !== undefined) this.#open(cause, hintMs, now);
  }

  #settleTrial(
    phase: Phase & { name: 'half_open' },
    ticket: Ticket,
    outcome: BreakerOutcome,
    hintMs: number | undefined,
    now: Moment,
  ): void {
    // Let through although it was refused, since the mode only observes.
    if (ticket.leaseUntilMs === undefined) return;
    if (!phase.holders.includes(ticket)) {
      ticket.counts.stale += 1;
      return;
    }
    phase.holders = phase.holders.filter((holder) => holder !== ticket);
    if (outcome === 'ignored') return;
    if (outcome === 'failure' || this.#isSlow(ticket, now)) {
      this.#open('trial_failed', hintMs, now);
      return;
    }
    phase.successes += 1;
    if (phase.successes === this.#rules.successesToClose) this.#close('recovered');
  }

  #isSlow({ startedMs }: Ticket, { monotonicMs }: Moment): boolean {
    const { slowCallMs } = this.#rules;
    return slowCallMs !== undefined && monotonicMs - startedMs >= slowCallMs;
  }

  #cause(phase: Phase & { name: 'closed' }, { monotonicMs }: Moment): TripCause | undefined {
    const { consecutiveFailures, failureRate, slowCallRate, minimumCalls, windowMs } = this.#rules;
    const inARow = failuresInARow(phase);
    if (consecutiveFailures !== undefined && inARow >= consecutiveFailures) return 'consecutive_failures';
    const tenth = (ms: number) => Math.floor(ms / (windowMs / 10));
    const recent = phase.outcomes.filter(({ atMs }) => tenth(atMs) > tenth(monotonicMs) - 10);
    if (recent.length < minimumCalls) return undefined;
    const share = (part: readonly Outcome[]) => part.length / recent.length;
    if (failureRate !== undefined && share(recent.filter(({ failed }) => failed)) >= failureRate) return 'failure_rate';
    if (slowCallRate !== undefined && share(recent.filter(({ slow }) => slow)) >= slowCallRate) return 'slow_call_rate';
    return undefined;
  }

  #open(cause: TripCause | 'trial_failed' | 'manual', hintMs: number | undefined, now: Moment): void {
    this.#openings += 1;
    const waitMs = this.#openingMs(hintMs);
    this.#begin({ name: 'open', sinceMs: now.monotonicMs, waitMs });
    this.#counts.opens += 1;
    this.told.push({ type: 'breaker.opened', cause, waitMs });
  }

  #openingMs(hintMs: number | undefined): number {
    const { openMs, openMaxMs, chance } = this.#rules;
    let fullMs = openMs;
    for (let nth = 1; nth < this.#openings && fullMs < openMaxMs; nth++) fullMs *= 2;
    const jitteredMs = Math.min(fullMs, openMaxMs) * (1 - chance / 4);
    const asked = hintMs !== undefined && hintMs > 0 ? hintMs : 0;
    return Math.max(openMs, jitteredMs, Math.min(asked, Math.max(openMaxMs, HOUR_MS)));
  }

  #close(cause: 'recovered' | 'manual' | 'reset'): void {
    this.#openings = 0;
    this.#begin({ name: 'closed', failuresBefore: 0, outcomes: [] });
    this.#counts.closes += 1;
    this.told.push({ type: 'breaker.closed', cause });
  }

  #begin(phase: Phase): void {
    this.#era += 1;
    this.#phase = phase;
  }
}

const HOUR_MS = 3_600_000;

const COUNTED_AS = { success: 'successes', failure: 'failures', ignored: 'ignored' } as const;

function nothingCounted() {
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

type Counts = ReturnType<typeof nothingCounted>;

function leftOf({ sinceMs, waitMs }: Phase & { name: 'open' }, { monotonicMs }: Moment): number {
  return sinceMs + waitMs - monotonicMs;
}

function failuresInARow({ failuresBefore, outcomes }: Phase & { name: 'closed' }): number {
  const lastSuccess = outcomes.findLastIndex(({ failed }) => !failed);
  return lastSuccess === -1 ? failuresBefore + outcomes.length : outcomes.length - 1 - lastSuccess;
}

function phaseOf(snapshot: BreakerSnapshot, { monotonicMs, wallMs }: Moment): Phase {
  if (snapshot.state === 'closed') {
    return { name: 'closed', failuresBefore: snapshot.consecutiveFailures, outcomes: [] };
  }
  if (snapshot.state === 'half_open') return { name: 'half_open', holders: [], successes: 0 };
  const { openedAt, waitMs } = snapshot;
  // A wall clock that was set back must not make the opening longer than it was.
  const passedMs = Math.max(0, wallMs - openedAt);
  if (waitMs === null) return { name: 'held', sinceMs: monotonicMs - passedMs };
  if (passedMs >= waitMs) return { name: 'half_open', holders: [], successes: 0 };
  return { name: 'open', sinceMs: monotonicMs - passedMs, waitMs };
}
