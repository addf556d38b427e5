import { type BreakerSettings, COUNT, DURATION, SHARE, type TripOptions, WINDOW } from '../breaker/settings.js';
import { type Check, describe, type Fields, isArray, isObject } from '../input/index.js';
import { checkAmount, numberOr } from './amounts.js';
import { type Backoff, readBackoff } from './cockatiel-backoff.js';
import { fitted, type Notes } from './notes.js';
import { peek, plainFields } from './peek.js';
import { COUNTED_WHY } from './peer-draft.js';

/** A breaker of cockatiel, as far as it can be read. */
type Rule =
  | { readonly kind: 'consecutive'; readonly threshold: number }
  | { readonly kind: 'sampling'; readonly threshold: number; readonly windowMs: number; readonly perSecond: number }
  | { readonly kind: 'count'; readonly threshold: number; readonly calls: number }
  /** A class of the user's own. */
  | { readonly kind: 'own' };

/** What `circuitBreaker()` of cockatiel was given. */
export interface BreakerRead {
  readonly fields: Fields;
  readonly rule: Rule;
  readonly opening: Backoff;
}

const RULE = [
  'threshold',
  'duration',
  'minimumRps',
  'minimumRpms',
  'size',
  'samples',
  'minimumNumberOfCalls',
  'success',
  'failure',
];
const PART = { above: 0, max: 1 };
const SECOND_MS = 1_000;
/** Without a minimum, cockatiel asks for as many calls a second as make five failures. */
const FAILURES_PER_SECOND = 5;
const TO = 'defaults.breaker';
const REACHED = 'reached is enough: cockatiel opened only above it';
const OWN: Rule = { kind: 'own' };

/** Reads what `circuitBreaker()` takes. */
export function readBreaker(check: Check, path: string, value: unknown): BreakerRead {
  const fields = plainFields(check, path, value, ['breaker', 'halfOpenAfter', 'initialState']);
  return {
    fields,
    rule: readRule(check, `${path}.breaker`, fields['breaker']),
    opening: readBackoff(check, `${path}.halfOpenAfter`, fields['halfOpenAfter']),
  };
}

function readRule(check: Check, path: string, value: unknown): Rule {
  if (typeof value === 'number') return consecutive(check, path, value);
  if (!isObject(value)) {
    check.addIssue(path, 'must be a number of failures, or a breaker of cockatiel', value);
    return OWN;
  }
  const fields = peek(check, path, value, RULE);
  const { threshold, duration, size, samples, success, failure } = fields;
  if (duration !== undefined) return sampling(check, path, fields);
  if (size !== undefined || samples !== undefined) return count(check, path, fields);
  if (threshold !== undefined) return consecutive(check, `${path}.threshold`, threshold);
  if (typeof success !== 'function' || typeof failure !== 'function') {
    check.addIssue(path, 'must be a breaker of cockatiel, or what one is made with', value);
  }
  return OWN;
}

function consecutive(check: Check, path: string, threshold: unknown): Rule {
  checkAmount(check, path, threshold, { positive: true });
  return { kind: 'consecutive', threshold: Math.ceil(numberOr(threshold, 1)) };
}

function sampling(check: Check, path: string, { threshold, duration, minimumRps, minimumRpms }: Fields): Rule {
  check.number(`${path}.threshold`, threshold ?? null, PART);
  checkAmount(check, `${path}.duration`, duration, { positive: true });
  checkAmount(check, `${path}.minimumRps`, minimumRps);
  checkAmount(check, `${path}.minimumRpms`, minimumRpms, { positive: true });
  const share = numberOr(threshold, 1);
  const given = numberOr(minimumRps, numberOr(minimumRpms, 0) * SECOND_MS);
  return {
    kind: 'sampling',
    threshold: share,
    windowMs: numberOr(duration, 1),
    perSecond: given || FAILURES_PER_SECOND / share,
  };
}

function count(check: Check, path: string, { threshold, size, samples, minimumNumberOfCalls }: Fields): Rule {
  const held = isArray(samples) ? samples.length : size;
  const whole = { min: 1, max: Number.MAX_SAFE_INTEGER, integer: true };
  check.number(`${path}.threshold`, threshold ?? null, PART);
  check.number(`${path}.size`, held ?? null, whole);
  check.number(`${path}.minimumNumberOfCalls`, minimumNumberOfCalls, whole);
  return { kind: 'count', threshold: numberOr(threshold, 1), calls: numberOr(minimumNumberOfCalls, numberOr(held, 1)) };
}

/** Settings of a breaker that do the same. */
export function breakerOf({ fields, rule, opening }: BreakerRead, notes: Notes): BreakerSettings {
  const trip = tripOf(rule, describe(fields['breaker']), notes);
  const openings = openingsOf(opening, describe(fields['halfOpenAfter']), notes);
  const { initialState } = fields;
  if (initialState !== undefined) notes.lost('breaker.initialState', describe(initialState), 'a breaker starts closed');
  notes.changed('circuitBreaker(policy)', 'what the policy handles', TO, COUNTED_WHY);
  return { ...(trip === undefined ? {} : { trip }), ...openings };
}

function tripOf(rule: Rule, text: string, notes: Notes): TripOptions | undefined {
  const option = 'breaker.breaker';
  switch (rule.kind) {
    case 'consecutive': {
      const failures = fitted(rule.threshold, COUNT);
      notes.number(option, text, `${TO}.trip.consecutiveFailures`, failures, 'failures with no success between');
      return { consecutiveFailures: failures.value };
    }
    case 'sampling': {
      const failureRate = fitted(rule.threshold, SHARE).value;
      const windowMs = fitted(rule.windowMs, WINDOW).value;
      const minimumCalls = fitted(Math.ceil((windowMs / SECOND_MS) * rule.perSecond), COUNT).value;
      notes.changed(option, text, `${TO}.trip`, `calls a second are calls in the window now, and ${REACHED}`);
      return { failureRate, minimumCalls, windowMs };
    }
    case 'count': {
      const failureRate = fitted(rule.threshold, SHARE).value;
      const minimumCalls = fitted(rule.calls, COUNT).value;
      const why = `the window is the last minute and no longer the last calls (see windowMs), and ${REACHED}`;
      notes.changed(option, text, `${TO}.trip`, why);
      return { failureRate, minimumCalls };
    }
    case 'own':
      notes.lost(option, text, 'a breaker of your own cannot be read: it opens as the preset says');
      return undefined;
  }
}

function openingsOf(opening: Backoff, text: string, notes: Notes): BreakerSettings {
  const option = 'breaker.halfOpenAfter';
  const to = `${TO}.openMs and ${TO}.openMaxMs`;
  switch (opening.kind) {
    case 'constant': {
      const openMs = fitted(opening.waitMs, DURATION);
      notes.number(option, text, to, openMs, 'each opening lasts as long as the first');
      return { openMs: openMs.value, openMaxMs: openMs.value };
    }
    case 'list':
      notes.changed(option, text, to, 'each opening is twice as long as the last, up to the longest of the list');
      return openingsFrom(opening.waitsMs[0] ?? 0, Math.max(...opening.waitsMs));
    case 'exponential':
      notes.changed(option, text, to, 'each opening is twice as long as the last; up to a quarter of it is taken off');
      return openingsFrom(opening.firstMs, opening.longestMs);
    case 'own':
      notes.lost(option, text, 'a backoff of your own cannot be read: openings last as the preset says');
      return {};
  }
}

function openingsFrom(firstMs: number, longestMs: number): BreakerSettings {
  const openMs = fitted(Math.min(firstMs, longestMs), DURATION).value;
  return { openMs, openMaxMs: Math.max(fitted(longestMs, DURATION).value, openMs) };
}
