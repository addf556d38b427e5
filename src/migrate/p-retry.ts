import { Check } from '../input/index.js';
import { type Draft, limitTo, type Mapped, type Mapping, mapNumber } from './mapping.js';
import {
  ALL_OFF,
  findNearestStrategy,
  growMs,
  growWaitsMs,
  OptionReader,
  RETRY_DEFAULTS,
  RETRY_NOTE,
  WRITTEN_OUT,
} from './peers.js';

/** Options of p-retry, as its functions take them. */
export interface PRetryOptions {
  readonly retries?: number | undefined;
  readonly factor?: number | undefined;
  readonly minTimeout?: number | undefined;
  readonly maxTimeout?: number | undefined;
  readonly randomize?: boolean | undefined;
  readonly maxRetryTime?: number | undefined;
  readonly onFailedAttempt?: unknown;
  readonly shouldRetry?: unknown;
  readonly shouldConsumeRetry?: unknown;
  readonly signal?: unknown;
  readonly unref?: unknown;
}

/** The options that a config has no counterpart for, and what to do instead. */
const LOST = {
  onFailedAttempt: "listen to the event instead: resilience.on('attempt.failed', listener)",
  shouldRetry: 'rules decide what an error means instead: createResilience({ classify: rules })',
  shouldConsumeRetry: 'every attempt counts; retry.kinds can allow more of them for a kind of failure',
  signal: 'pass it to each call instead: execute(operation, fn, { signal })',
  unref: 'a wait always keeps the process alive, because a caller is waiting for it',
} as const satisfies Partial<Record<keyof PRetryOptions, string>>;

const MAPPED: readonly (keyof PRetryOptions)[] = [
  'retries',
  'factor',
  'minTimeout',
  'maxTimeout',
  'randomize',
  'maxRetryTime',
];

const TYPE_ERRORS =
  'a TypeError that is not a failed fetch, and a thrown value that is not an Error, is retried as long as kinds.unknown is set';

/**
 * Drafts a config from the options of p-retry.
 *
 * @throws {ConfigurationError} listing everything that p-retry would refuse, too.
 */
export function buildPRetryDraft(given: unknown): Draft {
  const check = new Check();
  const options = new OptionReader(check, 'from.pRetry', given, [...MAPPED, ...Object.keys(LOST)]);
  const mappings = mapOptions(options);
  check.throwIfInvalid();
  return {
    score: WRITTEN_OUT,
    mappings,
    base: { settings: ALL_OFF },
    warnings: [],
    removal: 'Replace pRetry(fn, options) by resilience.execute(operation, fn), and remove p-retry.',
  };
}

function mapOptions(options: OptionReader): Mapping[] {
  const isUnbounded = true;
  const retries = options.readAmount('retries', 10, { isUnbounded });
  const factor = options.readAmount('factor', 2) || 1;
  const minTimeout = options.readAmount('minTimeout', 1_000);
  const maxTimeout = options.readAmount('maxTimeout', Infinity, { isUnbounded });
  const randomize = options.readFlag('randomize', false);
  const maxRetryTime = options.readAmount('maxRetryTime', Infinity, { isUnbounded });

  const attempts = Math.floor(retries) + 1;
  const count = limitTo('retry.maxAttempts', attempts) - 1;
  // p-retry spreads a wait up to twice its length, `equal` down to half of it: the same spread of twice the wait.
  const firstMs = minTimeout * (randomize ? 2 : 1);
  const minDelayMs = limitTo('retry.minDelayMs', Math.min(firstMs, maxTimeout));
  const lastMs = growMs(minDelayMs, factor, Math.max(count - 1, 0), limitTo('retry.maxDelayMs', Infinity));
  const isCapped = maxTimeout < Infinity;
  const maxDelayMs = limitTo('retry.maxDelayMs', Math.max(isCapped ? maxTimeout : Math.round(lastMs), minDelayMs));
  const waitsMs = growWaitsMs(minDelayMs, factor, maxDelayMs).slice(0, Math.max(count, 1));
  const strategy = findNearestStrategy(waitsMs, maxDelayMs);
  const isExact = factor === 1 || factor === 2;

  return [
    options.map('retries', mapNumber('retry.maxAttempts', attempts, 'one more: the first attempt counts')),
    options.map('factor', {
      outcome: isExact ? 'mapped' : 'changed',
      settings: { 'retry.strategy': strategy },
      why: isExact ? 'the same growth' : 'there is no such factor: the strategy whose waits come nearest',
    }),
    options.map(
      'minTimeout',
      mapNumber(
        'retry.minDelayMs',
        firstMs,
        randomize ? 'twice as long, because jitter takes off up to half of it' : 'the wait before the first retry',
        minDelayMs,
      ),
    ),
    options.map(
      'maxTimeout',
      mapNumber(
        'retry.maxDelayMs',
        isCapped ? maxTimeout : maxDelayMs,
        isCapped ? 'no wait is longer' : 'the wait before the last retry',
        maxDelayMs,
      ),
    ),
    options.map('randomize', {
      outcome: 'mapped',
      settings: { 'retry.jitter': randomize ? 'equal' : 'none' },
      why: randomize ? 'the same spread; waits that have reached maxDelayMs are spread, too' : 'no jitter',
    }),
    options.map('maxRetryTime', mapMaxRetryTime(maxRetryTime, minDelayMs)),
    {
      option: '(every error)',
      received: 'all errors except most TypeErrors are retried',
      outcome: 'changed',
      settings: RETRY_DEFAULTS,
      to: ['retry.kinds'],
      why: `${RETRY_NOTE}; ${TYPE_ERRORS}`,
    },
    ...options.mapLost(LOST),
  ];
}

function mapMaxRetryTime(maxRetryTime: number, minDelayMs: number): Mapped {
  const unlimited = { 'retry.maxElapsedMs': false };
  if (maxRetryTime === Infinity)
    return { outcome: 'mapped', settings: unlimited, why: 'retries may start at any time' };
  if (maxRetryTime < 1) {
    const why = 'no time is left for retries, so they are off';
    return { outcome: 'changed', settings: { ...unlimited, 'retry.maxAttempts': 1 }, to: ['retry.maxAttempts'], why };
  }
  const maxElapsedMs = limitTo('retry.maxElapsedMs', maxRetryTime);
  const why = 'no retry starts later; p-retry shortened the last wait so that one more started in time';
  if (minDelayMs <= maxElapsedMs) return { outcome: 'changed', settings: { 'retry.maxElapsedMs': maxElapsedMs }, why };
  const settings = { 'retry.maxElapsedMs': maxElapsedMs, 'retry.minDelayMs': maxElapsedMs };
  return { outcome: 'changed', settings, why: `${why}; the shortest wait is limited to it` };
}
