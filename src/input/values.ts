/** Bounds of a number. Infinity and NaN are never allowed. */
export interface NumberRule {
  readonly min?: number;
  /** Exclusive lower bound. */
  readonly above?: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** True for a finite number within bounds. */
export function isWithin(value: unknown, { min, above, max, integer }: NumberRule): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (integer === true && !Number.isInteger(value)) return false;
  return value >= (min ?? -Infinity) && value > (above ?? -Infinity) && value <= max;
}

/** `a whole number from 1 to 10`. */
export function describeBounds({ min, above, max, integer }: NumberRule): string {
  const kind = integer === true ? 'a whole number' : 'a number';
  const from = above === undefined ? `from ${min ?? '-Infinity'}` : `above ${above}`;
  return `${kind} ${from} to ${max}`;
}

/** Suggests the number that a string holds, if that number is allowed. */
export function suggestNumber(value: unknown, rule: NumberRule): string | undefined {
  const isText = typeof value === 'string' && value.trim() !== '';
  return isText && isWithin(Number(value), rule) ? `Did you mean ${value}?` : undefined;
}

/** Suggests `false` for a value that often means the same elsewhere. */
export function suggestFalse(value: unknown): string | undefined {
  return value === 0 || value === Infinity ? "Write 'false' to switch it off." : undefined;
}

/** How many UTF-16 units a name or key may have. */
export const LONGEST_NAME = 256;

/**
 * Matches text without control characters, line separators and characters that override the direction of writing: names
 * appear unescaped in messages and logs, and must not forge them.
 */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a name must not have
export const WITHOUT_CONTROL: RegExp = /^[^\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069]*$/;

/** True for a name: 1 to 256 UTF-16 units without control characters. Cheap enough for every call. */
export function isName(value: unknown): value is string {
  return typeof value === 'string' && value.length > 0 && value.length <= LONGEST_NAME && WITHOUT_CONTROL.test(value);
}

/** True for an array. Never throws, not even for a revoked Proxy. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}

/** True for an object of any class, arrays and functions excepted. Never throws; a revoked Proxy is not an object. */
export function isObject(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}

/** True for an object literal of any realm: not for a Map, an array, a signal or another instance of a class. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The same for an untrusted value. Never throws; a revoked Proxy is not a record. */
export function isReadableRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return isRecord(value);
  } catch {
    return false;
  }
}
