import { DURATION } from '../breaker/settings.js';
import type { NumberRule } from '../input/index.js';
import { ATTEMPTS, MULTIPLIER, type RetrySettings, WAIT } from '../retry/settings.js';
import type { Mutable } from './draft.js';
import { numberAt, type SettingsByPath } from './effective.js';
import { type Legacy, SECOND_MS, textOf } from './legacy-reading.js';
import type { LegacyNumber } from './legacy-variables.js';
import { type Fitted, fitted, type Notes } from './notes.js';

type Retry = Mutable<RetrySettings>;

/** What the variables for retries come to, and the deadline that they need. */
export interface LegacyRetry {
  readonly retry: RetrySettings;
  /** Milliseconds; `undefined` when the deadline that there is leaves time enough. */
  readonly deadlineMs: number | undefined;
}

const TO = 'defaults.retry';

/**
 * Settings of retries from the legacy variables.
 *
 * @param below what holds without them. A number of attempts that is there already is left out; waits never are.
 */
export function legacyRetry(legacy: Legacy, below: SettingsByPath, notes: Notes): LegacyRetry {
  const retry: Retry = {};
  attempts(retry, legacy, below, notes);
  waits(retry, legacy, below, notes);
  jitter(retry, legacy, notes);
  const deadlineMs = elapsed(retry, legacy, below, notes);
  return { retry, deadlineMs };
}

function attempts(retry: Retry, legacy: Legacy, below: SettingsByPath, notes: Notes): void {
  const found = read(legacy, 'RETRY_MAX_ATTEMPTS', ATTEMPTS, 1);
  if (found === undefined) return;
  const there = found.value === numberAt(below, 'retry.maxAttempts');
  if (!there) retry.maxAttempts = found.value;
  const why = there ? 'the preset has it so' : 'the first attempt counts, as before';
  notes.number('RETRY_MAX_ATTEMPTS', found.text, `${TO}.maxAttempts`, found, why);
}

function waits(retry: Retry, legacy: Legacy, below: SettingsByPath, notes: Notes): void {
  const min = read(legacy, 'RETRY_EXPONENTIAL_MIN', WAIT);
  const max = read(legacy, 'RETRY_EXPONENTIAL_MAX', WAIT);
  if (min !== undefined) {
    retry.minDelayMs = min.value;
    notes.number('RETRY_EXPONENTIAL_MIN', min.text, `${TO}.minDelayMs`, min, 'seconds are milliseconds now');
  }
  if (max !== undefined) {
    retry.maxDelayMs = Math.max(max.value, min?.value ?? 0);
    const why = 'the longest wait holds with its jitter, which came on top before';
    const more = retry.maxDelayMs === max.value ? '' : '; held to the shortest wait, which won before, too';
    notes.changed('RETRY_EXPONENTIAL_MAX', max.text, `${TO}.maxDelayMs`, `${why}${more}`);
  }
  growth(retry, legacy, below, notes);
}

/** Ours scales the shortest wait, theirs was a number of seconds: the same waits need another number. */
function growth(retry: Retry, legacy: Legacy, below: SettingsByPath, notes: Notes): void {
  const belowMs = numberAt(below, 'retry.minDelayMs') ?? SECOND_MS;
  const baseMs = read(legacy, 'RETRY_EXPONENTIAL_MULTIPLIER', { min: 0, max: Infinity });
  if (baseMs === undefined && retry.minDelayMs === undefined) return;
  const minMs = retry.minDelayMs ?? belowMs;
  const wantedMs = baseMs?.value ?? belowMs * (numberAt(below, 'retry.multiplier') ?? 1);
  const multiplier = fitted(wantedMs / minMs, MULTIPLIER);
  retry.multiplier = multiplier.value;
  if (baseMs === undefined) return;
  const why = 'the same waits: it scales minDelayMs now, and was a number of seconds';
  notes.number('RETRY_EXPONENTIAL_MULTIPLIER', baseMs.text, `${TO}.multiplier`, multiplier, why);
}

function jitter(retry: Retry, legacy: Legacy, notes: Notes): void {
  const enabled = legacy.flags.get('RETRY_JITTER_ENABLED');
  if (enabled !== undefined) {
    retry.jitter = enabled ? 'additive' : 'none';
    notes.mapped(
      'RETRY_JITTER_ENABLED',
      textOf(legacy, 'RETRY_JITTER_ENABLED'),
      `${TO}.jitter`,
      `it is ${retry.jitter}`,
    );
  }
  const most = read(legacy, 'RETRY_JITTER_MAX', WAIT);
  if (most === undefined) return;
  retry.jitterMaxMs = most.value;
  const why = 'the most that jitter adds; a wait that the callee asked for is lengthened by as much';
  notes.number('RETRY_JITTER_MAX', most.text, `${TO}.jitterMaxMs`, most, why);
}

function elapsed(retry: Retry, legacy: Legacy, below: SettingsByPath, notes: Notes): number | undefined {
  const found = read(legacy, 'RETRY_MAX_DELAY', DURATION);
  if (found === undefined) return undefined;
  const limitMs = Math.max(found.value, retry.minDelayMs ?? 0);
  retry.maxElapsedMs = limitMs;
  const deadlineMs = limitMs > (numberAt(below, 'deadlineMs') ?? Infinity) ? limitMs : undefined;
  const why = 'no retry begins later than this; before, a wait that began in time could end later';
  const more = limitMs === found.wanted ? '' : `; held to ${limitMs}`;
  const to = deadlineMs === undefined ? `${TO}.maxElapsedMs` : `${TO}.maxElapsedMs and defaults.deadlineMs`;
  notes.changed('RETRY_MAX_DELAY', found.text, to, `${why}${more}`);
  return deadlineMs;
}

interface Found extends Fitted {
  readonly text: string;
}

function read(legacy: Legacy, name: LegacyNumber, bounds: NumberRule, unit = SECOND_MS): Found | undefined {
  const value = legacy.numbers.get(name);
  return value === undefined ? undefined : { ...fitted(value * unit, bounds), text: textOf(legacy, name) };
}
