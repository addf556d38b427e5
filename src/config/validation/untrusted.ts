import { buildIssue, ConfigurationError } from '../../errors/index.js';
import { configurationError, isArray, isObject, isReadableRecord, readOrRefuse } from '../../input/index.js';
import { isKnownName } from './advice.js';

/** Settings are never nested deeper than this, and nothing below can be right. */
const DEEPEST = 8;
/** The most values that a config may hold, so that validation takes milliseconds for any input. */
const MOST_VALUES = 5_000;
const MOST_OPERATIONS = 200;
/** The most unknown names: finding out what each was meant to be takes time. */
const MOST_UNKNOWN = 100;
/** What to do about a config that is only too large to be validated here. */
const IN_PARTS = 'Validate it in parts, or with loadConfig(), which has no such limit.';

/** Replaces an object that is not plain: no check accepts it either. */
const OPAQUE: object = new (class Opaque {})();

/**
 * Copies an untrusted value, reading every field exactly once. The copy holds nothing that runs when it is read. Objects
 * that are not plain are replaced by one that no check accepts.
 *
 * @throws {ConfigurationError} if the value holds too many values, or throws when it is read.
 */
export function copyUntrusted(root: string, given: unknown): unknown {
  let left = MOST_VALUES;
  const spend = (path: string, whole: object, count: number): void => {
    // A Proxy may claim a negative length.
    left -= Math.max(count, 0);
    if (left >= 0) return;
    throw configurationError(path, `is too large: the whole may hold at most ${MOST_VALUES} values`, whole, IN_PARTS);
  };
  const copy = (path: string, value: unknown, depth: number): unknown => {
    if (typeof value !== 'object' || value === null) return value;
    if (isArray(value)) {
      if (depth === DEEPEST) return [];
      const length = readOrRefuse(path, value, () => Number(value.length));
      spend(path, value, length);
      const items = readOrRefuse(path, value, () => Array.from({ length }, (_, index) => value[index]));
      return items.map((item, index) => copy(`${path}[${index}]`, item, depth + 1));
    }
    if (!isReadableRecord(value)) return OPAQUE;
    if (depth === DEEPEST) return {};
    const names = readOrRefuse(path, value, () => Object.keys(value));
    spend(path, value, names.length);
    const fields = readOrRefuse(path, value, () => names.map((name) => [name, value[name]] as const));
    return Object.fromEntries(fields.map(([name, field]) => [name, copy(`${path}.${name}`, field, depth + 1)]));
  };
  return copy(root, given, 0);
}

/**
 * Returns the names of the operations in a copied config or preset, even if other parts of it are invalid.
 *
 * @throws {ConfigurationError} if it has too many operations or unknown names.
 */
export function readOperationNames(path: string, copy: unknown): readonly string[] {
  if (!isObject(copy)) return [];
  if (countUnknown(copy, 'operations') > MOST_UNKNOWN) {
    throw configurationError(path, `must not have more than ${MOST_UNKNOWN} unknown names`, copy);
  }
  const operations: unknown = Reflect.get(copy, 'operations');
  const names = isObject(operations) ? Object.keys(operations) : [];
  if (names.length <= MOST_OPERATIONS) return names;
  const message = `must hold at most ${MOST_OPERATIONS} operations`;
  throw new ConfigurationError([buildIssue(`${path}.operations`, message, `${names.length} operations`, IN_PARTS)]);
}

/** @param free the field whose names are free. */
function countUnknown(part: object, free?: string, isFree = false): number {
  let count = 0;
  for (const [name, value] of Object.entries(part)) {
    if (!isFree && !isKnownName(name)) count += 1;
    if (isObject(value)) count += countUnknown(value, undefined, name === free);
  }
  return count;
}
