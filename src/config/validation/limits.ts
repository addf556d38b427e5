import { ConfigurationError } from '../../errors/index.js';
import { configurationError, isObject } from '../../input/index.js';
import { isNameOfSomething } from './advice.js';

/** The most values that a config may hold, so that a look at one of unknown origin ends soon. */
export const MOST_VALUES = 5_000;

/** The most operations that a config may name. */
const MOST_OPERATIONS = 200;

/** The most unknown names, each of which is compared with the known ones. */
const MOST_UNKNOWN = 100;

/** What to do about a config that is only too large to be looked at here. */
export const IN_PARTS = 'Validate it in parts, or by loadConfig(), which has no such limit.';

/**
 * The most settings that are judged by rules: those of all, and of each operation, for all kinds of failures or for one.
 * What is wrong with the others is told, what is unwise is not.
 */
export const MOST_JUDGED = 51;

/**
 * The names of the operations in a plain copy of a config or preset, whatever else is wrong with it.
 *
 * @param path what the whole is called.
 * @throws {ConfigurationError} when there is too much to look at.
 */
export function operationsIn(path: string, copy: unknown): readonly string[] {
  if (!isObject(copy)) return [];
  if (unknownIn(copy, 'operations') > MOST_UNKNOWN) {
    throw configurationError(path, `is something else: more than ${MOST_UNKNOWN} names in it are not known`, copy);
  }
  const operations: unknown = Reflect.get(copy, 'operations');
  const names = isObject(operations) ? Object.keys(operations) : [];
  if (names.length <= MOST_OPERATIONS) return names;
  const message = `must hold ${MOST_OPERATIONS} operations at most`;
  throw new ConfigurationError([
    { path: `${path}.operations`, message, received: `${names.length} operations`, suggestion: IN_PARTS },
  ]);
}

/** @param free the part in which names are free. */
function unknownIn(part: object, free?: string, isFree = false): number {
  let count = 0;
  for (const [name, value] of Object.entries(part)) {
    if (!isFree && !isNameOfSomething(name)) count += 1;
    if (isObject(value)) count += unknownIn(value, undefined, name === free);
  }
  return count;
}
