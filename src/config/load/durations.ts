/** A part of a config, as far as durations in it are concerned. */
export interface Place {
  /** Keys of durations in milliseconds. */
  readonly durations: readonly string[];
  /** Those of them that are never shorter than {@link SECONDS_BELOW} on purpose. */
  readonly long: readonly string[];
  /** The parts in it, by their keys. */
  readonly parts: ReadonlyMap<string, Place>;
  /** What stands under every other key, where keys are free. */
  readonly each: Place | undefined;
  /** From what a duration measures, in lower case, to the path of its key: `deadline` to `deadlineMs`. */
  readonly measures: ReadonlyMap<string, string>;
}

/** Where a call, an attempt, all retries or an opening is to last less than this, somebody thought of seconds. */
export const SECONDS_BELOW = 100;

const DELAYS = place({ durations: ['minDelayMs', 'maxDelayMs', 'jitterMaxMs'] });

const SETTINGS = place({
  durations: ['deadlineMs', 'attemptTimeoutMs'],
  long: ['deadlineMs', 'attemptTimeoutMs'],
  parts: {
    retry: place({
      durations: [...DELAYS.durations, 'maxElapsedMs'],
      long: ['maxElapsedMs'],
      parts: { kinds: place({ each: DELAYS }) },
    }),
    quota: place({ durations: ['maxWaitMs', 'exhaustedMs', 'maxHoldMs', 'spreadMs'] }),
    breaker: place({
      durations: ['openMs', 'openMaxMs', 'trialLeaseMs'],
      long: ['openMs'],
      parts: { trip: place({ durations: ['windowMs', 'slowCallMs'] }) },
    }),
  },
});

/** A whole config. */
export const CONFIG: Place = place({ parts: { defaults: SETTINGS, operations: place({ each: SETTINGS }) } });

interface PlaceInput {
  readonly durations?: readonly string[];
  readonly long?: readonly string[];
  readonly parts?: Readonly<Record<string, Place>>;
  readonly each?: Place;
}

function place({ durations = [], long = [], parts = {}, each }: PlaceInput): Place {
  const inner = Object.entries(parts).flatMap(([name, { measures }]) =>
    [...measures].map(([measure, path]) => [measure, `${name}.${path}`] as const),
  );
  const own = durations.map((name) => [name.slice(0, -'Ms'.length).toLowerCase(), name] as const);
  // What stands here goes before what stands deeper.
  return { durations, long, parts: new Map(Object.entries(parts)), each, measures: new Map([...inner, ...own]) };
}
