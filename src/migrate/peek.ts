import { type Check, type Fields, isReadableRecord, readOrRefuse } from '../input/index.js';

/**
 * Some fields of an object, each read once. An object literal must have no others; an instance of a class may.
 *
 * @throws {ConfigurationError} when one of its getters throws.
 */
export function peek(check: Check, path: string, value: object, names: readonly string[]): Fields {
  const plain = isReadableRecord(value);
  const own = readOrRefuse<Fields>(path, value, () => {
    const present = plain ? Object.keys(value) : names;
    return Object.fromEntries(present.map((name) => [name, Reflect.get(value, name)]));
  });
  if (plain) check.fields(path, own, names);
  return own;
}

/**
 * The fields of an object literal, each read once; none when it is something else.
 *
 * @param suggestion what to give instead of something else.
 * @throws {ConfigurationError} when one of its getters throws.
 */
export function plainFields(
  check: Check,
  path: string,
  value: unknown,
  names: readonly string[],
  suggestion?: string,
): Fields {
  if (isReadableRecord(value)) return peek(check, path, value, names);
  check.addIssue(path, 'must be a plain object', value, suggestion);
  return {};
}
