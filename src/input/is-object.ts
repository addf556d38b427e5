/** An object of whatever class, lists and functions excepted. Never throws: a Proxy that has been revoked is none. */
export function isObject(value: unknown): value is object {
  try {
    return typeof value === 'object' && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
