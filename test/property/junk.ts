import fc from 'fast-check';
import { retryBudget } from 'holdfast/retry';
import { BREAKER_SETTINGS } from '../../src/breaker/settings.js';
import { SETTINGS } from '../../src/config/settings.js';
import type { AnyPart, AnySetting } from '../../src/input/index.js';
import { BUDGET_SETTINGS, RETRY_SETTINGS } from '../../src/retry/settings.js';
import { validValue } from '../support/arbitraries.js';

/** Values that are neither plain data nor what a list of plain data would hold. */
const oddities: fc.Arbitrary<unknown> = fc
  .constantFrom<(() => unknown)[]>(
    () => Promise.resolve({}),
    () => Symbol('junk'),
    () => () => undefined,
    () => new WeakMap(),
    () => new Error('junk'),
    () => new URL('http://localhost/'),
    () => new AbortController().signal,
    () => (function* () {})(),
    () => Object.freeze({}),
    () => Object.create({ deadlineMs: 5 }),
  )
  .map((make) => make());

/** Anything at all, Proxies excepted. */
export const junk: fc.Arbitrary<unknown> = fc.oneof(
  fc.anything({
    withBigInt: true,
    withBoxedValues: true,
    withDate: true,
    withMap: true,
    withNullPrototype: true,
    withObjectString: true,
    withSet: true,
    withSparseArray: true,
    withTypedArray: true,
  }),
  fc.constantFrom<unknown[]>(undefined, null, '', 0, -0, -1, Number.NaN, Infinity, -Infinity, '5', 2 ** 31, true, 1n),
  oddities,
);

/** Mostly what belongs there, and now and then junk. */
export const nearly = (right: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 8, arbitrary: right }, { weight: 1, arbitrary: junk });

/** An object with some of these fields, and now and then one that nobody knows. */
const nearlyRecord = (fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> =>
  orJunk(fc.record(fields, { requiredKeys: [] }), fc.record({ ...fields, unheardOf: junk }, { requiredKeys: [] }));

const orJunk = (right: fc.Arbitrary<unknown>, misspelt: fc.Arbitrary<unknown>): fc.Arbitrary<unknown> =>
  fc.oneof({ weight: 6, arbitrary: right }, { weight: 1, arbitrary: misspelt }, { weight: 1, arbitrary: junk });

const durationMs = nearly(fc.integer({ min: 1, max: 200_000 }));

/** The values of a setting as its declaration has them, numbers mostly from the range that goes with other settings. */
function rightValue({ info, part, takesTrue, values }: AnySetting): fc.Arbitrary<unknown> {
  if (part !== undefined) {
    return fc.oneof({ weight: 4, arbitrary: nearlyPart(part) }, fc.constant(takesTrue), fc.constant(false));
  }
  const [min, max] = info.recommended ?? [];
  const any = validValue(values);
  if (min === undefined || max === undefined) return any;
  // A share has no whole number in its range.
  const right = Math.ceil(min) > max ? fc.double({ min, max, noNaN: true }) : fc.integer({ min: Math.ceil(min), max });
  return fc.oneof({ weight: 3, arbitrary: right }, any);
}

/** Something like the settings of a part, by name. */
function fieldsOf({ settings }: AnyPart): Record<string, fc.Arbitrary<unknown>> {
  return Object.fromEntries(Object.entries(settings).map(([name, setting]) => [name, nearly(rightValue(setting))]));
}

/** A few fields of many: with all of them, one would always be wrong. */
function nearlyFew(fields: Record<string, fc.Arbitrary<unknown>>): fc.Arbitrary<unknown> {
  const names = Object.keys(fields);
  return fc.subarray(names, { maxLength: Math.min(4, names.length) }).chain((some) => {
    const few = Object.fromEntries(some.map((name) => [name, fields[name] ?? junk]));
    return orJunk(fc.record(few), fc.record({ ...few, unheardOf: junk }));
  });
}

/** Something like the settings of a part. */
function nearlyPart(part: AnyPart): fc.Arbitrary<unknown> {
  return nearlyFew(fieldsOf(part));
}

/** Something like options of a breaker. */
export const breakerOptions: fc.Arbitrary<unknown> = nearlyFew({
  ...fieldsOf(BREAKER_SETTINGS),
  name: nearly(fc.constant('chat')),
  random: nearly(fc.constant(() => 0.5)),
  isFailure: nearly(fc.constant(() => true)),
});

/** Something like a snapshot of a breaker. */
export const breakerSnapshot: fc.Arbitrary<unknown> = nearlyRecord({
  version: nearly(fc.constant(1)),
  state: nearly(fc.constantFrom('closed', 'open', 'half_open')),
  openings: nearly(fc.nat(5)),
  consecutiveFailures: nearly(fc.nat(5)),
  openedAt: nearly(fc.nat()),
  waitMs: nearly(fc.oneof(fc.nat(), fc.constant(null))),
});

/** Something like rules that say what errors mean. */
const rules = nearly(
  fc.array(
    nearlyRecord({
      name: nearly(fc.constant('ours')),
      when: nearly(
        fc.oneof(
          fc.constant(() => true),
          nearlyRecord({
            status: nearly(fc.constantFrom(409, [408, 409])),
            message: nearly(fc.constantFrom('x', /x/)),
          }),
        ),
      ),
      means: nearly(fc.oneof(fc.constant('overloaded'), nearlyRecord({ kind: nearly(fc.constant('timeout')) }))),
    }),
    { maxLength: 3 },
  ),
);

const settings = nearlyPart(SETTINGS);

/** Something like options of `createResilience`. */
export const resilienceOptions: fc.Arbitrary<unknown> = nearlyRecord({
  config: nearlyRecord({
    defaults: settings,
    operations: nearly(fc.dictionary(fc.string({ maxLength: 5 }), settings, { maxKeys: 3 })),
  }),
  classify: rules,
  random: nearly(fc.constant(() => 0.5)),
  context: nearly(fc.constant(() => ({}))),
});

/** Something like options of one call. */
export const executeOptions: fc.Arbitrary<unknown> = nearlyRecord({
  key: nearly(fc.string({ minLength: 1, maxLength: 5 })),
  signal: nearly(fc.constant(new AbortController().signal)),
  deadlineMs: durationMs,
  idempotent: nearly(fc.boolean()),
  replayable: nearly(fc.boolean()),
  settings,
  context: nearly(fc.constant({ tenant: 'one' })),
});

/** Something like options of `retry`. */
export const retryOptions: fc.Arbitrary<unknown> = nearlyFew({
  ...fieldsOf(RETRY_SETTINGS),
  budget: nearly(fc.constant(retryBudget())),
  name: nearly(fc.constant('chat')),
  signal: nearly(fc.constant(new AbortController().signal)),
  deadlineMs: nearly(fc.oneof(durationMs, fc.constant(false))),
  attemptTimeoutMs: nearly(fc.oneof(durationMs, fc.constant(false))),
  idempotent: nearly(fc.boolean()),
  replayable: nearly(fc.boolean()),
  classify: rules,
  onRetry: nearly(fc.constant(() => undefined)),
  random: nearly(fc.constant(() => 0.5)),
});

/** Something like settings of a budget. */
export const budgetSettings: fc.Arbitrary<unknown> = nearlyPart(BUDGET_SETTINGS);

/** An object, one field of which is a getter that misbehaves. */
export interface Trap {
  readonly path: readonly string[];
  /** Which reading of the field is the first bad one. */
  readonly reading: number;
  readonly how: 'throws' | 'gives junk';
  readonly right: unknown;
}

const trapped = (paths: readonly (readonly [string, unknown])[]): fc.Arbitrary<Trap> =>
  fc
    .record({
      field: fc.constantFrom(...paths),
      reading: fc.integer({ min: 1, max: 6 }),
      how: fc.constantFrom('throws', 'gives junk'),
    })
    .map(({ field: [path, right], reading, how }) => ({ path: path.split('.'), reading, how, right }));

/** Getters within options of one call. */
export const executeTraps: fc.Arbitrary<Trap> = trapped([
  ['key', 'one'],
  ['signal', new AbortController().signal],
  ['deadlineMs', 1_000],
  ['context', {}],
  ['settings', {}],
  ['settings.deadlineMs', 1_000],
  ['settings.attemptTimeoutMs', 1_000],
  ['settings.breaker', false],
  ['settings.retry', {}],
  ['settings.retry.budget', false],
  ['settings.retry.kinds', {}],
  ['settings.retry.kinds.network', true],
  ['settings.quota', {}],
  ['settings.quota.maxWaitMs', 5],
  ['idempotent', true],
  ['replayable', true],
]);

/** Getters within options of `createResilience`. */
export const resilienceTraps: fc.Arbitrary<Trap> = trapped([
  ['config', {}],
  ['random', () => 0.5],
  ['context', () => ({})],
  ['config.defaults', {}],
  ['config.operations', {}],
  ['config.defaults.deadlineMs', 1_000],
  ['config.operations.chat', {}],
  ['config.operations.chat.breaker', {}],
  ['config.operations.chat.breaker.trip', { consecutiveFailures: 1 }],
  ['config.operations.chat.breaker.openMs', 1_000],
  ['config.defaults.retry', {}],
  ['config.defaults.retry.maxAttempts', 2],
  ['config.defaults.retry.budget.ratio', 0.5],
  ['config.operations.chat.retry.kinds.network.maxAttempts', 2],
  ['config.defaults.quota.spreadMs', 5],
  ['classify', []],
]);

/** Getters within options of a breaker. */
export const breakerTraps: fc.Arbitrary<Trap> = trapped([
  ['name', 'chat'],
  ['random', () => 0.5],
  ['isFailure', () => true],
  ['trip', { consecutiveFailures: 1 }],
  ['trip.failureRate', 0.5],
  ['openMs', 1_000],
  ['mode', 'enforce'],
]);

/** Sets a trap. */
export function set({ path, reading, how, right }: Trap): object {
  const [name = '', ...rest] = path;
  const outer = {};
  if (rest.length > 0) return Object.assign(outer, { [name]: set({ path: rest, reading, how, right }) });
  let read = 0;
  return Object.defineProperty(outer, name, {
    enumerable: true,
    get() {
      read += 1;
      if (read < reading) return right;
      if (how === 'throws') throw new RangeError('a getter that throws');
      return Symbol('junk');
    },
  });
}
