/** An object literal, of whatever realm: not a Map, an array, a signal, or what else has no settings in it. */
export function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== 'object' || value === null) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === null || Object.getPrototypeOf(prototype) === null;
}

/** The same for a value of which nothing is known. Never throws: a Proxy that has been revoked is none. */
export function isReadableRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  try {
    return isRecord(value);
  } catch {
    return false;
  }
}
