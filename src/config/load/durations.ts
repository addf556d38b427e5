/** A part of a config, as far as durations in it are concerned. */
export interface Place {
  /** Keys of durations in milliseconds. */
  readonly durations?: readonly string[];
  /** Those of them that are never shorter than {@link SECONDS_BELOW} on purpose. */
  readonly long?: readonly string[];
  /** The parts in it, by their keys. */
  readonly parts?: ReadonlyMap<string, Place>;
  /** What stands under every other key, where keys are free. */
  readonly each?: Place;
}

/** Where a call, an attempt, all retries or an opening is to last less than this, somebody thought of seconds. */
export const SECONDS_BELOW = 100;

const DELAYS = ['minDelayMs', 'maxDelayMs', 'jitterMaxMs'];

const SETTINGS: Place = {
  durations: ['deadlineMs', 'attemptTimeoutMs'],
  long: ['deadlineMs', 'attemptTimeoutMs'],
  parts: new Map<string, Place>([
    [
      'retry',
      {
        durations: [...DELAYS, 'maxElapsedMs'],
        long: ['maxElapsedMs'],
        parts: new Map([['kinds', { each: { durations: DELAYS } }]]),
      },
    ],
    ['quota', { durations: ['maxWaitMs', 'exhaustedMs', 'maxHoldMs', 'spreadMs'] }],
    [
      'breaker',
      {
        durations: ['openMs', 'openMaxMs', 'trialLeaseMs'],
        long: ['openMs'],
        parts: new Map([['trip', { durations: ['windowMs', 'slowCallMs'] }]]),
      },
    ],
  ]),
};

/** A whole config. */
export const CONFIG: Place = {
  parts: new Map<string, Place>([
    ['defaults', SETTINGS],
    ['operations', { each: SETTINGS }],
  ]),
};

/** The path of the key that holds what a duration measures, in lower case: `deadlineMs` of `deadline`. */
export function keyOf(measure: string, { durations = [], parts = new Map() }: Place): string | undefined {
  const own = durations.find((name) => name.toLowerCase() === `${measure}ms`);
  if (own !== undefined) return own;
  for (const [name, part] of parts) {
    const deeper = keyOf(measure, part);
    if (deeper !== undefined) return `${name}.${deeper}`;
  }
  return undefined;
}
