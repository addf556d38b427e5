import fc from 'fast-check';
import { COUNT, DURATION, MODES, SHARE, WINDOW } from '../../src/breaker/options.js';
import { PRESETS } from '../../src/config/presets/presets.js';
import { STRATEGIES as BUILT_IN } from '../../src/config/presets/strategies.js';
import { isName, type NumberRule } from '../../src/input/index.js';
import { WAIT as QUOTA_WAIT } from '../../src/limits/options.js';
import {
  ATTEMPTS,
  BURST,
  ELAPSED,
  FLOOR,
  JITTERS,
  MULTIPLIER,
  RATIO,
  STRATEGIES,
  WAIT,
} from '../../src/retry/options-check.js';
import { RETRYABLE_KINDS } from '../../src/retry/options-rules.js';
import { junk } from './junk.js';

type Fields = Readonly<Record<string, fc.Arbitrary<unknown>>>;

/** The number that the rule allows next to one of its bounds. */
const STEP = 2 ** -20;

/** A number that a rule allows, its bounds more often than chance would have them. */
function numberBy({ min, above = 0, max, integer = false }: NumberRule): fc.Arbitrary<number> {
  const lowest = min ?? above + STEP;
  const between = integer ? fc.integer({ min: lowest, max }) : fc.double({ min: lowest, max, noNaN: true });
  return fc.oneof({ weight: 1, arbitrary: fc.constantFrom(lowest, max) }, { weight: 3, arbitrary: between });
}

const some = (fields: Fields): fc.Arbitrary<object> => fc.record(fields, { requiredKeys: [], noNullPrototype: true });
const orFalse = (field: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: field }, { weight: 1, arbitrary: fc.constant(false) });

const ofAKind: Fields = {
  maxAttempts: numberBy(ATTEMPTS),
  strategy: fc.constantFrom(...STRATEGIES),
  minDelayMs: numberBy(WAIT),
  maxDelayMs: numberBy(WAIT),
  multiplier: numberBy(MULTIPLIER),
  jitter: fc.constantFrom(...JITTERS),
  jitterMaxMs: numberBy(WAIT),
};

const kind = fc.oneof(some(ofAKind), fc.boolean());

const retry = some({
  ...ofAKind,
  maxElapsedMs: orFalse(numberBy(ELAPSED)),
  kinds: fc.dictionary(fc.constantFrom(...RETRYABLE_KINDS), kind, { maxKeys: 2, noNullPrototype: true }),
  budget: orFalse(some({ ratio: numberBy(RATIO), floorPerSecond: numberBy(FLOOR), burst: numberBy(BURST) })),
});

const waitForQuota = numberBy(QUOTA_WAIT);
const quota = some({
  maxWaitMs: waitForQuota,
  exhaustedMs: waitForQuota,
  maxHoldMs: waitForQuota,
  spreadMs: waitForQuota,
});

const ofAnyTrip: Fields = {
  failureRate: numberBy(SHARE),
  minimumCalls: numberBy(COUNT),
  windowMs: numberBy(WINDOW),
};
const trip = fc.oneof(
  fc.record(
    { ...ofAnyTrip, consecutiveFailures: numberBy(COUNT) },
    { requiredKeys: ['consecutiveFailures'], noNullPrototype: true },
  ),
  fc.record(
    { ...ofAnyTrip, slowCallMs: numberBy(DURATION), slowCallRate: numberBy(SHARE) },
    { requiredKeys: ['slowCallMs'], noNullPrototype: true },
  ),
);

const breaker = some({
  trip,
  openMs: numberBy(DURATION),
  openMaxMs: numberBy(DURATION),
  trials: numberBy(COUNT),
  successesToClose: numberBy(COUNT),
  trialLeaseMs: numberBy(DURATION),
  mode: fc.constantFrom(...MODES),
});

const ofSettings: Fields = {
  deadlineMs: orFalse(numberBy(DURATION)),
  attemptTimeoutMs: orFalse(numberBy(DURATION)),
  retry: orFalse(retry),
  quota: orFalse(quota),
  breaker: orFalse(breaker),
};

const strategy = fc.constantFrom(...Object.keys(BUILT_IN));
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('chat', 'qa', 'a.b', '7', 'constructor', 'x'.repeat(256)) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(isName) },
);
const operation = fc.oneof(
  { weight: 4, arbitrary: some({ ...ofSettings, strategy }) },
  { weight: 1, arbitrary: fc.record({ alias: name }) },
);

/** A config that is right. */
export const rightConfig: fc.Arbitrary<object> = some({
  $schema: fc.string(),
  preset: fc.constantFrom('auto', 'none', ...Object.keys(PRESETS)),
  strategy,
  defaults: some(ofSettings),
  operations: fc.dictionary(name, operation, { maxKeys: 2, noNullPrototype: true }),
});

/** Every number of the settings by its path, with its rule. */
export const NUMBERS: readonly (readonly [path: string, rule: NumberRule])[] = [
  ['deadlineMs', DURATION],
  ['attemptTimeoutMs', DURATION],
  ...['retry', 'retry.kinds.network'].flatMap((path): [string, NumberRule][] => [
    [`${path}.maxAttempts`, ATTEMPTS],
    [`${path}.minDelayMs`, WAIT],
    [`${path}.maxDelayMs`, WAIT],
    [`${path}.multiplier`, MULTIPLIER],
    [`${path}.jitterMaxMs`, WAIT],
  ]),
  ['retry.maxElapsedMs', ELAPSED],
  ['retry.budget.ratio', RATIO],
  ['retry.budget.floorPerSecond', FLOOR],
  ['retry.budget.burst', BURST],
  ['quota.maxWaitMs', QUOTA_WAIT],
  ['quota.exhaustedMs', QUOTA_WAIT],
  ['quota.maxHoldMs', QUOTA_WAIT],
  ['quota.spreadMs', QUOTA_WAIT],
  ['breaker.trip.consecutiveFailures', COUNT],
  ['breaker.trip.failureRate', SHARE],
  ['breaker.trip.minimumCalls', COUNT],
  ['breaker.trip.windowMs', WINDOW],
  ['breaker.trip.slowCallMs', DURATION],
  ['breaker.trip.slowCallRate', SHARE],
  ['breaker.openMs', DURATION],
  ['breaker.openMaxMs', DURATION],
  ['breaker.trials', COUNT],
  ['breaker.successesToClose', COUNT],
  ['breaker.trialLeaseMs', DURATION],
];

/** What stands at and around the bounds of a rule. */
function around({ min, above, max }: NumberRule): number[] {
  const bounds = [max, ...(min === undefined ? [] : [min]), ...(above === undefined ? [] : [above])];
  return bounds.flatMap((bound) => [bound, bound - 1, bound + 1, bound - 0.5, bound + 0.5, bound - STEP, bound + STEP]);
}

/** Numbers that suit no rule, or many. */
const NUMBERS_OF_ALL_KINDS = [0, -0, 1, 1.5, 2 ** 31, 2 ** 53, 5e-324, 1e308, Number.NaN, Infinity, -Infinity];

const WORDS: readonly string[] = ['retry.strategy', 'retry.kinds.timeout.strategy', 'retry.jitter', 'breaker.mode'];
const OBJECTS: readonly string[] = [
  'retry',
  'retry.kinds',
  'retry.kinds.timeout',
  'retry.kinds.unknown',
  'retry.budget',
  'quota',
  'breaker',
  'breaker.trip',
];
const AT_THE_TOP: readonly string[] = ['$schema', 'preset', 'strategy', 'defaults', 'operations', 'operations.chat'];
const OF_OPERATIONS: readonly string[] = ['strategy', 'alias'];
const HOLDERS = ['defaults', 'operations.chat', 'operations.__proto__'];

const anyWord = fc.constantFrom<unknown[]>(
  ...[...STRATEGIES, ...JITTERS, ...MODES, ...Object.keys(BUILT_IN), ...Object.keys(PRESETS)],
  ...[
    'auto',
    'none',
    'unheard_of',
    'Exponential',
    '',
    ' ',
    'x'.repeat(256),
    'x'.repeat(257),
    'a\nb',
    '\u007f',
    '__proto__',
  ],
);
const oddValue: fc.Arbitrary<unknown> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.constantFrom<unknown[]>(undefined, null, true, false, '5', '', [], [1], {}, ...NUMBERS_OF_ALL_KINDS),
  },
  { weight: 3, arbitrary: anyWord },
  { weight: 1, arbitrary: fc.jsonValue() },
  { weight: 1, arbitrary: junk },
);

/** What is put into a config, and where. */
export interface Mutation {
  readonly path: readonly string[];
  readonly value: unknown;
}

const holder = fc.constantFrom(...HOLDERS);
const at = (top: string, path: string): readonly string[] => [...top.split('.'), ...path.split('.')];
/** A number at and around its bounds, and what is none. */
const ofNumber = fc.constantFrom(
  ...HOLDERS.flatMap((top) =>
    NUMBERS.flatMap(([path, rule]) =>
      [...around(rule), ...NUMBERS_OF_ALL_KINDS].map((value): Mutation => ({ path: at(top, path), value })),
    ),
  ),
);
const anyPath: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc
    .tuple(holder, fc.constantFrom(...NUMBERS.map(([path]) => path), ...WORDS, ...OBJECTS))
    .map(([top, path]) => at(top, path)),
  fc.constantFrom(...AT_THE_TOP).map((path) => path.split('.')),
  fc.constantFrom(...OF_OPERATIONS).map((path) => at('operations.chat', path)),
);
const ofAnything = fc.record({ path: anyPath, value: oddValue });
const ofWord = fc.record({ path: anyPath, value: anyWord });

/** One value that is changed: another word, or anything else. */
const ofOthers = fc.oneof(ofWord, { weight: 2, arbitrary: ofAnything });

/** One value that is changed. */
export const mutation: { readonly ofNumber: fc.Arbitrary<Mutation>; readonly ofOthers: fc.Arbitrary<Mutation> } = {
  ofNumber,
  ofOthers,
};

const key = fc.constantFrom(
  ...['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'maxAttempt', 'retry', 'alias', 'operations', '', '0'],
  ...['a\nb', 'x'.repeat(257)],
);
const objectPath: fc.Arbitrary<readonly string[]> = fc.oneof(
  fc.constant([]),
  fc.constantFrom(['defaults'], ['operations'], ['operations', 'chat'], ['operations', '__proto__']),
  fc.tuple(holder, fc.constantFrom(...OBJECTS)).map(([top, path]) => at(top, path)),
);

/** One key that does not belong there, or perhaps does. */
export const strangeKey: fc.Arbitrary<Mutation> = fc
  .tuple(objectPath, key, oddValue)
  .map(([path, last, value]) => ({ path: [...path, last], value }));

/** Puts a value into a config. What is in its way makes room. `__proto__` is a key like any other, as it is in JSON. */
export function put(whole: object, { path, value }: Mutation): object {
  const [first, ...rest] = path;
  if (first === undefined) return whole;
  const inner: unknown = Object.hasOwn(whole, first) ? Reflect.get(whole, first) : undefined;
  const own = typeof inner === 'object' && inner !== null ? inner : {};
  return withOwn(whole, first, rest.length === 0 ? value : put(own, { path: rest, value }));
}

function withOwn(whole: object, name: string, value: unknown): object {
  const attributes = { value, enumerable: true, configurable: true, writable: true };
  return Object.defineProperty({ ...whole }, name, attributes);
}
