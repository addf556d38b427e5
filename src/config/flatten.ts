import type { AnySetting } from '../input/index.js';
import { SETTING_PATHS, type Settings } from './settings.js';

/** Parts that a stronger layer replaces as a whole. */
const WHOLE: ReadonlySet<string> = pathsWhere(({ part }) => part?.info.isWhole === true);

/** Parts that are switched on with nothing set in them, which is `true` in the table. */
const PARTS: ReadonlySet<string> = pathsWhere(
  ({ part, takesTrue }) => part !== undefined && part.info.isWhole !== true && !takesTrue,
);

/** What is said of an operation besides its settings. */
const BESIDES: ReadonlySet<string> = new Set(['strategy', 'alias']);

/** Whether a path is that of a part, which is `true` when it is switched on. */
export function isPart(path: string): boolean {
  return PARTS.has(path);
}

/**
 * Settings as a flat table: `retry.maxAttempts` is 4, `retry` itself is `true` or `false` for on or off. In this form layers
 * are laid over each other by path, wherever each value came from, and one that is switched off and on again has kept what
 * lies below. The settings must have been checked.
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
    // It is returned to users as it is, and must not be changed through them.
    else if (WHOLE.has(path)) leaves.set(path, Object.freeze({ ...value }));
    else {
      leaves.set(path, true);
      addLeaves(leaves, `${path}.`, value);
    }
  }
}

type Part = Record<string, unknown>;

/** The settings that values by their paths make. What is switched off is `false`, whatever stands in it. */
export function unflatten(leaves: Iterable<readonly [string, { readonly value: unknown }]>): Settings {
  const root: Part = {};
  for (const [path, { value }] of leaves) {
    if (!BESIDES.has(path)) place(root, path, value === true && PARTS.has(path) ? {} : value);
  }
  return root;
}

/** Puts a value where its path says; nowhere, when a part on the way is switched off. A part stands before what is in it. */
function place(root: Part, path: string, value: unknown): void {
  const { parts, last } = wayTo(path);
  let part = root;
  for (const name of parts) {
    if (part[name] === false) return;
    part = partOf(part, name);
  }
  part[last] = value;
}

/** The parts that a path goes through, and the name of the value in the last of them. */
interface Way {
  readonly parts: readonly string[];
  readonly last: string;
}

/** There are no more paths than there are settings, and each change of a configuration asks for all of them anew. */
const WAYS = new Map<string, Way>();

function wayTo(path: string): Way {
  const known = WAYS.get(path);
  if (known !== undefined) return known;
  const parts = path.split('.');
  const way = { last: parts.pop() ?? path, parts };
  WAYS.set(path, way);
  return way;
}

function partOf(whole: Part, name: string): Part {
  const found = whole[name];
  if (isObject(found)) return found;
  const made: Part = {};
  whole[name] = made;
  return made;
}

function isObject(value: unknown): value is Part {
  return typeof value === 'object' && value !== null;
}

function pathsWhere(matches: (setting: AnySetting) => boolean): Set<string> {
  return new Set([...SETTING_PATHS].filter(([, setting]) => matches(setting)).map(([path]) => path));
}
