import { type BreakerSettings, COUNT, DURATION, SHARE, WINDOW } from '../breaker/settings.js';
import { describe, type Fields, isName } from '../input/index.js';
import { numberOr } from './amounts.js';
import type { Draft, Mutable } from './draft.js';
import { fitted, Notes, received } from './notes.js';
import { OPOSSUM_LOST, readOpossum } from './opossum-options.js';
import { COUNTED_WHY, configWith, limitWarnings, NOTHING_ELSE, noteLost } from './peer-draft.js';

type Breaker = Mutable<BreakerSettings>;

/** Options without which opossum has these. */
const DEFAULTS = {
  timeout: 10_000,
  errorThresholdPercentage: 50,
  volumeThreshold: 0,
  rollingCountTimeout: 10_000,
  resetTimeout: 30_000,
};

/**
 * What options of a breaker of opossum come to.
 *
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function fromOpossum(given: unknown): Draft {
  const fields = readOpossum(given);
  const notes = new Notes();
  const operation = operationOf(fields, notes);
  const to = operation === undefined ? 'defaults' : `operations.${operation}`;
  const attemptTimeoutMs = timeoutOf(fields, `${to}.attemptTimeoutMs`, notes);
  const breaker = breakerOf(fields, `${to}.breaker`, notes);
  noteLost(fields, OPOSSUM_LOST, notes);
  const settings = { ...NOTHING_ELSE, attemptTimeoutMs, breaker };
  return {
    comparable: { attempts: 1, openMs: breaker.openMs },
    configOn: (preset) => configWith(preset, settings, operation),
    notes,
    operation,
    warnings: [...limitWarnings(settings), ...firstFailure(breaker)],
    replacing: 'Replace breaker.fire(...args) by resilience.execute(operation, fn), and remove opossum.',
  };
}

function operationOf(fields: Fields, notes: Notes): string | undefined {
  const name = fields['name'];
  if (name === undefined) return undefined;
  if (!isName(name)) {
    notes.lost('name', describe(name), 'it is no name of an operation; the settings hold for all of them');
    return undefined;
  }
  notes.mapped('name', describe(name), 'operations', 'the name of the operation: execute(name, fn)');
  return name;
}

function timeoutOf(fields: Fields, to: string, notes: Notes): number | false {
  const given = fields['timeout'];
  const text = received(given, DEFAULTS.timeout);
  // Opossum takes 0 for no limit.
  const wanted = given === false || given === 0 ? false : numberOr(given, DEFAULTS.timeout);
  if (wanted === false) {
    notes.mapped('timeout', text, to, 'no limit');
    return false;
  }
  const found = fitted(wanted, DURATION);
  notes.number('timeout', text, to, found, 'the longest that one attempt may take');
  return found.value;
}

function breakerOf(fields: Fields, to: string, notes: Notes): Breaker {
  const openMs = fitted(numberOr(fields['resetTimeout'], DEFAULTS.resetTimeout), DURATION);
  const why = 'each opening lasts as long as the first; leave openMaxMs out to have them grow';
  const breaker: Breaker = { trip: tripOf(fields, `${to}.trip`, notes), openMs: openMs.value, openMaxMs: openMs.value };
  notes.number('resetTimeout', received(fields['resetTimeout'], DEFAULTS.resetTimeout), `${to}.openMs`, openMs, why);
  const enabled = fields['enabled'];
  if (enabled === false) {
    breaker.mode = 'disabled';
    notes.changed('enabled', describe(enabled), `${to}.mode`, 'everybody passes; attemptTimeoutMs holds all the same');
  } else if (enabled === true) {
    notes.mapped('enabled', describe(enabled), to, 'it is on');
  }
  notes.changed('(every error)', 'all that errorFilter lets pass count', to, COUNTED_WHY);
  return breaker;
}

function tripOf(fields: Fields, to: string, notes: Notes): NonNullable<BreakerSettings['trip']> {
  const { errorThresholdPercentage: percentage, volumeThreshold, rollingCountTimeout } = fields;
  const { value: failureRate } = fitted(numberOr(percentage, DEFAULTS.errorThresholdPercentage) / 100, SHARE);
  const rate = received(percentage, DEFAULTS.errorThresholdPercentage);
  const share = 'a share of 1, and reached is enough: opossum opened only above it';
  notes.changed(
    'errorThresholdPercentage',
    rate,
    `${to}.failureRate`,
    failureRate === 1 ? `${share}, that is never` : share,
  );

  // Opossum takes what is no whole number for none.
  const volume = numberOr(volumeThreshold, DEFAULTS.volumeThreshold);
  const calls = fitted(Number.isInteger(volume) ? volume : 0, COUNT);
  const least =
    'calls in the window before the rate is looked at; a success that makes up their number can open it, too';
  notes.changed('volumeThreshold', received(volumeThreshold, DEFAULTS.volumeThreshold), `${to}.minimumCalls`, least);

  const windowMs = fitted(numberOr(rollingCountTimeout, DEFAULTS.rollingCountTimeout), WINDOW);
  const back = 'how far back the rate looks; it starts anew when the breaker closes';
  const window = received(rollingCountTimeout, DEFAULTS.rollingCountTimeout);
  notes.number('rollingCountTimeout', window, `${to}.windowMs`, windowMs, back);
  return { failureRate, minimumCalls: calls.value, windowMs: windowMs.value };
}

function firstFailure({ trip }: BreakerSettings): string[] {
  if (trip?.minimumCalls !== 1) return [];
  return ['The breaker may open on the first failure, as it did: set trip.minimumCalls to 20 or so.'];
}
