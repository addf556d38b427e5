import { configurationError, nearest } from '../../input/index.js';

/** Environment variables by their names. */
export type Variables = Readonly<Record<string, string | undefined>>;

/** The variable that names the preset. */
export const PRESET = 'HOLDFAST_PRESET';
/** The variable that holds a config, or the path of one. */
export const CONFIG = 'HOLDFAST_CONFIG';

const PREFIX = 'HOLDFAST_';
const KNOWN = ['PRESET', 'CONFIG'];

/** What a variable says, without surrounding space; `undefined` when it says nothing. */
export function variable(env: Variables, name: string): string | undefined {
  const value: unknown = env[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw configurationError(name, 'must be a string', value);
  const text = value.trim();
  return text === '' ? undefined : text;
}

/**
 * Sentences about variables that nobody reads and that look as if somebody should: `HOLDFAST_PRESETS`. Others of that
 * prefix are left alone; a cluster gives every service variables that begin with its name.
 */
export function misspelledVariables(env: Variables): string[] {
  return Object.keys(env).flatMap((name) => {
    const rest = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
    if (rest === '' || KNOWN.includes(rest)) return [];
    const meant = KNOWN.find((known) => rest.startsWith(known)) ?? nearest(rest, KNOWN);
    return meant === undefined ? [] : [`${name} is not read. Did you mean '${PREFIX}${meant}'?`];
  });
}
