import { type Admission, type BreakerEvent, CircuitBreaker } from 'holdfast/breaker';
import { vi } from 'vitest';
import type { ModelRules } from '../support/breaker-model.js';
import { optionsOf, type Step } from './breaker-histories.js';
import { stopTime } from './fake-time.js';

/** A new breaker at the beginning of time. */
export function born(rules: ModelRules): Life {
  stopTime();
  return new Life(new CircuitBreaker(optionsOf(rules)));
}

/** A call that was admitted and has not settled. */
export interface UnderWay {
  readonly admission: Admission;
  readonly startedMs: number;
  /** How often the breaker had become half-open by then. */
  readonly halfOpens: number;
}

/** A breaker that lives through a history, and what an onlooker can see of it. */
export class Life {
  readonly breaker: CircuitBreaker;
  readonly events: BreakerEvent[] = [];
  /** Admitted and not settled. */
  underWay: readonly UnderWay[] = [];
  admitted = 0;
  refused = 0;
  halfOpens = 0;
  #waitMs = 0;

  constructor(breaker: CircuitBreaker) {
    this.breaker = breaker;
    this.breaker.on('*', (event) => {
      this.events.push(event);
      if (event.type === 'breaker.opened') this.#waitMs = event.waitMs ?? 0;
      if (event.type === 'breaker.half_opened') this.halfOpens += 1;
    });
  }

  /** The trials of the present half-open that have not settled. */
  get trials(): readonly UnderWay[] {
    if (this.breaker.state !== 'half_open') return [];
    return this.underWay.filter(({ admission, halfOpens }) => admission.trial && halfOpens === this.halfOpens);
  }

  take(step: Step): void {
    switch (step.do) {
      case 'admit':
        this.#admit();
        break;
      case 'settle':
        this.#settle(step);
        break;
      case 'wait':
        vi.advanceTimersByTime(step.ms);
        break;
      case 'wait out':
        vi.advanceTimersByTime(Math.max(0, this.#waitMs + step.offByMs));
        break;
      case 'set the wall clock':
        vi.setSystemTime(Date.now() + step.byMs);
        break;
      case 'restart':
        break;
      default:
        this.breaker[step.do]();
    }
  }

  #admit(): void {
    const admission = this.breaker.tryAdmit();
    if (admission instanceof Error) {
      this.refused += 1;
      return;
    }
    this.underWay = [...this.underWay, { admission, startedMs: performance.now(), halfOpens: this.halfOpens }];
    this.admitted += 1;
  }

  #settle({ back, outcome, hintMs }: Step & { do: 'settle' }): void {
    const one = this.underWay.at(-1 - (back % Math.max(1, this.underWay.length)));
    if (one === undefined) return;
    this.underWay = this.underWay.filter((other) => other !== one);
    this.breaker.settle(one.admission, outcome, hintMs === undefined ? undefined : { retryAfterMs: hintMs });
  }
}
