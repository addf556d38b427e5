import { fillDefaults, type NumberRule, numberWithin, orFalse, type Part, part, setting } from '../input/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';

/** How long a guarded stream may be silent, and how long it may take: plain data, every part optional. */
export interface StreamSettings {
  /** The longest from the start of an attempt to its first content, in milliseconds. `false`: no limit. Default 60 000. */
  readonly firstContentMs?: number | false | undefined;
  /**
   * The longest silence between two events with content, in milliseconds. Pings do not end it; time in which the reader is
   * busy does not count. `false`: no limit. Default 120 000.
   */
  readonly idleMs?: number | false | undefined;
  /** The longest from the start of an attempt to the end of its stream, in milliseconds. `false`: no limit. Default 600 000. */
  readonly totalMs?: number | false | undefined;
}

/** Stream settings with all defaults filled in. */
export interface ResolvedStreamSettings {
  readonly firstContentMs: number | false;
  readonly idleMs: number | false;
  readonly totalMs: number | false;
}

const DURATION: NumberRule = { min: 1, max: LONGEST_TIMER_MS };

/** Declares {@link StreamSettings}. */
export const STREAM_SETTINGS: Part<StreamSettings, keyof StreamSettings> = part({
  firstContentMs: setting(orFalse(numberWithin(DURATION)), {
    unit: 'milliseconds',
    default: 60_000,
    suspectBelowMs: 100,
    description: 'The longest from the start of an attempt to its first content. `false`: no limit.',
    advice: 'Write milliseconds: 60000 suits most models; those that think in silence need more.',
    alsoCalled: { firstTokenMs: '', firstChunkMs: '' },
  }),
  idleMs: setting(orFalse(numberWithin(DURATION)), {
    unit: 'milliseconds',
    default: 120_000,
    suspectBelowMs: 100,
    description: 'The longest silence between two events with content; pings do not end it. `false`: no limit.',
    advice: 'Write milliseconds: 120000 suits most models.',
    alsoCalled: { chunkMs: '', idleTimeoutMs: '' },
  }),
  totalMs: setting(orFalse(numberWithin(DURATION)), {
    unit: 'milliseconds',
    default: 600_000,
    suspectBelowMs: 100,
    description: 'The longest from the start of an attempt to the end of its stream. `false`: no limit.',
    advice: 'Write milliseconds: 600000 suits most answers.',
  }),
});

/** Fills in the defaults. The settings must be valid. */
export function resolveStreamSettings(settings: StreamSettings): ResolvedStreamSettings {
  return fillDefaults(STREAM_SETTINGS, settings);
}
