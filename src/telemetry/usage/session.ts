import type { UsageEvent, UsageEventType } from './event.js';

/** What happened in one session. */
export interface SessionUsage {
  readonly sessionId: string;
  /** When its first and its last event happened, in milliseconds since 1970. */
  readonly firstAt: number;
  readonly lastAt: number;
  readonly countByType: Readonly<Record<UsageEventType, number>>;
  /** The presets it had to do with, in the order in which they came up. */
  readonly presets: readonly string[];
  /** Oldest first. */
  readonly events: readonly UsageEvent[];
}

/** What happened in a session; `undefined` when nothing of it is kept. */
export function sessionUsageOf(all: readonly UsageEvent[], sessionId: string): SessionUsage | undefined {
  const events = all.filter((event) => event.sessionId === sessionId);
  const instants = events.map(({ at }) => at);
  if (events.length === 0) return undefined;
  const countByType = {
    preset_usage: 0,
    config_load: 0,
    config_error: 0,
    config_change: 0,
    validation_event: 0,
    performance_event: 0,
  };
  for (const { type } of events) countByType[type] += 1;
  return {
    sessionId,
    firstAt: instants.reduce((one, other) => Math.min(one, other)),
    lastAt: instants.reduce((one, other) => Math.max(one, other)),
    countByType,
    presets: [...new Set(events.map(({ preset }) => preset))],
    events,
  };
}
