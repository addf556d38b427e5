import { type BreakerSettings, DURATION } from '../breaker/settings.js';
import { Check, describe, type Fields } from '../input/index.js';
import type { RetrySettings } from '../retry/settings.js';
import { checkAmount, numberOr } from './amounts.js';
import { breakerOf, readBreaker } from './cockatiel-breaker.js';
import { readRetry, retryOf } from './cockatiel-retry.js';
import type { Draft } from './draft.js';
import { fitted, Notes } from './notes.js';
import { plainFields } from './peek.js';
import { configWith, limitWarnings, NOTHING_ELSE, noteLost } from './peer-draft.js';

const OPTIONS = ['retry', 'breaker', 'timeout', 'bulkhead', 'fallback'];

const INSTEAD_OF_POLICY = 'Give the options that policies are made with, such as { retry: { maxAttempts: 3 } }.';

const LOST = {
  bulkhead: 'calls at the same time are not limited yet: keep a limiter of your own',
  fallback: 'a config holds no values to give instead: catch the error of execute()',
};

/**
 * What policies of cockatiel come to, by what they were made with.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function fromCockatiel(given: unknown): Draft {
  const path = 'from.cockatiel';
  const check = new Check();
  const fields = plainFields(check, path, given, OPTIONS, INSTEAD_OF_POLICY);
  const { retry, breaker, timeout } = fields;
  const retryRead = retry === undefined ? undefined : readRetry(check, `${path}.retry`, retry);
  const breakerRead = breaker === undefined ? undefined : readBreaker(check, `${path}.breaker`, breaker);
  const timeoutRead = timeout === undefined ? undefined : readTimeout(check, `${path}.timeout`, timeout);
  if (OPTIONS.every((option) => fields[option] === undefined)) {
    check.addIssue(path, `must have at least one of ${OPTIONS.join(', ')}`, given);
  }
  check.throwIfInvalid();

  const notes = new Notes();
  const settings = {
    ...NOTHING_ELSE,
    attemptTimeoutMs: timeoutRead === undefined ? false : timeoutOf(timeoutRead, timeout, notes),
    retry: retryRead === undefined ? false : retryOf(retryRead, notes),
    breaker: breakerRead === undefined ? false : breakerOf(breakerRead, notes),
  } as const;
  noteLost(fields, LOST, notes);
  return {
    comparable: comparable(settings),
    configOn: (preset) => configWith(preset, settings, undefined),
    notes,
    warnings: limitWarnings(settings),
    replacing: 'Replace policy.execute(fn) by resilience.execute(operation, fn), and remove cockatiel.',
  };
}

function comparable({ retry, breaker }: { retry: RetrySettings | false; breaker: BreakerSettings | false }) {
  return {
    attempts: retry === false ? 1 : retry.maxAttempts,
    failures: breaker === false ? undefined : breaker.trip?.consecutiveFailures,
    openMs: breaker === false ? undefined : breaker.openMs,
  };
}

function readTimeout(check: Check, path: string, value: unknown): Fields {
  const fields =
    typeof value === 'number'
      ? { duration: value }
      : plainFields(check, path, value, ['duration', 'strategy', 'abortOnReturn']);
  checkAmount(check, `${path}.duration`, fields['duration'] ?? null);
  check.oneOf(`${path}.strategy`, fields['strategy'], ['aggressive', 'optimistic']);
  return fields;
}

function timeoutOf({ duration, strategy, abortOnReturn }: Fields, given: unknown, notes: Notes): number {
  const found = fitted(numberOr(duration, DURATION.max), DURATION);
  const to = 'defaults.attemptTimeoutMs';
  const where = 'one attempt; if it stood around the retries, it is deadlineMs';
  if (strategy === 'optimistic') {
    notes.changed('timeout', describe(given), to, `${where}; it ends the attempt at once, as the aggressive one did`);
  } else {
    notes.number('timeout', describe(given), to, found, where);
  }
  if (abortOnReturn !== undefined) {
    notes.lost(
      'timeout.abortOnReturn',
      describe(abortOnReturn),
      'the signal of an attempt that ended well is left alone',
    );
  }
  return found.value;
}
