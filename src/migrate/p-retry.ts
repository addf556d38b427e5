import { DURATION } from '../breaker/settings.js';
import type { Fields } from '../input/index.js';
import { ATTEMPTS, type RetrySettings, WAIT } from '../retry/settings.js';
import { numberOr } from './amounts.js';
import type { Draft, Mutable } from './draft.js';
import { grown, grownMs, nearestGrowth } from './growth.js';
import { fitted, Notes, received } from './notes.js';
import { readPRetry } from './p-retry-options.js';
import { configWith, limitWarnings, NOTHING_ELSE, noteLost, RETRIED, RETRIED_WHY } from './peer-draft.js';

type Retry = Mutable<RetrySettings>;

const TO = 'defaults.retry';

/** Options without which p-retry has these. */
const DEFAULTS = { retries: 10, factor: 2, minTimeout: 1_000, maxTimeout: Infinity, maxRetryTime: Infinity };

const LOST = {
  onFailedAttempt: "listen to the event instead: resilience.on('attempt.failed', listener)",
  shouldRetry: 'write rules instead, which say what an error means: createResilience({ classify: rules })',
  shouldConsumeRetry: 'every attempt counts; retry.kinds can give a kind of failure more of them',
  signal: 'give it to each call instead: execute(operation, fn, { signal })',
  unref: 'a wait always keeps the process alive, since a caller waits for it',
};

const TYPE_ERRORS =
  'a TypeError that is no failed fetch, and what is no Error, is retried as long as kinds.unknown is there';

/**
 * What options of p-retry come to.
 *
 * @throws {ConfigurationError} naming everything that p-retry would not take either.
 */
export function fromPRetry(given: unknown): Draft {
  const fields = readPRetry(given);
  const notes = new Notes();
  const retry: Retry = { ...RETRIED, multiplier: 1 };
  attempts(retry, fields, notes);
  waits(retry, fields, notes);
  elapsed(retry, fields, notes);
  notes.changed(
    '(every error)',
    'all but most TypeErrors are retried',
    `${TO}.kinds`,
    `${RETRIED_WHY}; ${TYPE_ERRORS}`,
  );
  noteLost(fields, LOST, notes);
  const settings = { ...NOTHING_ELSE, retry };
  return {
    comparable: { attempts: retry.maxAttempts },
    configOn: (preset) => configWith(preset, settings, undefined),
    notes,
    warnings: limitWarnings(settings),
    replacing: 'Replace pRetry(fn, options) by resilience.execute(operation, fn), and remove p-retry.',
  };
}

function attempts(retry: Retry, fields: Fields, notes: Notes): void {
  const given = fields['retries'];
  const found = fitted(Math.floor(numberOr(given, DEFAULTS.retries)) + 1, ATTEMPTS);
  retry.maxAttempts = found.value;
  const why = 'the first attempt counts, too: one more than the retries';
  notes.number('retries', received(given, DEFAULTS.retries), `${TO}.maxAttempts`, found, why);
}

function waits(retry: Retry, fields: Fields, notes: Notes): void {
  const { factor: factorGiven, minTimeout, maxTimeout, randomize } = fields;
  const factor = numberOr(factorGiven, DEFAULTS.factor) || 1;
  const longestMs = numberOr(maxTimeout, DEFAULTS.maxTimeout);
  // Theirs is spread from the wait to twice as much, ours from half of it to the whole: ours is twice as long, then.
  const spread = randomize === true ? 2 : 1;
  const wantedMs = numberOr(minTimeout, DEFAULTS.minTimeout) * spread;
  const firstMs = fitted(Math.min(wantedMs, longestMs), WAIT);
  const retries = numberOr(retry.maxAttempts, 1) - 1;
  const reachedMs = Math.round(grownMs(firstMs.value, factor, Math.max(retries - 1, 0), WAIT.max));
  const most = fitted(Math.max(Number.isFinite(longestMs) ? longestMs : reachedMs, firstMs.value), WAIT);

  retry.strategy = nearestGrowth(grown(firstMs.value, factor, most.value, retries), most.value);
  const exact = factor === 1 || factor === 2;
  const growth = exact ? 'the waits grow by it' : 'there is no such factor: the strategy whose waits come nearest';
  const of = received(factorGiven, DEFAULTS.factor);
  if (exact) notes.mapped('factor', of, `${TO}.strategy`, growth);
  else notes.changed('factor', of, `${TO}.strategy`, growth);

  retry.minDelayMs = firstMs.value;
  const doubled =
    spread === 2 ? 'twice as much, of which jitter takes off up to half' : 'the wait before the first retry';
  const first = { wanted: wantedMs, value: firstMs.value };
  notes.number('minTimeout', received(minTimeout, DEFAULTS.minTimeout), `${TO}.minDelayMs`, first, doubled);

  retry.maxDelayMs = most.value;
  const longest = Number.isFinite(longestMs) ? 'no wait is longer' : 'as long as the last of the retries waits';
  const limit = { wanted: Number.isFinite(longestMs) ? longestMs : most.value, value: most.value };
  notes.number('maxTimeout', received(maxTimeout, DEFAULTS.maxTimeout), `${TO}.maxDelayMs`, limit, longest);

  retry.jitter = spread === 2 ? 'equal' : 'none';
  const spreading = spread === 2 ? 'the same spread; waits that have reached maxDelayMs are spread, too' : 'no spread';
  notes.mapped('randomize', received(randomize, false), `${TO}.jitter`, spreading);
}

function elapsed(retry: Retry, fields: Fields, notes: Notes): void {
  const given = fields['maxRetryTime'];
  const limitMs = numberOr(given, DEFAULTS.maxRetryTime);
  const text = received(given, DEFAULTS.maxRetryTime);
  if (limitMs === Infinity) {
    retry.maxElapsedMs = false;
    notes.mapped('maxRetryTime', text, `${TO}.maxElapsedMs`, 'retries may begin at any time');
  } else if (limitMs < 1) {
    retry.maxElapsedMs = false;
    retry.maxAttempts = 1;
    notes.changed('maxRetryTime', text, `${TO}.maxAttempts`, 'no time for any retry: there is none');
  } else {
    retry.maxElapsedMs = fitted(limitMs, DURATION).value;
    const why = 'no retry begins later; p-retry shortened the last wait so that one still began in time';
    const tooLong = numberOr(retry.minDelayMs, 0) > retry.maxElapsedMs;
    if (tooLong) retry.minDelayMs = retry.maxElapsedMs;
    const more = tooLong ? '; the shortest wait is held to it' : '';
    notes.changed('maxRetryTime', text, `${TO}.maxElapsedMs`, `${why}${more}`);
  }
}
