import { withoutStack } from '../errors/index.js';
import type { Run, StageAttempt } from '../pipeline/index.js';
import {
  type Deferred,
  defer,
  LONGEST_TIMER_MS,
  monotonicMs,
  startTimer,
  stopTimer,
  type Timer,
} from '../runtime/index.js';
import { addWaste, computeWaste, type Hedges, NO_WASTE, type WastedUsage } from './hedges.js';
import type { ResolvedHedgeSettings } from './settings.js';

/** How attempts beside each other ended. */
export interface HedgeResult {
  /** The attempt whose value was used; `undefined` if none succeeded. */
  readonly winner: number | undefined;
  /** How many hedges ran. */
  readonly hedges: number;
  /** What the superseded attempts had reported by then. */
  readonly wasted: WastedUsage;
}

/** Receives what happens to hedges; its methods must not throw. */
export interface HedgeListener {
  /** An attempt was started beside one that had run for this long. */
  hedgeSent(hedge: StageAttempt, delayMs: number): void;
  /** The attempts beside the first one have ended, or have been ended. */
  hedgeEnded(first: StageAttempt, result: HedgeResult): void;
}

/** The budget that hedges share with retries. */
export interface HedgeBudget {
  /** Takes a token. Returns false and takes nothing if there is none left. */
  take(nowMs: number): boolean;
  snapshot(nowMs: number): { readonly tokens: number; readonly burst: number };
}

/** The parts of a hedge stage. */
export interface HedgeParts {
  readonly settings: ResolvedHedgeSettings;
  /** `undefined`: no limit. */
  readonly budget: HedgeBudget | undefined;
  /** The state of the key that an attempt uses. */
  readonly hedgesOf: (attempt: StageAttempt) => Hedges;
  /** How long an attempt usually takes, in milliseconds; `undefined` while unknown. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
  /** Whether the provider should get no more load than it must: its quota is on hold, or its breaker is not closed. */
  readonly isStrained: (attempt: StageAttempt) => boolean;
  readonly listener: HedgeListener;
}

/** The shortest wait before another look at an attempt that waits for a permit, or at a key under strain. */
const LEAST_LOOK_MS = 50;
/** Timers may fire that much early. */
const EARLY_MS = 1;

/**
 * An attempt that takes longer than the delay, and the hedges beside it. The first value wins, and the others are
 * interrupted. After a failure it waits for those that are in progress, unless they would fail as well.
 */
export class Race {
  readonly #parts: HedgeParts;
  readonly #next: Run;
  readonly #first: StageAttempt;
  readonly #delayMs: number;
  #timer: Timer | undefined;
  /** Attempts whose promise is pending; present once a hedge has been started. */
  #running: StageAttempt[] | undefined;
  /** The result of a race with hedges. */
  #result: Deferred<unknown> | undefined;
  #isOver = false;
  /** The wait before the latest look that came too early; each is twice as long as the one before. */
  #lookMs = 0;
  #launched = 0;
  #sent = 0;
  /** The first failure of a function. */
  #failure: { readonly error: unknown } | undefined;

  constructor(parts: HedgeParts, next: Run, first: StageAttempt, delayMs: number) {
    this.#parts = parts;
    this.#next = next;
    this.#first = first;
    this.#delayMs = delayMs;
  }

  /** Called when the delay has passed, and again when it is time for another look. */
  onTime(): void {
    const waitMs = this.#isOver ? undefined : this.#step(monotonicMs());
    if (waitMs === undefined) return;
    this.#timer = startTimer(Math.min(Math.ceil(waitMs), LONGEST_TIMER_MS), () => this.onTime());
  }

  /** Returns the value of the call, which may be that of a hedge; `undefined` if no hedge has been started. */
  onFirstValue(value: unknown): Promise<unknown> | undefined {
    if (this.#result === undefined) {
      this.#stop();
      learn(this.#parts, this.#first, true);
    } else this.#win(this.#first, value);
    return this.#result?.promise;
  }

  /** Returns the result of the race; `undefined` if no hedge has been started. */
  onFirstError(error: unknown): Promise<unknown> | undefined {
    if (this.#result === undefined) this.#stop();
    else this.#lose(this.#first, error);
    return this.#result?.promise;
  }

  #stop(): void {
    this.#isOver = true;
    if (this.#timer !== undefined) stopTimer(this.#timer);
  }

  /** Starts a hedge if one is due and allowed. Returns when to look again, in milliseconds; `undefined`: never. */
  #step(nowMs: number): number | undefined {
    const first = this.#first;
    // It waits for its quota or a permit: a hedge would only wait as well.
    if (!first.invoked) return this.#lookLater();
    const missingMs = first.startedAtMs + this.#delayMs - nowMs;
    if (this.#launched === 0 && missingMs > EARLY_MS) return missingMs;
    if (this.#isPointless()) return undefined;
    if (!this.#isAffordable(nowMs)) return this.#lookLater();
    this.#launch(nowMs);
    return this.#isOver || this.#launched >= this.#parts.settings.max ? undefined : this.#delayMs;
  }

  #lookLater(): number {
    this.#lookMs = Math.max(this.#lookMs * 2, this.#delayMs, LEAST_LOOK_MS);
    return this.#lookMs;
  }

  /** Whether no hedge of this call could help any more. */
  #isPointless(): boolean {
    const { call } = this.#first;
    return call.retryForbidden || call.remainingMs() < (this.#parts.typicalMs(this.#first) ?? 0);
  }

  /** Checks the budget last: a hedge that another rule forbids must not cost a token. */
  #isAffordable(nowMs: number): boolean {
    const { budget, isStrained } = this.#parts;
    if (isStrained(this.#first)) return false;
    if (budget === undefined) return true;
    const { tokens, burst } = budget.snapshot(nowMs);
    // The other half is for retries, whose calls have nothing else.
    return tokens >= burst / 2 && budget.take(nowMs);
  }

  #launch(nowMs: number): void {
    const { lane, target, call, mustStartByMs, startedAtMs } = this.#first;
    const patienceMs = () => this.#first.patienceMs();
    const hedge = call.nextAttempt({ lane, target, mustStartByMs, isHedge: true, patienceMs });
    this.#launched += 1;
    if (this.#running === undefined) {
      this.#running = [this.#first];
      this.#result = defer();
      // The promise of the first attempt settles with it, possibly later.
      void this.#result.promise.then(undefined, () => undefined);
    }
    this.#running.push(hedge);
    const value = this.#next(hedge);
    void value.then(
      (itsValue) => this.#win(hedge, itsValue),
      (error: unknown) => this.#lose(hedge, error),
    );
    if (hedge.rejectedBy !== undefined) return;
    this.#sent += 1;
    this.#parts.hedgesOf(hedge).recordSent();
    this.#parts.listener.hedgeSent(hedge, nowMs - startedAtMs);
  }

  #win(winner: StageAttempt, value: unknown): void {
    if (this.#isOver) return;
    learn(this.#parts, this.#first, winner === this.#first);
    this.#first.call.takeValueOf(winner);
    if (winner.isHedge) this.#parts.hedgesOf(winner).recordWon();
    this.#end(winner);
    this.#result?.resolve(value);
  }

  #lose(loser: StageAttempt, error: unknown): void {
    if (this.#isOver) return;
    const running = (this.#running ?? []).filter((each) => each !== loser);
    this.#running = running;
    // A hedge that a stage rejected is no failure: it did not run.
    const isRefused = loser.isHedge && loser.rejectedBy !== undefined;
    if (!isRefused) this.#failure ??= { error };
    if (!isRefused && this.#isFinal(loser, error)) this.#fail(error);
    else if (running.length === 0) this.#fail(this.#failure === undefined ? error : this.#failure.error);
  }

  /** Whether the others would fail as well, or have been ended too. */
  #isFinal(failed: StageAttempt, error: unknown): boolean {
    const { interruption } = failed;
    if (interruption !== undefined) return interruption.by !== 'attempt_timeout';
    return this.#parts.settings.fatalKinds.includes(failed.failureOf(error).kind);
  }

  #fail(error: unknown): void {
    this.#end(undefined);
    this.#result?.reject(error);
  }

  /** Ends the attempts that are still in progress. */
  #end(winner: StageAttempt | undefined): void {
    this.#stop();
    let wasted = NO_WASTE;
    for (const other of this.#running ?? []) {
      if (other === winner) continue;
      const error = withoutStack(() => new Error('another attempt of the call made this one redundant'));
      other.interrupt({ by: 'superseded', error });
      if (isSuperseded(other)) wasted = addWaste(wasted, this.#countWaste(other));
    }
    if (this.#sent === 0) return;
    this.#parts.listener.hedgeEnded(this.#first, { winner: winner?.attempt, hedges: this.#sent, wasted });
  }

  /** Counts what an attempt consumed in vain, also what it reports later; returns what it has reported so far. */
  #countWaste(superseded: StageAttempt): WastedUsage {
    const hedges = this.#parts.hedgesOf(superseded);
    let counted = superseded.usage;
    const soFar = computeWaste(1, counted);
    hedges.recordWaste(soFar);
    superseded.onObservation(() => {
      const { usage } = superseded;
      hedges.recordWaste(computeWaste(0, usage, counted));
      counted = usage;
    });
    return soFar;
  }
}

/** Learns how long the first attempt took. Hedges are not typical: those that lose end early. */
export function learn({ settings, hedgesOf }: HedgeParts, first: StageAttempt, succeeded: boolean): void {
  if (settings.delayMs !== undefined) return;
  const tookMs = monotonicMs() - first.startedAtMs;
  const hedges = hedgesOf(first);
  if (succeeded) hedges.recordLatency(tookMs, settings);
  else hedges.recordSuperseded(tookMs, settings);
}

/** Whether the function ran in vain: it was interrupted, or its value arrived in the same moment as that of another. */
function isSuperseded({ invoked, interruption }: StageAttempt): boolean {
  return invoked && (interruption === undefined || interruption.by === 'superseded');
}
