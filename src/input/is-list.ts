/** True for an array. Never throws: a Proxy that has been revoked says no more of itself, not even that. */
export function isArray(value: unknown): value is readonly unknown[] {
  try {
    return Array.isArray(value);
  } catch {
    return false;
  }
}
