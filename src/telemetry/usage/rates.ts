import type { UsageEvent } from './event.js';

/** True for a load, whether it worked or not. */
export function isLoad({ type }: Pick<UsageEvent, 'type'>): boolean {
  return type === 'config_load' || type === 'config_error';
}

/** The share of loads that failed, 0 to 1; 0 when there was none. */
export function errorRateOf(events: readonly UsageEvent[]): number {
  return share(events, isLoad, ({ type }) => type === 'config_error');
}

/** The share of validations that found something wrong, 0 to 1; 0 when there was none. */
export function validationFailureRateOf(events: readonly UsageEvent[]): number {
  return share(
    events,
    ({ type }) => type === 'validation_event',
    ({ value }) => value === 0,
  );
}

/** The share of uses whose settings come from somewhere, 0 to 1; 0 when there was none. */
export function sourceRateOf(events: readonly UsageEvent[], source: string): number {
  return share(
    events,
    ({ type }) => type === 'preset_usage',
    ({ details }) => details['source'] === source,
  );
}

function share(
  events: readonly UsageEvent[],
  counts: (event: UsageEvent) => boolean,
  hits: (event: UsageEvent) => boolean,
): number {
  const all = events.filter(counts);
  return all.length === 0 ? 0 : all.filter(hits).length / all.length;
}
