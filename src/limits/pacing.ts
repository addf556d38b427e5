import { CapacityError, withoutStack } from '../errors/index.js';
import { fillDefaults, type NumberRule, numberWithin, type Part, part, setting } from '../input/index.js';
import type {
  AttemptOutcome,
  Failure,
  FailureKind,
  HeaderSource,
  Run,
  Stage,
  StageAttempt,
} from '../pipeline/index.js';
import { LONGEST_TIMER_MS, monotonicMs } from '../runtime/index.js';
import type { CapacityListener } from './concurrency.js';
import type { Pacer, Remaining, Reservation, Turn, Waiter } from './pacer.js';

/** How many requests and tokens a key sends in a minute: plain data, at least one of the two rates. */
export interface PacingSettings {
  /** How many attempts of a key are sent in a minute. Default: no limit. */
  readonly requestsPerMinute?: number | undefined;
  /** How many tokens the attempts of a key consume in a minute, input and output together. Default: no limit. */
  readonly tokensPerMinute?: number | undefined;
  /** How much of a minute may be sent at once after a pause, in milliseconds. Default 5 000, a twelfth of the rates. */
  readonly burstMs?: number | undefined;
  /** How many attempts of a key may wait. Default 1 000. */
  readonly queue?: number | undefined;
  /** The longest that an attempt waits for its turn, in milliseconds. Default 30 000. */
  readonly maxWaitMs?: number | undefined;
  /** How long the rates take to grow from a quarter to the whole after a minute without attempts. 0: at once. Default 10 000. */
  readonly rampMs?: number | undefined;
}

/** Pacing settings with all defaults filled in. */
export interface ResolvedPacingSettings {
  readonly requestsPerMinute: number | undefined;
  readonly tokensPerMinute: number | undefined;
  readonly burstMs: number;
  readonly queue: number;
  readonly maxWaitMs: number;
  readonly rampMs: number;
}

const RATE: NumberRule = { above: 0, max: 1_000_000_000_000 };
const BURST: NumberRule = { min: 0, max: 60_000 };
const WAITING: NumberRule = { min: 0, max: 1_000_000, integer: true };
const WAIT: NumberRule = { min: 0, max: LONGEST_TIMER_MS };

/** Declares {@link PacingSettings}. */
export const PACING_SETTINGS: Part<PacingSettings, 'burstMs' | 'queue' | 'maxWaitMs' | 'rampMs'> = part(
  {
    requestsPerMinute: setting(numberWithin(RATE), {
      absent: 'requests are not limited',
      description: 'How many attempts of a key are sent in a minute.',
      advice: 'Write a number, such as 500: a little less than what the provider allows.',
    }),
    tokensPerMinute: setting(numberWithin(RATE), {
      absent: 'tokens are not limited',
      description: 'How many tokens the attempts of a key consume in a minute, input and output together.',
      advice: 'Write a number, such as 200000: a little less than what the provider allows.',
    }),
    burstMs: setting(numberWithin(BURST), {
      unit: 'milliseconds',
      default: 5_000,
      description: 'How much of a minute may be sent at once after a pause. 0: nothing is sent ahead.',
      advice: 'Write milliseconds: 5000 suits most providers.',
    }),
    queue: setting(numberWithin(WAITING), {
      default: 1_000,
      description: 'How many attempts of a key may wait. 0: those beyond the rates are rejected at once.',
      advice: 'Write a whole number: 1000 suits most services.',
    }),
    maxWaitMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 30_000,
      suspectBelowMs: 100,
      description: 'The longest that an attempt waits for its turn. One that would wait longer is rejected at once.',
      advice: 'Write milliseconds: 30000 suits most calls.',
    }),
    rampMs: setting(numberWithin(WAIT), {
      unit: 'milliseconds',
      default: 10_000,
      description:
        'How long the rates take to grow from a quarter to the whole after a minute without attempts. 0: they are whole at once.',
      advice: 'Write milliseconds: 10000 suits most providers.',
    }),
  },
  {
    id: 'pacing',
    description: 'How many requests and tokens a key sends in a minute; at least one of the two.',
    conflicts: ({ requestsPerMinute, tokensPerMinute }, refuse) => {
      if (requestsPerMinute !== undefined || tokensPerMinute !== undefined) return;
      const suggestion = 'Write { requestsPerMinute: 500 }, or false.';
      refuse([], 'must have requestsPerMinute or tokensPerMinute', undefined, suggestion);
    },
  },
);

/** Fills in the defaults. The settings must be valid. */
export function resolvePacingSettings(settings: PacingSettings): ResolvedPacingSettings {
  const { requestsPerMinute, tokensPerMinute, ...others } = fillDefaults(PACING_SETTINGS, settings);
  return { requestsPerMinute, tokensPerMinute, ...others };
}

/** What the pacing stage is made of. */
export interface PacingParts {
  readonly settings: ResolvedPacingSettings;
  readonly listener: CapacityListener;
  /** The rates of the key that an attempt uses; `undefined`: it has none. */
  readonly pacerOf: (attempt: StageAttempt) => Pacer | undefined;
  /** How long an attempt usually takes, in milliseconds; `undefined` while that is not known. */
  readonly typicalMs: (attempt: StageAttempt) => number | undefined;
  /** Reads what is left of the provider's limits from the headers of a response. Never throws. */
  readonly readRemaining: (headers: HeaderSource) => Remaining;
  /** The same from the response that an error carries; `undefined` if it carries none. Never throws. */
  readonly readErrorRemaining: (error: unknown) => Remaining | undefined;
}

/** Failures of requests that the provider has refused before it has worked on them. */
const REFUSALS: ReadonlySet<FailureKind> = new Set([
  'rate_limited',
  'overloaded',
  'quota_exhausted',
  'auth',
  'not_found',
  'invalid_request',
  'context_length',
]);

/**
 * Sends attempts no faster than the rates of their key, in the order in which they come. An attempt that would wait longer
 * than it may is rejected at once. What it may consume is taken when it is sent, and settled with what it did consume.
 */
export function pacingStage(parts: PacingParts): Stage {
  return (next) => (attempt) => {
    const pacer = parts.pacerOf(attempt);
    if (pacer === undefined) return next(attempt);
    // It may have ended in the moment in which its wait for something else was over.
    if (attempt.interruption !== undefined) return attempt.pause(0);
    const paced = new PacedAttempt(parts, pacer, attempt);
    return paced.trySend() ? next(attempt) : paced.waitForTurn(next);
  };
}

/** One attempt, from its turn until it has ended. */
class PacedAttempt {
  readonly #parts: PacingParts;
  readonly #pacer: Pacer;
  readonly #attempt: StageAttempt;
  #turn: Turn | undefined;
  #reservation: Reservation | undefined;

  constructor(parts: PacingParts, pacer: Pacer, attempt: StageAttempt) {
    this.#parts = parts;
    this.#pacer = pacer;
    this.#attempt = attempt;
    // Before anything is taken, so that nothing can be taken and kept.
    attempt.onOutcome((outcome) => this.#settle(outcome));
    attempt.onObservation(({ usage, headers }) => {
      if (this.#reservation === undefined) return;
      if (usage !== undefined) pacer.settle(this.#reservation, usage ?? {}, monotonicMs());
      if (headers !== undefined) pacer.correct(parts.readRemaining(headers), monotonicMs());
    });
  }

  /** Takes what the attempt may consume. Returns whether its turn is now. */
  trySend(): boolean {
    const { call, startedAtMs } = this.#attempt;
    // It has just started; reading the clock would be a twentieth of the cost of a call.
    this.#reservation = this.#pacer.tryReserve(this.#pacer.estimate(call.estimate), startedAtMs);
    return this.#reservation !== undefined;
  }

  waitForTurn(next: Run): Promise<unknown> {
    const attempt = this.#attempt;
    const nowMs = monotonicMs();
    const longestMs = computeLongestWaitMs(this.#parts, attempt, nowMs);
    const consumption = this.#pacer.estimate(attempt.call.estimate);
    if (this.#pacer.computeWaitMs(consumption, nowMs) > longestMs) return this.#reject('pacing');
    let wake: () => void = doNothing;
    const granted = (reservation: Reservation) => {
      this.#reservation = reservation;
      wake();
    };
    const waiter: Waiter = { untilMs: nowMs + longestMs, granted, missed: () => wake() };
    this.#turn = this.#pacer.enqueue(consumption, waiter, nowMs);
    if (this.#turn === undefined) return this.#reject('pacing_queue_full');
    // Its turn has come between the two looks at the clock.
    if (this.#reservation !== undefined) return next(attempt);
    const waited = attempt.wait(longestMs, (wakeAttempt) => {
      wake = wakeAttempt;
    });
    return waited.then(() => (this.#reservation === undefined ? this.#reject('pacing') : next(attempt)));
  }

  #reject(refusal: 'pacing' | 'pacing_queue_full'): Promise<never> {
    const { operation, key, call } = this.#attempt;
    // Its own place is not one of those before it.
    if (this.#turn !== undefined) this.#pacer.leave(this.#turn);
    const retryAfterMs = Math.ceil(this.#pacer.computeWaitMs(this.#pacer.estimate(call.estimate), monotonicMs()));
    const rejection = { refusal, limit: undefined, waiting: this.#pacer.waiting, abandoned: 0, retryAfterMs };
    this.#parts.listener.capacityRejected(this.#attempt, rejection);
    return this.#attempt.reject(
      'capacity',
      withoutStack(() => new CapacityError({ operation, key, ...rejection })),
    );
  }

  #settle(outcome: AttemptOutcome): void {
    if (this.#turn !== undefined) this.#pacer.leave(this.#turn);
    const reservation = this.#reservation;
    if (reservation === undefined) return;
    const attempt = this.#attempt;
    if (outcome.status === 'success') this.#pacer.learn(reservation);
    else if (!attempt.invoked) this.#pacer.giveBack(reservation, monotonicMs());
    else if (outcome.status === 'failure' && attempt.interruption === undefined) {
      this.#settleFailure(reservation, outcome.error, attempt.failureOf(outcome.error));
    }
  }

  #settleFailure(reservation: Reservation, error: unknown, { kind, unexecuted }: Failure): void {
    const nowMs = monotonicMs();
    const wasUsed = reservation.used.inputTokens !== undefined || reservation.used.outputTokens !== undefined;
    // A provider counts the requests that it refuses, unlike those that it never receives.
    if (kind === 'network' && unexecuted === true) this.#pacer.giveBack(reservation, nowMs);
    else if ((unexecuted === true || REFUSALS.has(kind)) && !wasUsed) this.#pacer.giveBackTokens(reservation, nowMs);
    const remaining = this.#parts.readErrorRemaining(error);
    if (remaining !== undefined) this.#pacer.correct(remaining, nowMs);
  }
}

/** How long an attempt may wait for its turn, in milliseconds. After it there must be time for the attempt itself. */
function computeLongestWaitMs({ settings, typicalMs }: PacingParts, attempt: StageAttempt, nowMs: number): number {
  const untilDeadlineMs = attempt.remainingMs() - (typicalMs(attempt) ?? 0);
  return Math.min(settings.maxWaitMs, attempt.patienceMs(), untilDeadlineMs, attempt.mustStartByMs - nowMs);
}

function doNothing(): void {
  // Replaced before anything can call it.
}
