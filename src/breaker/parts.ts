import { Check } from '../errors/errors.js';
import { type Audience, type Random, steady } from '../runtime/runtime.js';
import type { BreakerEvent } from './events.js';
import {
  type BreakerOptions,
  type BreakerRules,
  breakerRules,
  checkBreakerOptions,
  readBreakerSettings,
} from './options.js';
import type { BreakerSnapshot } from './snapshot.js';

/** What a breaker is built of, checked and with nothing left open. The rules may be shared by many breakers. */
export class BreakerParts implements BreakerOptions {
  readonly name: string;
  readonly rules: BreakerRules;
  readonly random: Random;
  readonly isFailure: (error: unknown) => boolean;
  /** Hears what the breaker tells, beside its listeners. */
  readonly audience: Audience<BreakerEvent> | undefined;
  /** The state to begin in, checked already. Default: closed. */
  readonly snapshot: BreakerSnapshot | undefined;

  constructor(
    name: string,
    rules: BreakerRules,
    random: Random,
    isFailure: (error: unknown) => boolean = always,
    audience?: Audience<BreakerEvent>,
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
  under(rules: BreakerRules): BreakerParts {
    return new BreakerParts(this.name, rules, this.random, this.isFailure, this.audience, this.snapshot);
  }

  /** @throws {ConfigurationError} naming every option that is not valid. */
  static of(options: BreakerOptions): BreakerParts {
    if (isParts(options)) return options;
    const own = readBreakerSettings('options', options);
    const check = new Check();
    checkBreakerOptions(check, 'options', own);
    check.done();
    const { name = 'breaker', random = Math.random, isFailure } = own;
    return new BreakerParts(name, Object.freeze(breakerRules(own)), steady(random), isFailure);
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
