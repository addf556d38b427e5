import { Check, type Fields } from '../input/index.js';
import { checkAmount } from './amounts.js';
import { plainFields } from './peek.js';

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
  readonly abortController?: unknown;
  readonly autoRenewAbortController?: unknown;
  readonly status?: unknown;
  readonly state?: unknown;
}

const CACHE = 'there is no cache of answers: keep your own before the call';
const COALESCE = 'equal calls are not put together: do so before the call';
const SIGNAL = 'each attempt has a signal of its own: execute(operation, (call) => fn(call.signal))';
const STATS = 'stats are always there, and cost no timer: resilience.stats()';
const BUCKETS = 'the window needs none: it moves by itself';
const STATE = 'a breaker starts closed';

/** What stands in no config, and what to do instead. */
export const OPOSSUM_LOST: Readonly<Record<string, string>> = {
  group: 'operations are not grouped',
  rollingCountBuckets: BUCKETS,
  rollingPercentilesEnabled: STATS,
  enableSnapshots: STATS,
  rotateBucketController: BUCKETS,
  capacity: 'calls at the same time are not limited yet: keep a limiter of your own',
  errorFilter:
    "write rules instead, which a config cannot hold: createResilience({ classify: rules }), breaker: 'ignored'",
  allowWarmUp: 'minimumCalls keeps the breaker closed while there is little to go by',
  maxFailures: 'opossum has long paid no regard to it',
  cache: CACHE,
  cacheTTL: CACHE,
  cacheSize: CACHE,
  cacheGetKey: CACHE,
  cacheTransport: CACHE,
  coalesce: COALESCE,
  coalesceTTL: COALESCE,
  coalesceSize: COALESCE,
  coalesceResetOn: COALESCE,
  abortController: SIGNAL,
  autoRenewAbortController: SIGNAL,
  status: STATE,
  state: STATE,
} as const satisfies Partial<Record<keyof OpossumOptions, string>>;

const MAPPED = [
  'timeout',
  'errorThresholdPercentage',
  'volumeThreshold',
  'rollingCountTimeout',
  'resetTimeout',
  'enabled',
  'name',
];

const PERCENTAGE = { min: 0, max: 100 };

/** Reads them once. @throws {ConfigurationError} naming everything that is wrong with them. */
export function readOpossum(given: unknown): Fields {
  const check = new Check();
  const fields = plainFields(check, 'from.opossum', given, [...MAPPED, ...Object.keys(OPOSSUM_LOST)]);
  if (fields['timeout'] !== false) checkAmount(check, 'from.opossum.timeout', fields['timeout']);
  check.number('from.opossum.errorThresholdPercentage', fields['errorThresholdPercentage'], PERCENTAGE);
  checkAmount(check, 'from.opossum.volumeThreshold', fields['volumeThreshold']);
  checkAmount(check, 'from.opossum.rollingCountTimeout', fields['rollingCountTimeout']);
  checkAmount(check, 'from.opossum.resetTimeout', fields['resetTimeout']);
  check.boolean('from.opossum.enabled', fields['enabled']);
  const name = fields['name'];
  if (name !== undefined && typeof name !== 'string') check.addIssue('from.opossum.name', 'must be a string', name);
  check.throwIfInvalid();
  return fields;
}
