import type { AnySetting } from '../input/index.js';
import { SETTING_PATHS, type Settings } from './settings.js';

/** Parts that a layer of higher precedence replaces as a whole. */
const WHOLE: ReadonlySet<string> = findPaths(({ part }) => part?.info.isWhole === true);

/** Parts that are `true` in the table when they are switched on. */
const PARTS: ReadonlySet<string> = findPaths(
  ({ part, takesTrue }) => part !== undefined && part.info.isWhole !== true && !takesTrue,
);

/** Fields of an operation that are not settings. */
const BESIDES: ReadonlySet<string> = new Set(['strategy', 'alias']);

/** Returns whether a path is that of a part, which is `true` in the table when it is switched on. */
export function isPart(path: string): boolean {
  return PARTS.has(path);
}

/**
 * Flattens valid settings: `retry.maxAttempts` is 4, and `retry` itself is `true` or `false` for on or off. In this form
 * layers are merged path by path, and a stage that one layer switches off and a later one on again keeps its settings.
 */
export function flatten(settings: object): Map<string, unknown> {
  const leaves = new Map<string, unknown>();
  addLeaves(leaves, '', settings);
  return leaves;
}

function addLeaves(leaves: Map<string, unknown>, prefix: string, part: object): void {
  for (const [name, value] of Object.entries(part)) {
    const path = prefix + name;
    if (value === undefined) continue;
    if (typeof value !== 'object' || value === null) leaves.set(path, value);
    // Frozen, because both are returned to users as they are.
    else if (Array.isArray(value)) leaves.set(path, Object.freeze([...value]));
    else if (WHOLE.has(path)) leaves.set(path, Object.freeze({ ...value }));
    else {
      leaves.set(path, true);
      addLeaves(leaves, `${path}.`, value);
    }
  }
}

type Part = Record<string, unknown>;

/** Builds settings from values by path. A part that is switched off is `false`, whatever is set in it. */
export function unflatten(leaves: Iterable<readonly [string, { readonly value: unknown }]>): Settings {
  const root: Part = {};
  for (const [path, { value }] of leaves) {
    if (!BESIDES.has(path)) placeValue(root, path, value === true && PARTS.has(path) ? {} : value);
  }
  return root;
}

/** Sets the value at a path, unless a part on the way is switched off. Parts come before the settings in them. */
function placeValue(root: Part, path: string, value: unknown): void {
  const { parts, last } = findWay(path);
  let part = root;
  for (const name of parts) {
    if (part[name] === false) return;
    part = ensurePart(part, name);
  }
  part[last] = value;
}

/** The parts that a path goes through, and the name of the value in the last of them. */
interface Way {
  readonly parts: readonly string[];
  readonly last: string;
}

/** A cache of all ways: there is at most one per setting, and each change of a configuration needs all of them. */
const WAYS = new Map<string, Way>();

function findWay(path: string): Way {
  const known = WAYS.get(path);
  if (known !== undefined) return known;
  const parts = path.split('.');
  const way = { last: parts.pop() ?? path, parts };
  WAYS.set(path, way);
  return way;
}

function ensurePart(whole: Part, name: string): Part {
  const found = whole[name];
  if (isObject(found)) return found;
  const made: Part = {};
  whole[name] = made;
  return made;
}

function isObject(value: unknown): value is Part {
  return typeof value === 'object' && value !== null;
}

function findPaths(matches: (setting: AnySetting) => boolean): Set<string> {
  return new Set([...SETTING_PATHS].filter(([, setting]) => matches(setting)).map(([path]) => path));
}
