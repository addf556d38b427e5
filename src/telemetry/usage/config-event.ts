import type { ConfigChanged, ConfigRefused } from '../../config/events.js';

interface Teller<E extends { readonly type: string }> {
  /** Listens to one type of event, and gives back the way out. */
  on(type: E['type'], listener: (event: E) => unknown): () => void;
}

/**
 * What tells of changes of its configuration, as a `Resilience` does. One by one, since the compiler does not take a
 * generic method for an overloaded one.
 */
export type ConfigEventSource = Teller<ConfigChanged> & Teller<ConfigRefused>;
