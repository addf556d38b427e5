import { Check, readOnce } from '../../input/index.js';
import type { UsageAbout, UsageDetails, UsageEvent, UsageEventType } from './event.js';
import { shortened } from './shortened.js';

/** What an event is made of. */
export interface UsageInput {
  readonly type: UsageEventType;
  readonly preset: string;
  readonly value: number;
  readonly about: UsageAbout;
  readonly details: UsageDetails;
}

const ABOUT = ['operation', 'sessionId', 'userContext', 'details'];
const LONGEST_DETAIL = 300;
const MOST_DETAILS = 10;

/**
 * The event, checked and frozen.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function usageEvent({ type, preset, value, about: given, details }: UsageInput, at: number): UsageEvent {
  const about = readOnce('about', given, (own) => ({ ...own, details: readOnce('about.details', own.details) }));
  const check = new Check();
  check.name('preset', preset);
  // What is undefined counts as absent, and a measurement must be there.
  check.number('value', value ?? null, { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (check.fields('about', about, ABOUT) !== undefined) checkAbout(check, about);
  check.throwIfInvalid();
  const { operation, sessionId, userContext } = about;
  const all = Object.entries({ ...about.details, ...details }).map(([name, one]) => [name, cut(one)] as const);
  return Object.freeze({
    at,
    type,
    preset,
    operation,
    value,
    sessionId,
    userContext,
    details: Object.freeze(Object.fromEntries(all)),
  });
}

function checkAbout(check: Check, { operation, sessionId, userContext, details }: UsageAbout): void {
  if (operation !== undefined) check.name('about.operation', operation);
  if (sessionId !== undefined) check.name('about.sessionId', sessionId);
  if (userContext !== undefined) check.name('about.userContext', userContext);
  const fields = details === undefined ? {} : check.record('about.details', details);
  if (fields === undefined) return;
  const entries = Object.entries(fields);
  if (entries.length > MOST_DETAILS) {
    check.addIssue('about.details', `must have at most ${MOST_DETAILS} fields`, entries.length);
    return;
  }
  for (const [name, value] of entries) {
    check.name('about.details', name);
    if (!isDetail(value)) {
      check.addIssue(`about.details.${name}`, 'must be a string, a finite number, a boolean or null', value);
    }
  }
}

function isDetail(value: unknown): boolean {
  return value === null || typeof value === 'string' || typeof value === 'boolean' || Number.isFinite(value);
}

function cut(value: string | number | boolean | null): string | number | boolean | null {
  return typeof value === 'string' ? shortened(value, LONGEST_DETAIL) : value;
}
