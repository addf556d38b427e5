import { type Check, type Fields, wrong } from '../../errors/errors.js';

/** True for an object literal. */
export function isPlain(value: unknown): boolean {
  if (!isObject(value)) return false;
  try {
    const prototype: unknown = Object.getPrototypeOf(value);
    return prototype === null || Object.getPrototypeOf(prototype) === null;
  } catch {
    return false;
  }
}

/** An object of whatever class, lists and functions excepted. */
export function isObject(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/**
 * Some fields of an object, each read once. An object literal must have no others; an instance of a class may.
 *
 * @throws {ConfigurationError} when one of its getters throws.
 */
export function peek(check: Check, path: string, value: object, names: readonly string[]): Fields {
  const plain = isPlain(value);
  let own: Fields;
  try {
    const present = plain ? Object.keys(value) : names;
    own = Object.fromEntries(present.map((name) => [name, Reflect.get(value, name)]));
  } catch {
    throw wrong(path, 'must be readable, and a getter throws', value);
  }
  if (plain) check.fields(path, own, names);
  return own;
}

/**
 * The fields of an object literal, each read once; none when it is something else.
 *
 * @throws {ConfigurationError} when one of its getters throws.
 */
export function plainFields(check: Check, path: string, value: unknown, names: readonly string[]): Fields {
  if (isObject(value) && isPlain(value)) return peek(check, path, value, names);
  check.refuse(path, 'must be a plain object', value);
  return {};
}
