/** Anything that works as a signal: one of another realm and a polyfill are as good as Node's own. */
export function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (!('aborted' in value && 'addEventListener' in value && 'removeEventListener' in value)) return false;
    const { aborted, addEventListener, removeEventListener } = value;
    const works = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
    return typeof aborted === 'boolean' && works;
  } catch {
    return false;
  }
}
