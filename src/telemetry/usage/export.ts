import { Check } from '../../input/index.js';
import type { UsageAlert } from './alert.js';
import { csvOf } from './csv.js';
import type { UsageEvent } from './event.js';

/** What exports can be had in. */
export type ExportFormat = 'json' | 'csv';

/** @throws {ConfigurationError} when it is none. */
export function checkFormat(format: unknown): void {
  const check = new Check();
  check.oneOf('format', format ?? null, ['json', 'csv']);
  check.throwIfInvalid();
}

const COLUMNS = ['at', 'type', 'preset', 'operation', 'value', 'sessionId', 'userContext', 'details'];

/** Events as text. CSV has the events alone, with instants as ISO 8601 and details as JSON. */
export function usageAsText(
  format: ExportFormat,
  events: readonly UsageEvent[],
  alerts: readonly UsageAlert[],
  nowMs: number,
): string {
  if (format === 'json') return JSON.stringify({ exportedAt: nowMs, events, alerts }, null, 2);
  const rows = events.map(({ at, type, preset, operation, value, sessionId, userContext, details }) => {
    const instant = new Date(at).toISOString();
    return [instant, type, preset, operation, value, sessionId, userContext, JSON.stringify(details)];
  });
  return csvOf(COLUMNS, rows);
}
