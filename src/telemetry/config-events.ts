import type { ConfigChanged, ConfigRefused } from '../config/events.js';

interface Emits<E extends { readonly type: string }> {
  /** Subscribes to one type of event, and returns a function that unsubscribes. */
  on(type: E['type'], listener: (event: E) => unknown): () => void;
}

/** Emits the changes of its configuration, as a `Resilience` does. */
// An intersection, since the compiler does not accept a generic method in place of an overloaded one.
export type ConfigEventSource = Emits<ConfigChanged> & Emits<ConfigRefused>;

/** Names what changed a layer. */
export function findAction(layer: ConfigRefused['layer']): string {
  return layer === 'file' ? 'reload' : 'configure';
}

/** Formats the issues of a refused change, one text each. */
export function formatIssues(issues: ConfigRefused['issues']): readonly string[] {
  return issues.map(({ path, message }) => `${path} ${message}`);
}

/** Returns true if all of these methods can be called. */
export function hasMethods(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}
