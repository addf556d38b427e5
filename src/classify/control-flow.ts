import { tryRead } from './error-fields.js';

/**
 * Detects what frameworks throw as control flow rather than as an error. Such a signal passes through a call unchanged:
 * it is never retried, and breakers ignore it.
 */
const SIGNALS: readonly ((thrown: object) => boolean)[] = [
  // LangGraph: an interrupt that waits for a person, or a command to a parent graph.
  (thrown) => 'is_bubble_up' in thrown && thrown.is_bubble_up === true,
  // Next.js: a redirect, a page that is not found, a page that cannot be prerendered.
  (thrown) => 'digest' in thrown && typeof thrown.digest === 'string' && NEXT_DIGEST.test(thrown.digest),
];

const NEXT_DIGEST =
  /^(?:NEXT_(?:REDIRECT|NOT_FOUND|HTTP_ERROR_FALLBACK)|DYNAMIC_SERVER_USAGE|BAILOUT_TO_CLIENT_SIDE_RENDERING)\b/;

/** True for a signal of a framework's control flow. */
export function isControlFlow(thrown: unknown): boolean {
  if (typeof thrown !== 'object' || thrown === null) return false;
  return tryRead(() => SIGNALS.some((matches) => matches(thrown))) ?? false;
}
