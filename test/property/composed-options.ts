import type { CacheOptions, ExecuteOptions, Fallback, ResilienceOptions, Settings, Target } from 'holdfast';
import type { Dice } from './dice.js';

/** The parts that an operation may have. */
export const PARTS = [
  'deadline',
  'retry',
  'hedge',
  'quota',
  'pacing',
  'concurrency',
  'breaker',
  'attemptTimeout',
  'targets',
  'fallback',
] as const;

export type Part = (typeof PARTS)[number];

/** Every set of parts. */
export const COMPOSITIONS: readonly ReadonlySet<Part>[] = Array.from(
  { length: 2 ** PARTS.length },
  (_, bits) => new Set(PARTS.filter((_, index) => Math.floor(bits / 2 ** index) % 2 === 1)),
);

export const DEADLINE_MS = 120;

/** The operation that a fallback calls. */
export const BACKUP = 'backup';

/** The names of all targets that a call may go to. */
export const TARGET_NAMES: readonly string[] = ['one', 'two', 'large', 'three', 'picky', 'never'];

const KEYS = [undefined, undefined, 'eu'];
const PRIORITIES = ['high', 'normal', 'low'] as const;
const ORDERS = ['listed', 'weighted', 'least_busy', 'fastest'] as const;
const WHEN_NONE = ['wait', 'try_soonest', 'fail'] as const;
const TARGET_LISTS: readonly (readonly (string | Target)[])[] = [
  ['one', { name: 'two', keys: ['first', 'second'], weight: 3 }, { name: 'large', on: ['context_length'] }],
  // Its own settings, for a key that other lists have as well.
  [{ name: 'three', settings: { retry: false, breaker: false } }, 'one'],
  [{ name: 'picky', accepts: ({ context }) => Number(context['number']) % 3 > 0 || 'every third' }, 'three'],
  [{ name: 'never', accepts: () => 'closed for good' }],
];

/** Values that no function has given. */
export const FALLBACK_VALUES = { fixed: { by: 'a fixed value' }, computed: { by: 'the function of a fallback' } };

const FALLBACKS: readonly Fallback[] = [
  { value: FALLBACK_VALUES.fixed },
  [{ lastGood: { key: 'any', ttlMs: 50 } }, { operation: BACKUP }, { value: FALLBACK_VALUES.fixed }],
  [{ run: () => FALLBACK_VALUES.computed, on: ['server_error', 'breaker_open', 'capacity', 'deadline', 'timeout'] }],
  { steps: [() => Promise.reject(new Error('no answer')), { operation: BACKUP, on: ['timeout', 'quota_held'] }] },
  // Left at the deadline, if there is one.
  {
    steps: [(_, call) => (call.remainingMs() < Infinity ? new Promise(() => undefined) : FALLBACK_VALUES.computed)],
    deadlineShare: 0.5,
  },
];

/** A `Resilience` whose operations have these parts, with numbers so small that every limit is reached. */
export function composedOptions(parts: ReadonlySet<Part>, dice: Dice): ResilienceOptions {
  const settings: Settings = {
    deadlineMs: parts.has('deadline') && DEADLINE_MS,
    attemptTimeoutMs: parts.has('attemptTimeout') && 40,
    retry: parts.has('retry') && {
      minDelayMs: 2,
      maxDelayMs: 10,
      kinds: { unknown: true },
      budget: dice.chance(0.5) && { burst: 4, floorPerSecond: 20 },
    },
    hedge: parts.has('hedge') && (dice.chance(0.7) ? { delayMs: 6, max: 2 } : { quantile: 0.5, minDelayMs: 1 }),
    quota: parts.has('quota') && { maxWaitMs: 20, exhaustedMs: 30, spreadMs: 5 },
    pacing: parts.has('pacing') && {
      requestsPerMinute: 6_000,
      tokensPerMinute: 6_000_000,
      burstMs: 20,
      queue: 3,
      maxWaitMs: 30,
    },
    concurrency: parts.has('concurrency') && {
      limit: 2,
      queue: 2,
      queueTimeoutMs: 20,
      adaptive: dice.chance(0.3),
    },
    breaker: parts.has('breaker') && { trip: { consecutiveFailures: 3 }, openMs: 25, trials: 2, trialLeaseMs: 30 },
  };
  return {
    preset: 'none',
    random: dice.random,
    config: { defaults: settings },
    ...(parts.has('targets') && {
      targets: {
        chat: {
          list: dice.pick(TARGET_LISTS.slice(0, 3)),
          order: dice.pick(ORDERS),
          whenNoneAvailable: dice.pick(WHEN_NONE),
          targetWaitMs: 40,
        },
      },
    }),
    ...(parts.has('fallback') && { fallbacks: { chat: dice.pick(FALLBACKS) } }),
  };
}

/** What one call brings. */
export function composedCall(parts: ReadonlySet<Part>, number: number, dice: Dice): ExecuteOptions<string, unknown> {
  const key = dice.pick(KEYS);
  return {
    context: { number },
    priority: dice.pick(PRIORITIES),
    ...(key !== undefined && { key }),
    ...(dice.chance(0.2) && { deadlineMs: 1 + dice.below(80) }),
    ...(dice.chance(0.1) && { idempotent: false }),
    ...(dice.chance(0.1) && { replayable: false }),
    ...(dice.chance(0.3) && { estimate: { inputTokens: dice.below(4_000), outputTokens: dice.below(1_000) } }),
    ...(dice.chance(0.1) && { settings: settingsOfCall(parts, dice) }),
    ...(parts.has('targets') && dice.chance(0.4) && targetsOfCall(dice)),
    ...(parts.has('fallback') && dice.chance(0.4) && { fallback: dice.chance(0.3) ? false : dice.pick(FALLBACKS) }),
  };
}

/** Lets calls share executions and values. */
export function cacheOfCall(dice: Dice): CacheOptions {
  return { key: dice.pick(['x', 'y']), ttlMs: dice.pick([0, 0, 20]) };
}

function settingsOfCall(parts: ReadonlySet<Part>, dice: Dice): NonNullable<ExecuteOptions['settings']> {
  return {
    ...(parts.has('retry') && { retry: dice.chance(0.3) ? false : { maxAttempts: 5, budget: false } }),
    ...(parts.has('hedge') && { hedge: dice.chance(0.3) ? false : { delayMs: 2, max: 4 } }),
    ...(dice.chance(0.2) && { breaker: false }),
    ...(dice.chance(0.2) && { concurrency: false }),
    ...(dice.chance(0.2) && { pacing: false }),
    ...(dice.chance(0.2) && { attemptTimeoutMs: 15 }),
  };
}

function targetsOfCall(dice: Dice): Pick<ExecuteOptions, 'targets' | 'order' | 'whenNoneAvailable' | 'sticky'> {
  return {
    targets: dice.chance(0.2) ? false : dice.pick(TARGET_LISTS),
    ...(dice.chance(0.3) && { order: dice.pick(ORDERS) }),
    ...(dice.chance(0.3) && { whenNoneAvailable: dice.pick(WHEN_NONE) }),
    ...(dice.chance(0.3) && { sticky: () => dice.pick(['this talk', 'that talk', undefined]) }),
  };
}
