import { type BreakerSettings, checkBreakerSettings, DEFAULT_TRIAL_LEASE_MS } from '../breaker/options.js';
import type { Check, NumberRule } from '../errors/errors.js';
import { LONGEST_TIMER_MS } from '../runtime/runtime.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings {
  /** The longest a call may take, all attempts and waits together, in milliseconds. Default 120 000. */
  readonly deadlineMs?: number | false;
  /** The longest one attempt may take, in milliseconds. Default 60 000. */
  readonly attemptTimeoutMs?: number | false;
  /** When to stop calling what keeps failing. Default: open after 5 failures in a row, for 60 s. */
  readonly breaker?: BreakerSettings | false;
}

/** Settings with nothing left open. */
export interface EffectiveSettings {
  readonly deadlineMs: number | false;
  readonly attemptTimeoutMs: number | false;
  readonly breaker: BreakerSettings | false;
}

/** The settings of operations: `defaults` for all of them, `operations` for one by its name. */
export interface ConfigInput {
  readonly defaults?: Settings;
  readonly operations?: Readonly<Record<string, Settings>>;
}

/** Strategy `balanced`. */
const DEFAULTS: EffectiveSettings = { deadlineMs: 120_000, attemptTimeoutMs: 60_000, breaker: {} };

const SETTINGS = ['deadlineMs', 'attemptTimeoutMs', 'breaker'];

/** What a duration must be. */
export const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };

/** Checks a whole config. */
export function checkConfig(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, ['defaults', 'operations']);
  if (fields === undefined) return;
  if (fields['defaults'] !== undefined) checkSettings(check, `${path}.defaults`, fields['defaults']);
  if (fields['operations'] === undefined) return;
  for (const [name, settings] of Object.entries(check.record(`${path}.operations`, fields['operations']) ?? {})) {
    if (check.name(`${path}.operations`, name)) checkSettings(check, `${path}.operations.${name}`, settings);
  }
}

/** Checks the settings of one operation or of the defaults. */
export function checkSettings(check: Check, path: string, value: unknown): void {
  const fields = check.fields(path, value, SETTINGS);
  if (fields === undefined) return;
  check.numberOrFalse(`${path}.deadlineMs`, fields['deadlineMs'], DURATION);
  check.numberOrFalse(`${path}.attemptTimeoutMs`, fields['attemptTimeoutMs'], DURATION);
  const { breaker } = fields;
  if (breaker !== undefined && breaker !== false) checkBreakerSettings(check, `${path}.breaker`, breaker);
}

/** The settings of one operation: the library's defaults, overlaid by the config's, overlaid by the operation's own. */
export function settingsOf(config: ConfigInput, operation: string): EffectiveSettings {
  const { operations = {} } = config;
  const own = Object.hasOwn(operations, operation) ? operations[operation] : undefined;
  const { deadlineMs, attemptTimeoutMs, breaker } = overlay(overlay(DEFAULTS, config.defaults), own);
  if (breaker === false) return { deadlineMs, attemptTimeoutMs, breaker };
  // A trial must not lose its place while its attempt may still be running.
  const longestMs = Math.max(DEFAULT_TRIAL_LEASE_MS, attemptTimeoutMs || deadlineMs || 0);
  return { deadlineMs, attemptTimeoutMs, breaker: { ...breaker, trialLeaseMs: breaker.trialLeaseMs ?? longestMs } };
}

/** Lays settings over others: `undefined` leaves what is below, the parts of a breaker are laid over one by one. */
export function overlay(below: EffectiveSettings, above: Settings | undefined): EffectiveSettings {
  if (above === undefined) return below;
  return {
    deadlineMs: above.deadlineMs ?? below.deadlineMs,
    attemptTimeoutMs: above.attemptTimeoutMs ?? below.attemptTimeoutMs,
    breaker: overlayBreaker(below.breaker, above.breaker),
  };
}

function overlayBreaker(
  below: BreakerSettings | false,
  above: BreakerSettings | false | undefined,
): BreakerSettings | false {
  if (above === undefined) return below;
  if (above === false || below === false) return above;
  return { ...below, ...Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined)) };
}
