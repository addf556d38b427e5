import type { Dialect, StreamSign } from '../dialect.js';
import { type EventFields, hasFields } from './event-fields.js';

/** What distinguishes one API. Its functions may throw if an event does, as getters and Proxies may. */
export interface DialectRules {
  readonly name: string;
  readonly hasEnd: boolean;
  /** Whether an object has the shape of this API. */
  recognises(event: EventFields): boolean;
  /** What an object means. */
  read(event: EventFields): readonly StreamSign[];
}

const NOTHING: readonly StreamSign[] = Object.freeze([]);

/** Builds a dialect from its rules: one that does not throw, and to which an event other than an object means nothing. */
export function buildDialect({ name, hasEnd, recognises, read }: DialectRules): Dialect {
  return Object.freeze({
    name,
    hasEnd,
    recognises(event: unknown): boolean {
      try {
        return hasFields(event) && recognises(event);
      } catch {
        return false;
      }
    },
    read(event: unknown): readonly StreamSign[] {
      try {
        return hasFields(event) ? read(event) : NOTHING;
      } catch {
        return NOTHING;
      }
    },
  });
}
