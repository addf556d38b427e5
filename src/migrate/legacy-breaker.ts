import { type BreakerSettings, COUNT, DURATION } from '../breaker/settings.js';
import type { Mutable } from './draft.js';
import { failuresAt, numberAt, type SettingsByPath } from './effective.js';
import { type Legacy, SECOND_MS, textOf } from './legacy-reading.js';
import { fitted, type Notes } from './notes.js';

const TO = 'defaults.breaker';
const THERE = 'the preset has it so';

/**
 * Settings of the breaker from the legacy variables.
 *
 * @param below what holds without them; what is there already is left out.
 */
export function legacyBreaker(legacy: Legacy, below: SettingsByPath, notes: Notes): BreakerSettings {
  const { numbers } = legacy;
  const threshold = numbers.get('CIRCUIT_BREAKER_FAILURE_THRESHOLD');
  const recovery = numbers.get('CIRCUIT_BREAKER_RECOVERY_TIMEOUT');
  const breaker: Mutable<BreakerSettings> = {};
  if (threshold !== undefined) {
    const failures = fitted(threshold, COUNT);
    const there = failures.value === failuresAt(below);
    if (!there) breaker.trip = { consecutiveFailures: failures.value };
    const text = textOf(legacy, 'CIRCUIT_BREAKER_FAILURE_THRESHOLD');
    const why = there ? THERE : 'failures with no success between, as before';
    notes.number('CIRCUIT_BREAKER_FAILURE_THRESHOLD', text, `${TO}.trip.consecutiveFailures`, failures, why);
  }
  if (recovery !== undefined) {
    const openMs = fitted(recovery * SECOND_MS, DURATION);
    const there = openMs.value === numberAt(below, 'breaker.openMs');
    if (!there) breaker.openMs = openMs.value;
    const text = textOf(legacy, 'CIRCUIT_BREAKER_RECOVERY_TIMEOUT');
    const why = 'how long the first opening lasts; each one in a row is twice the last, up to five times as long';
    notes.changed('CIRCUIT_BREAKER_RECOVERY_TIMEOUT', text, `${TO}.openMs`, there ? `${THERE}; ${why}` : why);
  }
  return breaker;
}
