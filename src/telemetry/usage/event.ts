/** What can happen to a configuration. */
export type UsageEventType =
  /** A preset was put to use. */
  | 'preset_usage'
  /** A configuration was loaded. Its value is how long that took, in milliseconds. */
  | 'config_load'
  /** It could not be loaded. */
  | 'config_error'
  /** It was changed while running. */
  | 'config_change'
  /** It was validated. Its value is 1 when it was valid and 0 when not. */
  | 'validation_event'
  /** Something about it was timed. Its value is how long it took, in milliseconds. */
  | 'performance_event';

/** Where the settings of a preset come from. */
export type UsageSource = 'preset' | 'custom' | 'legacy';

/** What else belongs to an event: flat and plain, so that it can be kept and exported. */
export type UsageDetails = Readonly<Record<string, string | number | boolean | null>>;

/** One thing that happened. */
export interface UsageEvent {
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly type: UsageEventType;
  readonly preset: string;
  /** What was done, where that has a name. */
  readonly operation: string | undefined;
  /** How much: see {@link UsageEventType}. Otherwise 1. */
  readonly value: number;
  readonly sessionId: string | undefined;
  /** Who it was for, as the caller names them. */
  readonly userContext: string | undefined;
  readonly details: UsageDetails;
}

/** What may be told with any event. */
export interface UsageAbout {
  /** What was done, where that has a name. */
  readonly operation?: string | undefined;
  /** What to find it by with others of the same session. */
  readonly sessionId?: string | undefined;
  /** Who it was for. */
  readonly userContext?: string | undefined;
  /** At most 10 fields; a text of more than 300 characters is cut. */
  readonly details?: UsageDetails | undefined;
}
