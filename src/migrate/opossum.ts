import { isDeepStrictEqual } from 'node:util';
import { Check, isName } from '../input/index.js';
import { type Draft, limitTo, type Mapped, type Mapping, mapNumber, markLost } from './mapping.js';
import { ALL_OFF, BREAKER_NOTE, OptionReader, WRITTEN_OUT } from './peers.js';

/** Options of a breaker of opossum, as its constructor takes them. */
export interface OpossumOptions {
  readonly timeout?: number | false | undefined;
  readonly errorThresholdPercentage?: number | undefined;
  readonly volumeThreshold?: number | undefined;
  readonly rollingCountTimeout?: number | undefined;
  readonly resetTimeout?: number | undefined;
  readonly enabled?: boolean | undefined;
  readonly name?: string | undefined;
  readonly group?: unknown;
  readonly rollingCountBuckets?: unknown;
  readonly rollingPercentilesEnabled?: unknown;
  readonly enableSnapshots?: unknown;
  readonly rotateBucketController?: unknown;
  readonly capacity?: unknown;
  readonly errorFilter?: unknown;
  readonly allowWarmUp?: unknown;
  readonly maxFailures?: unknown;
  readonly cache?: unknown;
  readonly cacheTTL?: unknown;
  readonly cacheSize?: unknown;
  readonly cacheGetKey?: unknown;
  readonly cacheTransport?: unknown;
  readonly coalesce?: unknown;
  readonly coalesceTTL?: unknown;
  readonly coalesceSize?: unknown;
  readonly coalesceResetOn?: unknown;
  readonly coalesceCache?: unknown;
  readonly abortController?: unknown;
  readonly autoRenewAbortController?: unknown;
  readonly status?: unknown;
  readonly state?: unknown;
}

/** The options that a config has no counterpart for, by what to do instead. */
const LOST: readonly (readonly [why: string, options: readonly (keyof OpossumOptions)[]])[] = [
  ['operations have no groups', ['group']],
  ['the window slides continuously and needs no buckets', ['rollingCountBuckets', 'rotateBucketController']],
  ['stats are always on: resilience.stats()', ['rollingPercentilesEnabled', 'enableSnapshots']],
  ['set concurrency: { limit, queue: 0 } for the operation', ['capacity']],
  [
    "a config holds no functions: use rules with breaker: 'ignored', createResilience({ classify: rules }); a filtered " +
      'error counted as a success, which diluted the error rate, and an ignored one counts as nothing',
    ['errorFilter'],
  ],
  ['minimumCalls keeps the breaker closed until there are enough calls to judge by', ['allowWarmUp']],
  ['opossum itself ignores it', ['maxFailures']],
  [
    'write cache: { key, ttlMs } in the options of execute()',
    ['cache', 'cacheTTL', 'cacheSize', 'cacheGetKey', 'cacheTransport'],
  ],
  [
    'write cache: { key } in the options of execute(): identical calls share one execution',
    ['coalesce', 'coalesceTTL', 'coalesceSize', 'coalesceResetOn', 'coalesceCache'],
  ],
  [
    'each attempt has its own signal: execute(operation, (call) => fn(call.signal))',
    ['abortController', 'autoRenewAbortController'],
  ],
  ['a breaker starts closed', ['status', 'state']],
];

/** The same, by option. */
export const OPOSSUM_LOST: Readonly<Record<string, string>> = Object.fromEntries(
  LOST.flatMap(([why, options]) => options.map((option) => [option, why])),
);

/**
 * What opossum writes into the options that it is given. Functions are compared by their text. `coalesceTTL` is as long
 * as the timeout.
 */
const DEFAULTS: OpossumOptions = {
  rollingCountBuckets: 10,
  rollingPercentilesEnabled: true,
  enableSnapshots: true,
  capacity: Number.MAX_SAFE_INTEGER,
  errorFilter: '_ => false',
  cacheTTL: 0,
  cacheGetKey: '(...args) => JSON.stringify(args)',
  coalesce: false,
  coalesceResetOn: [],
};

const MAPPED: readonly (keyof OpossumOptions)[] = [
  'timeout',
  'errorThresholdPercentage',
  'volumeThreshold',
  'rollingCountTimeout',
  'resetTimeout',
  'enabled',
  'name',
];

const EXPECTED = { suggestion: 'Pass the options of the breaker: { opossum: breaker.options }.' };
const FIRST_FAILURE = 'The breaker may open on the first failure, as it did before: set trip.minimumCalls to 20 or so.';

/**
 * Drafts a config from the options of a breaker of opossum.
 *
 * @throws {ConfigurationError} listing everything that is wrong with them.
 */
export function buildOpossumDraft(given: unknown): Draft {
  const check = new Check();
  const names = [...MAPPED, ...Object.keys(OPOSSUM_LOST)];
  const options = new OptionReader(check, 'from.opossum', given, names, EXPECTED);
  const rows = mapOptions(options);
  const name = options.get('name');
  if (name !== undefined && typeof name !== 'string') check.addIssue(options.pathOf('name'), 'must be a string', name);
  check.throwIfInvalid();

  const operation = canNameOperation(name) ? name : undefined;
  const at = operation === undefined ? ['defaults'] : ['operations', operation];
  const mappings = [...mapName(name, options), ...rows.map((row): Mapping => ({ at, ...row }))];
  const opensAtOnce = rows.some(({ settings }) => settings?.['breaker.trip.minimumCalls'] === 1);
  return {
    score: WRITTEN_OUT,
    mappings,
    base: { at, settings: ALL_OFF },
    warnings: opensAtOnce ? [FIRST_FAILURE] : [],
    removal: 'Replace breaker.fire(...args) by resilience.execute(operation, fn), and remove opossum.',
  };
}

function mapOptions(options: OptionReader): Mapping[] {
  // Opossum treats 0 as no limit.
  const timeout = options.get('timeout') === false ? 0 : options.readAmount('timeout', 10_000);
  const percentage = options.readNumber('errorThresholdPercentage', { min: 0, max: 100 }, 50);
  const volume = options.readAmount('volumeThreshold', 0);
  const windowMs = options.readAmount('rollingCountTimeout', 10_000);
  const resetMs = options.readAmount('resetTimeout', 30_000);
  const isEnabled = options.readFlag('enabled', true);
  const failureRate = limitTo('breaker.trip.failureRate', percentage / 100);
  const openMs = limitTo('breaker.openMs', resetMs);
  return [
    options.map(
      'timeout',
      timeout === 0
        ? { outcome: 'mapped', settings: { attemptTimeoutMs: false }, why: 'no limit' }
        : mapNumber('attemptTimeoutMs', timeout, 'the longest that one attempt may take'),
    ),
    options.map('errorThresholdPercentage', {
      outcome: 'changed',
      settings: { 'breaker.trip.failureRate': failureRate },
      why: `a share of 1, and reaching it is enough: opossum opened only above it${failureRate === 1 ? ', so never' : ''}`,
    }),
    options.map('volumeThreshold', {
      outcome: 'changed',
      // Opossum treats a number that is not whole as none.
      settings: {
        'breaker.trip.minimumCalls': limitTo('breaker.trip.minimumCalls', Number.isInteger(volume) ? volume : 0),
      },
      why: 'the calls in the window before the rate counts; a success that completes them can open the breaker, too',
    }),
    options.map(
      'rollingCountTimeout',
      mapNumber('breaker.trip.windowMs', windowMs, 'how far back the rate looks; closing the breaker starts it afresh'),
    ),
    options.map('resetTimeout', {
      ...mapNumber(
        'breaker.openMs',
        resetMs,
        'each opening lasts as long as the first; omit openMaxMs to let them grow',
      ),
      settings: { 'breaker.openMs': openMs, 'breaker.openMaxMs': openMs },
    }),
    ...(options.get('enabled') === undefined ? [] : [options.map('enabled', mapEnabled(isEnabled))]),
    {
      option: '(every error)',
      received: 'every error that errorFilter lets pass counts',
      outcome: 'changed',
      to: ['breaker'],
      why: BREAKER_NOTE,
    },
    ...options
      .mapLost(OPOSSUM_LOST)
      .filter(({ option }) => !isDefault(option, options.get(option), options.get('timeout', 10_000))),
  ];
}

/** Whether opossum itself has written a value into its options, so that nothing is lost with it. */
export function isDefault(option: string, value: unknown, timeout: unknown): boolean {
  if (option === 'coalesceTTL') return value === timeout;
  const own = typeof value === 'function' ? String(value) : value;
  return own !== undefined && isDeepStrictEqual(own, Reflect.get(DEFAULTS, option));
}

/** Files refuse an operation `__proto__`. */
function canNameOperation(name: unknown): name is string {
  return isName(name) && name !== '__proto__';
}

function mapEnabled(isEnabled: boolean): Mapped {
  if (isEnabled) return { outcome: 'mapped', to: ['breaker'], why: 'the breaker is on' };
  const why = 'the breaker admits every call; attemptTimeoutMs still applies';
  return { outcome: 'changed', settings: { 'breaker.mode': 'disabled' }, why };
}

function mapName(name: unknown, options: OptionReader): Mapping[] {
  if (name === undefined) return [];
  const why = 'the name of the operation: execute(name, fn)';
  return [
    options.map(
      'name',
      canNameOperation(name)
        ? { outcome: 'mapped', at: [], to: ['operations'], why }
        : markLost('it cannot name an operation, so the settings apply to all of them'),
    ),
  ];
}
