import type { Usage, UsageEstimate } from '../pipeline/index.js';
import { LONGEST_TIMER_MS, monotonicMs, roundUpMs, startTimer, stopTimer, type Timer } from '../runtime/index.js';
import { Gcra } from './gcra.js';
import { TokenEstimate } from './token-estimate.js';
import { type Linked, WaitingList } from './waiting-list.js';

/** How many requests and tokens are sent. */
export interface PacerSettings {
  /** `undefined`: not limited. */
  readonly requestsPerMinute: number | undefined;
  /** `undefined`: not limited. */
  readonly tokensPerMinute: number | undefined;
  readonly burstMs: number;
  readonly rampMs: number;
  /** How many attempts may wait. */
  readonly queue: number;
}

/** What an attempt may consume, before it is known. */
export interface Consumption {
  readonly inputTokens: number;
  readonly outputTokens: number;
}

/** What a provider says is left of its limits. Numbers that are missing are unknown. */
export interface Remaining {
  readonly requests?: number | undefined;
  readonly tokens?: number | undefined;
}

/** What an attempt has taken from the rates. */
export interface Reservation {
  readonly estimated: Consumption;
  /** The latest numbers that the attempt has reported. */
  used: Partial<Consumption>;
  /** What is taken at present. */
  requests: number;
  tokens: number;
}

/** What waits for a turn. One of its methods is called, once, unless it has left. */
export interface Waiter {
  /** When it must be sent at the latest, by the monotonic clock. */
  readonly untilMs: number;
  granted(reservation: Reservation): void;
  /** A hold lasts for longer than it can wait. */
  missed(): void;
}

/** An attempt that waits for its turn. */
export interface Turn extends Linked<Turn> {
  readonly consumption: Consumption;
  readonly waiter: Waiter;
  isWaiting: boolean;
}

/** How much of one limit may be sent. */
export interface RateSnapshot {
  /** How many may be sent at once, rounded down; negative while earlier attempts have used more than there was. */
  readonly available: number;
  readonly perMinute: number;
}

/** What is known of the rates of one key. */
export interface PacingSnapshot {
  /** `null`: not limited. */
  readonly requests: RateSnapshot | null;
  /** `null`: not limited. */
  readonly tokens: RateSnapshot | null;
  /** How many attempts wait for their turn. */
  readonly waiting: number;
  /** How many tokens of output the next attempt is taken to have; `null` while tokens are not limited. */
  readonly estimatedOutputTokens: number | null;
}

/** After this time without an attempt, the rates grow anew. */
const IDLE_MS = 60_000;
/** What an attempt is taken to consume while nothing is known of it. */
const DEFAULT_TOKENS = 1_000;

/**
 * The rates of one key: attempts take their turn in the order in which they came, and all that they take or give back is
 * counted in constant time. A timer runs only while attempts wait.
 */
export class Pacer {
  #settings: PacerSettings;
  #requests: Gcra | undefined;
  #tokens: Gcra | undefined;
  readonly #queue = new WaitingList<Turn>();
  #waiting = 0;
  /** The tokens of all attempts that wait. */
  #waitingTokens = 0;
  #grantedAtMs = Number.NEGATIVE_INFINITY;
  #timer: Timer | undefined;
  readonly #input = new TokenEstimate();
  readonly #output = new TokenEstimate();
  readonly #heldForMs: (nowMs: number) => number;

  /** @param heldForMs how long no attempt that waits may be sent, whatever the rates, in milliseconds. */
  constructor(settings: PacerSettings, heldForMs: (nowMs: number) => number, nowMs: number) {
    this.#settings = settings;
    this.#heldForMs = heldForMs;
    this.#measure(settings, nowMs);
  }

  get waiting(): number {
    return this.#waiting;
  }

  /** Applies other settings from now on. What is available stays, and attempts that wait keep their places. */
  updateSettings(settings: PacerSettings, nowMs: number): void {
    this.#settings = settings;
    this.#measure(settings, nowMs);
    this.#grantWaiting(nowMs);
  }

  /** Applies that no attempt may be sent for a longer or a shorter time than before. */
  applyHold(nowMs: number): void {
    const heldUntilMs = nowMs + this.#heldForMs(nowMs);
    for (let turn = this.#queue.first; turn !== undefined; ) {
      const { next, waiter } = turn;
      if (waiter.untilMs < heldUntilMs) {
        this.#remove(turn);
        waiter.missed();
      }
      turn = next;
    }
    this.#grantWaiting(nowMs);
  }

  /** Ends the limits: every attempt that waits is sent. */
  open(): void {
    this.#requests = undefined;
    this.#tokens = undefined;
    this.#grantWaiting(monotonicMs());
  }

  /** Estimates what an attempt consumes: as its call says, as much as nearly all attempts before, or 1,000 tokens each. */
  estimate(given: UsageEstimate | undefined): Consumption {
    if (this.#tokens === undefined) return NOTHING;
    return {
      inputTokens: given?.inputTokens ?? this.#input.value ?? DEFAULT_TOKENS,
      outputTokens: given?.outputTokens ?? this.#output.value ?? DEFAULT_TOKENS,
    };
  }

  /** Takes what an attempt may consume, if its turn is now. */
  tryReserve(consumption: Consumption, nowMs: number): Reservation | undefined {
    if (this.#waiting > 0) return undefined;
    if (nowMs - this.#grantedAtMs >= IDLE_MS) {
      this.#requests?.startRamp(nowMs);
      this.#tokens?.startRamp(nowMs);
    }
    return this.#computeTurnMs(consumption, nowMs) > 0 ? undefined : this.#reserve(consumption, nowMs);
  }

  /** How long an attempt that came now would wait for its turn, in milliseconds, by what those before it may consume. */
  computeWaitMs(consumption: Consumption, nowMs: number): number {
    const heldMs = this.#heldForMs(nowMs);
    const turnMs = this.#computeTurnMs(consumption, nowMs + heldMs, this.#waiting, this.#waitingTokens);
    return heldMs + turnMs;
  }

  /**
   * Adds an attempt to the queue.
   *
   * @returns `undefined` if there is no place.
   */
  enqueue(consumption: Consumption, waiter: Waiter, nowMs: number): Turn | undefined {
    if (this.#waiting >= this.#settings.queue) return undefined;
    const turn: Turn = { consumption, waiter, isWaiting: true, previous: undefined, next: undefined };
    this.#queue.add(turn);
    this.#waiting += 1;
    this.#waitingTokens += sumOf(consumption);
    if (this.#waiting === 1) this.#grantWaiting(nowMs);
    return turn;
  }

  /** Removes an attempt that no longer waits. Has no effect if its turn has come. */
  leave(turn: Turn): void {
    if (!turn.isWaiting) return;
    const wasFirst = this.#queue.first === turn;
    this.#remove(turn);
    if (wasFirst) this.#grantWaiting(monotonicMs());
  }

  /** Replaces estimates by what an attempt has reported. Numbers that it has not reported stay estimates. */
  settle(reservation: Reservation, { inputTokens, outputTokens }: Usage, nowMs: number): void {
    if (this.#tokens === undefined) return;
    const { used, estimated } = reservation;
    reservation.used = {
      ...used,
      ...(isCount(inputTokens) && { inputTokens }),
      ...(isCount(outputTokens) && { outputTokens }),
    };
    this.#replaceTokens(reservation, sumOf({ ...estimated, ...reservation.used }), nowMs);
  }

  /** Learns from an attempt that succeeded what the next ones will consume. */
  learn({ used: { inputTokens, outputTokens } }: Reservation): void {
    if (inputTokens !== undefined) this.#input.record(inputTokens);
    if (outputTokens !== undefined) this.#output.record(outputTokens);
  }

  /** Gives back the tokens of an attempt that the provider did nothing for. */
  giveBackTokens(reservation: Reservation, nowMs: number): void {
    this.#replaceTokens(reservation, 0, nowMs);
  }

  /** Gives back everything: the attempt was not sent. */
  giveBack(reservation: Reservation, nowMs: number): void {
    this.#requests?.giveBack(reservation.requests, nowMs);
    reservation.requests = 0;
    this.#replaceTokens(reservation, 0, nowMs);
    // Without a limit of tokens, nothing else has looked at the queue.
    this.#grantWaiting(nowMs);
  }

  /**
   * Lowers what is available to what the provider says is left. Never raises it: what is left of a provider's minute may be
   * sent by other processes too, and is more than may be sent at once.
   */
  correct({ requests, tokens }: Remaining, nowMs: number): void {
    if (requests !== undefined) this.#requests?.limitTo(requests, nowMs);
    if (tokens !== undefined) this.#tokens?.limitTo(tokens, nowMs);
  }

  /** Whether nothing is lost if it is created anew: no attempt waits, and earlier ones have left no debt. */
  isAtRest(nowMs: number): boolean {
    return this.#waiting === 0 && !isInDebt(this.#requests, nowMs) && !isInDebt(this.#tokens, nowMs);
  }

  snapshot(nowMs: number): PacingSnapshot {
    return {
      requests: takeSnapshot(this.#requests, nowMs),
      tokens: takeSnapshot(this.#tokens, nowMs),
      waiting: this.#waiting,
      estimatedOutputTokens: this.#tokens === undefined ? null : this.estimate(undefined).outputTokens,
    };
  }

  #measure({ requestsPerMinute, tokensPerMinute, burstMs, rampMs }: PacerSettings, nowMs: number): void {
    const update = (gcra: Gcra | undefined, perMinute: number | undefined): Gcra | undefined => {
      if (perMinute === undefined) return undefined;
      const rate = { perMinute, burstMs, rampMs };
      if (gcra === undefined) return new Gcra(rate, nowMs);
      gcra.updateRate(rate, nowMs);
      return gcra;
    };
    this.#requests = update(this.#requests, requestsPerMinute);
    this.#tokens = update(this.#tokens, tokensPerMinute);
  }

  #computeTurnMs(consumption: Consumption, nowMs: number, requestsAhead = 0, tokensAhead = 0): number {
    return Math.max(
      this.#requests?.computeWaitMs(1, nowMs, requestsAhead) ?? 0,
      this.#tokens?.computeWaitMs(sumOf(consumption), nowMs, tokensAhead) ?? 0,
    );
  }

  #reserve(estimated: Consumption, nowMs: number): Reservation {
    const tokens = sumOf(estimated);
    this.#requests?.take(1, nowMs);
    this.#tokens?.take(tokens, nowMs);
    this.#grantedAtMs = nowMs;
    return { estimated, used: UNKNOWN, requests: 1, tokens };
  }

  #replaceTokens(reservation: Reservation, tokens: number, nowMs: number): void {
    const unused = reservation.tokens - tokens;
    reservation.tokens = tokens;
    if (unused === 0) return;
    this.#tokens?.giveBack(unused, nowMs);
    if (unused > 0) this.#grantWaiting(nowMs);
  }

  #remove(turn: Turn): void {
    this.#queue.remove(turn);
    turn.isWaiting = false;
    this.#waiting -= 1;
    // Exactly 0, where sums of fractions might leave a rest.
    this.#waitingTokens = this.#waiting === 0 ? 0 : this.#waitingTokens - sumOf(turn.consumption);
  }

  /** Sends every attempt whose turn has come, and starts the timer for the next one. */
  #grantWaiting(nowMs: number): void {
    if (this.#timer !== undefined) stopTimer(this.#timer);
    this.#timer = undefined;
    for (let turn = this.#queue.first; turn !== undefined; turn = this.#queue.first) {
      const waitMs = Math.max(this.#heldForMs(nowMs), this.#computeTurnMs(turn.consumption, nowMs));
      if (waitMs > 0) {
        this.#timer = startTimer(Math.min(roundUpMs(waitMs), LONGEST_TIMER_MS), () =>
          this.#grantWaiting(monotonicMs()),
        );
        return;
      }
      this.#remove(turn);
      turn.waiter.granted(this.#reserve(turn.consumption, nowMs));
    }
  }
}

const UNKNOWN: Partial<Consumption> = Object.freeze({});
const NOTHING: Consumption = Object.freeze({ inputTokens: 0, outputTokens: 0 });

function sumOf({ inputTokens, outputTokens }: Consumption): number {
  return inputTokens + outputTokens;
}

/** Usage comes from the application, or from a provider. */
function isCount(tokens: number | undefined): tokens is number {
  return Number.isFinite(tokens) && Number(tokens) >= 0;
}

function isInDebt(gcra: Gcra | undefined, nowMs: number): boolean {
  return gcra !== undefined && gcra.availableAt(nowMs) < 0;
}

function takeSnapshot(gcra: Gcra | undefined, nowMs: number): RateSnapshot | null {
  return gcra === undefined ? null : { available: Math.floor(gcra.availableAt(nowMs)), perMinute: gcra.perMinute };
}
