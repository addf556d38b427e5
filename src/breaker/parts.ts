import { Check, copyOnce } from '../input/index.js';
import { type EventSink, type Random, safeRandom } from '../runtime/index.js';
import type { BreakerEvent } from './events.js';
import {
  BREAKER_OPTIONS,
  type BreakerOptions,
  type ResolvedBreakerSettings,
  resolveBreakerSettings,
} from './settings.js';
import type { BreakerSnapshot } from './snapshot.js';

/** What a breaker is built of, checked and with nothing left open. The rules may be shared by many breakers. */
export class BreakerParts implements BreakerOptions {
  readonly name: string;
  readonly rules: ResolvedBreakerSettings;
  readonly random: Random;
  readonly isFailure: (error: unknown) => boolean;
  /** Hears what the breaker tells, beside its listeners. */
  readonly audience: EventSink<BreakerEvent> | undefined;
  /** The state to begin in, checked already. Default: closed. */
  readonly snapshot: BreakerSnapshot | undefined;

  constructor(
    name: string,
    rules: ResolvedBreakerSettings,
    random: Random,
    isFailure: (error: unknown) => boolean = always,
    audience?: EventSink<BreakerEvent>,
    snapshot?: BreakerSnapshot,
  ) {
    this.name = name;
    this.rules = rules;
    this.random = random;
    this.isFailure = isFailure;
    this.audience = audience;
    this.snapshot = snapshot;
  }

  /** The same, to begin in a given state. */
  from(snapshot: BreakerSnapshot): BreakerParts {
    return new BreakerParts(this.name, this.rules, this.random, this.isFailure, this.audience, snapshot);
  }

  /** The same, to go by other rules. */
  under(rules: ResolvedBreakerSettings): BreakerParts {
    return new BreakerParts(this.name, rules, this.random, this.isFailure, this.audience, this.snapshot);
  }

  /** @throws {ConfigurationError} naming every option that is not valid. */
  static of(options: BreakerOptions): BreakerParts {
    if (isParts(options)) return options;
    const own = copyOnce('options', options);
    const check = new Check();
    check.settings('options', own, BREAKER_OPTIONS);
    check.conflicts('options', own, BREAKER_OPTIONS);
    check.throwIfInvalid();
    const { name = 'breaker', random = Math.random, isFailure } = own;
    return new BreakerParts(name, Object.freeze(resolveBreakerSettings(own)), safeRandom(random), isFailure);
  }
}

/** `instanceof` throws at a Proxy that has been revoked. */
function isParts(options: BreakerOptions): options is BreakerParts {
  try {
    return options instanceof BreakerParts;
  } catch {
    return false;
  }
}

function always(): boolean {
  return true;
}
