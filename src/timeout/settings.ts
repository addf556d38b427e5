import { type NumberRule, numberWithin, orFalse, type SettingsOf, setting } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** How long a call and each of its attempts may take. */
export interface TimeoutSettings {
  /** The longest a call may take, all attempts and waits together, in milliseconds. Default 120 000. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest one attempt may take, in milliseconds. Default 60 000. */
  readonly attemptTimeoutMs?: number | false | undefined;
}

const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };

/** Declares {@link TimeoutSettings}. */
export const TIMEOUT_SETTINGS: SettingsOf<TimeoutSettings, keyof TimeoutSettings> = {
  deadlineMs: setting(orFalse(numberWithin(DURATION)), {
    unit: 'milliseconds',
    default: 120_000,
    suspectBelowMs: 100,
    refuseBelowMs: 100,
    description: 'The longest a call may take, all attempts and waits together. `false`: no limit.',
    advice: 'Write milliseconds: 120000 suits most calls.',
    alsoCalled: { timeout: ' for the whole call', totalTimeout: '' },
  }),
  attemptTimeoutMs: setting(orFalse(numberWithin(DURATION)), {
    unit: 'milliseconds',
    default: 60_000,
    suspectBelowMs: 100,
    refuseBelowMs: 100,
    description: 'The longest one attempt may take. `false`: no limit.',
    advice: 'Write milliseconds: 60000 suits most calls.',
    alsoCalled: { timeout: ' for one attempt', requestTimeout: '', perTryTimeout: '' },
  }),
};
