import { Check, configurationError, type Fields, isArray, readOrRefuse } from '../../input/index.js';
import { IN_PARTS, MOST_VALUES } from './limits.js';

/** Settings lie less deep than this. What lies there is wrong, whatever is in it. */
const DEEPEST = 8;

/** Stands for what is no plain object, and is none. */
const OPAQUE: object = new (class Opaque {})();

/**
 * A copy of a value of which nothing is known: every field has been read once, and nothing is left in it that runs when it is
 * looked at. What is no plain object is replaced by something else that is none.
 *
 * @param path what it is called in error messages.
 * @throws {ConfigurationError} when it holds too much, or something in it throws when it is read.
 */
export function plainCopy(path: string, given: unknown): unknown {
  return copyOf(path, given, 0, { left: MOST_VALUES });
}

interface Budget {
  left: number;
}

function copyOf(path: string, value: unknown, depth: number, budget: Budget): unknown {
  if (typeof value !== 'object' || value === null) return value;
  const fields = new Check().record(path, value);
  if (fields === undefined) return isArray(value) ? copyOfList(path, value, depth, budget) : OPAQUE;
  if (depth === DEEPEST) return {};
  const copied = readFields(path, fields, budget).map(
    ([name, each]) => [name, copyOf(`${path}.${name}`, each, depth + 1, budget)] as const,
  );
  return Object.fromEntries(copied);
}

function copyOfList(path: string, list: readonly unknown[], depth: number, budget: Budget): unknown[] {
  if (depth === DEEPEST) return [];
  const length = readOrRefuse(path, list, () => Number(list.length));
  spend(path, list, length, budget);
  const read = readOrRefuse(path, list, () => Array.from({ length }, (_, index) => list[index]));
  return read.map((each, index) => copyOf(`${path}[${index}]`, each, depth + 1, budget));
}

function readFields(path: string, fields: Fields, budget: Budget): (readonly [string, unknown])[] {
  const names = readOrRefuse(path, fields, () => Object.keys(fields));
  spend(path, fields, names.length, budget);
  return readOrRefuse(path, fields, () => names.map((name) => [name, fields[name]]));
}

function spend(path: string, whole: object, values: number, budget: Budget): void {
  // A Proxy may say that it has less than nothing.
  budget.left -= Math.max(values, 0);
  if (budget.left >= 0) return;
  throw configurationError(path, `is too much: all together may hold ${MOST_VALUES} values`, whole, IN_PARTS);
}
