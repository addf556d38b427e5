import { type BreakerEvent, BreakerParts, CircuitBreaker, type ResolvedBreakerSettings } from '../breaker/index.js';
import { type ClassifyRule, classify } from '../classify/index.js';
import { QuotaHold } from '../limits/index.js';
import type { CallHost, Failure, Interruption, StagedCall, TimedAttempt } from '../pipeline/index.js';
import { type EventSink, monotonicMs, wallMs } from '../runtime/index.js';
import { CallCounter } from '../telemetry/index.js';
import type { ResilienceContext } from './shared.js';

/** What a lane is made of. */
export interface KeyStateInit {
  readonly shared: ResilienceContext;
  readonly operation: string;
  readonly key: string | undefined;
  readonly breaker: ResolvedBreakerSettings | false;
}

const MOVES = { 'breaker.opened': 'opens', 'breaker.half_opened': 'halfOpens', 'breaker.closed': 'closes' } as const;

/** The state of one (operation, key): its breaker, its quota, its counter, and whether anybody is using it. */
export class KeyState implements EventSink<BreakerEvent>, CallHost {
  readonly shared: ResilienceContext;
  readonly operation: string;
  readonly key: string | undefined;
  readonly counter: CallCounter = new CallCounter();
  #breaker: CircuitBreaker | undefined;
  readonly quota: QuotaHold = new QuotaHold();
  #inFlight = 0;
  #lastUsedMs = 0;

  constructor({ shared, operation, key, breaker }: KeyStateInit) {
    this.shared = shared;
    this.operation = operation;
    this.key = key;
    this.updateSettings(breaker);
  }

  /** There is none while it is switched off. */
  get breaker(): CircuitBreaker | undefined {
    return this.#breaker;
  }

  /** Goes by other rules from now on. What its breaker knows stays; one that is switched off is gone. */
  updateSettings(rules: ResolvedBreakerSettings | false): void {
    if (rules === false) {
      this.#breaker?.shutdown();
      this.#breaker = undefined;
    } else if (this.#breaker === undefined) {
      this.#breaker = new CircuitBreaker(new BreakerParts(this.name, rules, this.shared.random, undefined, this));
    } else this.#breaker.updateSettings(rules);
  }

  /** The operation's name, with the key where there is one. */
  get name(): string {
    return this.key === undefined ? this.operation : `${this.operation}/${this.key}`;
  }

  /** Notes that somebody used it. */
  touch(nowMs: number): void {
    this.#lastUsedMs = nowMs;
  }

  /** Counts a call in. */
  enter(): void {
    this.#inFlight += 1;
  }

  /** Counts a call out. */
  leave(nowMs: number): void {
    this.#inFlight -= 1;
    this.touch(nowMs);
  }

  /**
   * True when it may be made anew later: long unused, no call under way, neither open nor held. A half-open one counts as
   * well, or the breaker of a key that failed and never came back would stay for ever.
   */
  isForgettable(nowMs: number, idleMs: number): boolean {
    if (this.#inFlight > 0 || nowMs - this.#lastUsedMs < idleMs || this.quota.remainingMs(nowMs) > 0) return false;
    // The state of the breaker itself: in mode `forced_open` it is closed, and nothing is lost with it.
    return this.breaker?.snapshot().state !== 'open';
  }

  callId(serial: number): string {
    return this.shared.callId(serial);
  }

  failureOf(error: unknown, attempt: TimedAttempt): Failure {
    const failure = this.#classified(error, attempt.interruption);
    return this.#wasHurried(attempt) ? { ...failure, breaker: 'ignored' } : failure;
  }

  attempted({ attempt }: StagedCall): void {
    this.counter.attempted(attempt);
  }

  attemptFailed(attempt: TimedAttempt, error: unknown): void {
    const { events } = this.shared;
    if (!events.wants('attempt.failed')) return;
    const { beganAtMs, endedAtMs = beganAtMs } = attempt;
    const durationMs = endedAtMs - beganAtMs;
    events.emit({ type: 'attempt.failed', ...about(attempt), durationMs, failure: attempt.failureOf(error), error });
  }

  attemptAbandoned(attempt: TimedAttempt, outcome: 'success' | 'failure'): void {
    const { events } = this.shared;
    if (!events.wants('attempt.abandoned')) return;
    const nowMs = monotonicMs();
    const { endedAtMs = nowMs } = attempt;
    events.emit({ type: 'attempt.abandoned', ...about(attempt), outcome, lateMs: nowMs - endedAtMs });
  }

  wants(type: BreakerEvent['type']): boolean {
    // Changes of state are counted here; what else a breaker tells is only passed on.
    return type in MOVES || this.shared.events.wants(type);
  }

  emit(event: BreakerEvent): void {
    if (event.type === 'hook.failed') return;
    if (event.type !== 'breaker.rejected') this.counter.breakerMoved(MOVES[event.type]);
    const { events } = this.shared;
    if (events.wants(event.type)) events.emit({ ...event, operation: this.operation, key: this.key });
  }

  #classified(error: unknown, interruption: Interruption | undefined): Failure {
    const { rules } = this.shared;
    if (rules === undefined) return classify(error, { interruption });
    const onRuleFailed = (_rule: ClassifyRule, ruleError: unknown) => {
      this.shared.tellHookFailed('classify', ruleError, this.operation, this.key);
    };
    return classify(error, { interruption, rules, onRuleFailed });
  }

  /**
   * Whether a time limit has ended the attempt before the time that one usually takes. That speaks of the limit, which a
   * single caller may have brought along, and not of the callee.
   */
  #wasHurried({ interruption, beganAtMs, endedAtMs }: TimedAttempt): boolean {
    if (interruption === undefined || interruption.by === 'caller' || endedAtMs === undefined) return false;
    const { typicalMs } = this.counter;
    return typicalMs !== undefined && endedAtMs - beganAtMs < typicalMs;
  }
}

/** Which attempt an event is about. */
export function about({ operation, key, id, attempt }: StagedCall): {
  at: number;
  operation: string;
  key: string | undefined;
  callId: string;
  attempt: number;
} {
  return { at: wallMs(), operation, key, callId: id, attempt };
}
