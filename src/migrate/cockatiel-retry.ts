import { type Check, describe, type Fields } from '../input/index.js';
import type { Jitter } from '../retry/jitter.js';
import { ATTEMPTS, type RetrySettings, WAIT } from '../retry/settings.js';
import { checkAmount, numberOr } from './amounts.js';
import { type Backoff, readBackoff, type Spread } from './cockatiel-backoff.js';
import { grown, listed, nearestGrowth } from './growth.js';
import { fitted, type Notes, received } from './notes.js';
import { plainFields } from './peek.js';
import { RETRIED, RETRIED_WHY } from './peer-draft.js';

/** What `retry()` of cockatiel was given. */
export interface RetryRead {
  readonly fields: Fields;
  readonly backoff: Backoff;
}

type Waits = Pick<RetrySettings, 'strategy' | 'minDelayMs' | 'maxDelayMs' | 'jitter'>;

const TO = 'defaults.retry';

/** A spread of ours for each of theirs, and whether it is the same. */
const JITTERS: Readonly<Record<Spread, readonly [Jitter, string]>> = {
  none: ['none', 'no spread'],
  full: ['full', 'the same spread'],
  half: ['equal', 'the same spread'],
  // Measured: nine of ten waits end where those of `full` do, while those of our `decorrelated` end at twice as much.
  decorrelated: ['full', 'what comes nearest to it: our decorrelated is another'],
  own: ['full', 'a generator of your own cannot be read'],
};

/** Reads what `retry()` takes. */
export function readRetry(check: Check, path: string, value: unknown): RetryRead {
  const fields = plainFields(check, path, value, ['maxAttempts', 'backoff']);
  checkAmount(check, `${path}.maxAttempts`, fields['maxAttempts'], { infinite: true });
  const { backoff = 0 } = fields;
  return { fields, backoff: readBackoff(check, `${path}.backoff`, backoff) };
}

/** Settings of retries that do the same. */
export function retryOf({ fields, backoff }: RetryRead, notes: Notes): RetrySettings {
  const found = fitted(Math.ceil(numberOr(fields['maxAttempts'], Infinity)) + 1, ATTEMPTS);
  const why = 'cockatiel counts retries, the first attempt counts here: one more';
  notes.number('retry.maxAttempts', received(fields['maxAttempts'], Infinity), `${TO}.maxAttempts`, found, why);
  const waits = waitsOf(backoff, fields['backoff'], found.value, notes);
  notes.changed('retry(policy)', 'what the policy handles', `${TO}.kinds`, RETRIED_WHY);
  return { ...RETRIED, maxAttempts: found.value, ...waits, multiplier: 1, maxElapsedMs: false };
}

function waitsOf(backoff: Backoff, given: unknown, attempts: number, notes: Notes): Waits {
  const option = 'retry.backoff';
  const text = received(given, 0);
  switch (backoff.kind) {
    case 'constant': {
      const wait = fitted(backoff.waitMs, WAIT);
      notes.number(option, text, `${TO}.minDelayMs and ${TO}.maxDelayMs`, wait, 'always the same wait');
      return { strategy: 'fixed', minDelayMs: wait.value, maxDelayMs: wait.value, jitter: 'none' };
    }
    case 'list': {
      const strategy = nearestGrowth(listed(backoff.waitsMs), Math.max(...backoff.waitsMs));
      notes.changed(option, text, TO, `strategy ${strategy}, whose waits come nearest`);
      const [firstMs = 0] = backoff.waitsMs;
      return { strategy, ...between(firstMs, Math.max(...backoff.waitsMs)), jitter: 'none' };
    }
    case 'exponential': {
      const [jitter, spread] = JITTERS[backoff.spread];
      const limits = between(backoff.firstMs, backoff.longestMs);
      const strategy = nearestGrowth(
        grown(limits.minDelayMs, backoff.factor, limits.maxDelayMs, attempts - 1),
        limits.maxDelayMs,
      );
      const same = backoff.spread !== 'own' && backoff.spread !== 'decorrelated' && backoff.longestMs <= WAIT.max;
      const why = `strategy ${strategy} with jitter ${jitter}: ${spread}`;
      if (same && strategy === 'exponential') notes.mapped(option, text, TO, why);
      else notes.changed(option, text, TO, why);
      return { strategy, ...limits, jitter };
    }
    case 'own':
      notes.lost(option, describe(given), 'a backoff of your own cannot be read: the waits are those of the preset');
      return {};
  }
}

/** The first wait and the longest, which is never shorter. */
function between(firstMs: number, longestMs: number): { readonly minDelayMs: number; readonly maxDelayMs: number } {
  const maxDelayMs = fitted(longestMs, WAIT).value;
  return { minDelayMs: Math.min(fitted(firstMs, WAIT).value, maxDelayMs), maxDelayMs };
}
