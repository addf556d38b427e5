import { Check, readOnce } from '../input/index.js';
import { truncate } from './text.js';

/** What can happen to a configuration. */
export type UsageEventType =
  /** A preset was used. */
  | 'preset_usage'
  /** A configuration was loaded. The value is the time that it took, in milliseconds. */
  | 'config_load'
  /** A configuration failed to load. */
  | 'config_error'
  /** The running configuration was changed. */
  | 'config_change'
  /** A configuration was validated. The value is 1 if it was valid, else 0. */
  | 'validation_event'
  /** Something about a configuration was timed. The value is the time that it took, in milliseconds. */
  | 'performance_event';

/** Where the settings of a preset come from: the preset itself, own settings, or legacy variables. */
export type UsageSource = 'preset' | 'custom' | 'legacy';

/** Further fields of an event. */
export type UsageDetails = Readonly<Record<string, string | number | boolean | null>>;

/** Options of everything that a monitor records. */
export interface UsageRecordOptions {
  /** What was done, such as `reload`. */
  readonly operation?: string | undefined;
  /** Groups the events of one session. */
  readonly sessionId?: string | undefined;
  /** The user, service or file on whose behalf it was done. */
  readonly userContext?: string | undefined;
  /** At most 10 fields. Texts are cut after 300 characters. */
  readonly details?: UsageDetails | undefined;
}

/** Something that happened to a configuration. */
export interface UsageEvent {
  /** When it happened, in milliseconds since 1970. */
  readonly at: number;
  readonly type: UsageEventType;
  readonly preset: string;
  readonly operation: string | undefined;
  /** 1 unless {@link UsageEventType} says otherwise. */
  readonly value: number;
  readonly sessionId: string | undefined;
  readonly userContext: string | undefined;
  readonly details: UsageDetails;
}

/** An event before it is checked. */
export interface UsageInput extends Pick<UsageEvent, 'type' | 'preset' | 'value'> {
  readonly options: UsageRecordOptions;
  /** The fields that belong to its type. */
  readonly details?: UsageDetails;
}

const NAMES = ['operation', 'sessionId', 'userContext'] as const;
const MAX_DETAILS = 10;
const MAX_DETAIL_LENGTH = 300;

/**
 * Builds a frozen event.
 *
 * @throws {ConfigurationError} listing everything that is wrong with it.
 */
export function buildUsageEvent({ type, preset, value, options: input, details }: UsageInput, at: number): UsageEvent {
  const options = readOnce('options', input, (own) => ({
    ...own,
    details: readOnce('options.details', own.details),
  }));
  const check = new Check();
  check.name('preset', preset);
  // The check accepts `undefined` as absent, but a value is required.
  check.number('value', value ?? null, { min: 0, max: Number.MAX_SAFE_INTEGER });
  if (check.fields('options', options, [...NAMES, 'details']) !== undefined) checkOptions(check, options);
  check.throwIfInvalid();
  const { operation, sessionId, userContext } = options;
  const all = Object.entries({ ...options.details, ...details }).map(([name, detail]) => {
    return [name, typeof detail === 'string' ? truncate(detail, MAX_DETAIL_LENGTH) : detail] as const;
  });
  return Object.freeze({
    at,
    type,
    preset,
    operation,
    value,
    sessionId,
    userContext,
    details: Object.freeze(Object.fromEntries(all)),
  });
}

function checkOptions(check: Check, options: UsageRecordOptions): void {
  for (const name of NAMES) if (options[name] !== undefined) check.name(`options.${name}`, options[name]);
  if (options.details === undefined) return;
  const details = Object.entries(check.record('options.details', options.details) ?? {});
  if (details.length > MAX_DETAILS) {
    check.addIssue('options.details', `must have at most ${MAX_DETAILS} fields`, details.length);
    return;
  }
  for (const [name, value] of details) {
    check.name('options.details', name);
    if (value === null || ['string', 'boolean'].includes(typeof value) || Number.isFinite(value)) continue;
    check.addIssue(`options.details.${name}`, 'must be a string, a finite number, a boolean or null', value);
  }
}
