import fc from 'fast-check';
import { PRESETS } from '../../src/config/presets/presets.js';
import { STRATEGIES } from '../../src/config/presets/strategies.js';
import { SETTING_PATHS, SETTINGS } from '../../src/config/settings.js';
import { type AnySetting, isName, type NumberRule } from '../../src/input/index.js';
import { STEP, validValue } from '../support/arbitraries.js';
import { junk } from './junk.js';

const settings = validValue(SETTINGS);
const strategy = fc.constantFrom(...Object.keys(STRATEGIES));
const name = fc.oneof(
  { weight: 4, arbitrary: fc.constantFrom('chat', 'qa', 'a.b', '7', 'constructor', 'x'.repeat(256)) },
  { weight: 1, arbitrary: fc.string({ unit: 'grapheme', minLength: 1, maxLength: 8 }).filter(isName) },
);
const some = (fields: Readonly<Record<string, fc.Arbitrary<unknown>>>): fc.Arbitrary<object> =>
  fc.record(fields, { requiredKeys: [], noNullPrototype: true });
const operation = fc.oneof(
  {
    weight: 4,
    arbitrary: fc.tuple(settings, some({ strategy })).map(([own, besides]) => Object.assign({}, own, besides)),
  },
  { weight: 1, arbitrary: fc.record({ alias: name }) },
);

/** A config that is right. */
export const rightConfig: fc.Arbitrary<object> = some({
  $schema: fc.string(),
  preset: fc.constantFrom('auto', 'none', ...Object.keys(PRESETS)),
  strategy,
  defaults: settings,
  operations: fc.dictionary(name, operation, { maxKeys: 2, noNullPrototype: true }),
});

const pathsWhere = (matches: (setting: AnySetting) => boolean): readonly string[] =>
  [...SETTING_PATHS].filter(([, setting]) => matches(setting)).map(([path]) => path);

/** Every number of the settings by its path, with its bounds. */
const NUMBERS: readonly (readonly [path: string, rule: NumberRule])[] = [...SETTING_PATHS].flatMap(
  ([path, { bounds }]): (readonly [string, NumberRule])[] => (bounds === undefined ? [] : [[path, bounds]]),
);

/** What stands at and around the bounds of a rule. */
function around({ min, above, max }: NumberRule): number[] {
  const bounds = [max, ...(min === undefined ? [] : [min]), ...(above === undefined ? [] : [above])];
  return bounds.flatMap((bound) => [bound, bound - 1, bound + 1, bound - 0.5, bound + 0.5, bound - STEP, bound + STEP]);
}

/** Numbers that suit no rule, or many. */
const NUMBERS_OF_ALL_KINDS = [0, -0, 1, 1.5, 2 ** 31, 2 ** 53, 5e-324, 1e308, Number.NaN, Infinity, -Infinity];

const WORDS = pathsWhere(({ words }) => words !== undefined);
const OBJECTS = pathsWhere(({ part }) => part !== undefined);
const AT_THE_TOP: readonly string[] = ['$schema', 'preset', 'strategy', 'defaults', 'operations', 'operations.chat'];
const OF_OPERATIONS: readonly string[] = ['strategy', 'alias'];
const HOLDERS = ['defaults', 'operations.chat', 'operations.__proto__'];

const anyWord = fc.constantFrom<unknown[]>(
  ...[...SETTING_PATHS.values()].flatMap(({ words = [] }) => words),
  ...[...Object.keys(STRATEGIES), ...Object.keys(PRESETS)],
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
