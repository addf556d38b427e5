import { type AnyPart, type AnySetting, walkSettings } from '../../src/input/index.js';

/** A value, and what an issue says was received. */
export interface Received {
  readonly value: unknown;
  readonly received: string;
}

/** Values of every type. Most settings take none of them, or a few. */
const VALUES: readonly Received[] = [
  { value: Number.NaN, received: 'NaN' },
  { value: Number.POSITIVE_INFINITY, received: 'Infinity' },
  { value: Number.NEGATIVE_INFINITY, received: '-Infinity' },
  { value: -1, received: '-1' },
  { value: -0, received: '-0' },
  { value: 0, received: '0' },
  { value: 1.5, received: '1.5' },
  { value: 2 ** 31, received: '2147483648' },
  { value: 5n, received: '5n' },
  { value: '', received: 'the string ""' },
  { value: '100', received: 'the string "100"' },
  { value: 'soon', received: 'the string "soon"' },
  { value: true, received: 'true' },
  { value: false, received: 'false' },
  { value: null, received: 'null' },
  { value: {}, received: 'an object' },
  { value: [100], received: 'an array' },
  { value: new Map(), received: 'an object' },
  { value: () => 5, received: 'a function' },
  { value: Symbol('5'), received: 'Symbol(5)' },
];

/** How far beyond its bounds a number is tried. */
const STEP = 0.001;

/** A setting of a declaration, with what it must refuse. */
export interface DeclaredSetting {
  readonly path: string;
  /** What an issue says is allowed. */
  readonly allowed: string;
  readonly wrong: readonly Received[];
  /** Settings that hold this value at the path, and are valid otherwise. */
  readonly holding: (value: unknown) => Readonly<Record<string, unknown>>;
}

/** Every setting of a part, and of the parts in it, that takes numbers, words or a part. */
export function listSettings(declared: AnyPart): readonly DeclaredSetting[] {
  return [...walkSettings(declared)]
    .filter(([, { bounds, words, part }]) => bounds !== undefined || words !== undefined || part !== undefined)
    .map(([path, setting]) => ({
      path,
      allowed: describeAllowed(setting),
      wrong: [...VALUES, ...listBeyond(setting)].filter(({ value }) => !takes(setting, value)),
      holding: (value) => hold(path.split('.'), value),
    }));
}

/** The numbers just beyond the bounds. */
function listBeyond({ bounds }: AnySetting): readonly Received[] {
  if (bounds === undefined) return [];
  const { min, above, max } = bounds;
  const beyond = [
    max + STEP,
    max + 1,
    ...(min === undefined ? [] : [min - STEP]),
    ...(above === undefined ? [] : [above]),
  ];
  return beyond.map((value) => ({ value, received: `${value}` }));
}

function takes(setting: AnySetting, value: unknown): boolean {
  const { bounds, words, takesTrue } = setting;
  if (value === false) return takesFalse(setting);
  if (value === true) return takesTrue;
  if (bounds !== undefined) {
    const { min = -Infinity, above = -Infinity, max, integer = false } = bounds;
    return typeof value === 'number' && value >= min && value > above && value <= max && (!integer || value % 1 === 0);
  }
  if (words !== undefined) return typeof value === 'string' && words.includes(value);
  return typeof value === 'object' && value !== null && Object.getPrototypeOf(value) === Object.prototype;
}

/** What no other member of a setting says: the messages that name `false` show that it means it. */
function takesFalse(setting: AnySetting): boolean {
  return setting.findIssues(false).length === 0;
}

function describeAllowed(setting: AnySetting): string {
  const { bounds, words, takesTrue } = setting;
  if (words !== undefined) return `must be one of ${words.join(', ')}`;
  if (takesTrue) return 'must be a plain object, or true or false';
  const orFalse = takesFalse(setting) ? ', or false' : '';
  if (bounds === undefined) return `must be a plain object${orFalse}`;
  const { min, above, max, integer = false } = bounds;
  const from = above === undefined ? `from ${min}` : `above ${above}`;
  return `must be a ${integer ? 'whole number' : 'number'} ${from} to ${max}${orFalse}`;
}

function hold([first = '', ...rest]: readonly string[], value: unknown): Readonly<Record<string, unknown>> {
  if (rest.length === 0) return { [first]: value };
  // A window needs a rule that looks at it, and a share of slow calls a duration that says what is slow.
  const beside = first === 'trip' ? { consecutiveFailures: 5, slowCallMs: 100 } : {};
  return { [first]: { ...beside, ...hold(rest, value) } };
}

/** Nothing in any of the settings of a part: each is there, and `undefined`. */
export function listUndefined({ settings }: AnyPart): Readonly<Record<string, undefined>> {
  return Object.fromEntries(Object.keys(settings).map((name) => [name, undefined]));
}
