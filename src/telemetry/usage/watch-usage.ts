import type { ConfigChanged, ConfigRefused } from '../../config/events.js';
import { Check, readOnce } from '../../input/index.js';
import type { AuditRecord } from './audit-entry.js';
import type { ConfigEventSource } from './config-event.js';
import { actionOf, recordOfRefusal, recordsOfChange, wordsOf } from './told-records.js';
import type { UsageMonitor } from './usage-monitor.js';

/** A {@link UsageMonitor}, or something of your own that counts as it does. */
export type UsageRecorder = Pick<UsageMonitor, 'recordUsage' | 'recordChange' | 'recordValidation'>;

/** An {@link AuditTrail}, or something of your own that keeps entries, such as a table. It may give a promise. */
export interface AuditRecorder {
  record(record: AuditRecord): unknown;
}

/** Whom to tell; either or both. */
export interface WatchUsageOptions {
  /** Counts changes, switches of the preset and validations: a change is one that passed, a refusal one that failed. */
  readonly monitor?: UsageRecorder | undefined;
  /** Keeps an entry for each setting that was changed, for each switch of the preset and for each refusal. */
  readonly audit?: AuditRecorder | undefined;
}

/** What {@link watchUsage} began. */
export interface UsageWatch {
  /** Ends it. Closing twice is as good as once. */
  close(): void;
}

const MONITOR = ['recordUsage', 'recordChange', 'recordValidation'];

/**
 * Tells a monitor and an audit trail of every change of a configuration while it runs, and of every one refused.
 * What was before is not told: record the preset of the start by `monitor.recordUsage()`.
 *
 * What the audit trail is given as `from` and `to` are settings with where they come from: `{ value, layer, name? }`.
 *
 * @param resilience a `Resilience`, or whatever else tells of `config.changed` and `config.refused`.
 * @throws {ConfigurationError} naming everything that is wrong with what is given.
 */
export function watchUsage(resilience: ConfigEventSource, options: WatchUsageOptions): UsageWatch {
  const { monitor, audit } = checked(resilience, options);
  const leave: (() => void)[] = [];
  // Each has listeners of its own, so that one that throws takes nothing from the other.
  if (audit !== undefined) {
    // A promise is handed on to whoever tells, who knows what to do with one that rejects.
    leave.push(
      resilience.on('config.changed', (told) => Promise.all(recordsOfChange(told).map((one) => audit.record(one)))),
    );
    leave.push(resilience.on('config.refused', (told) => audit.record(recordOfRefusal(told))));
  }
  if (monitor !== undefined) {
    let preset = 'unknown';
    leave.push(
      resilience.on('config.changed', (told) => {
        if (told.change.applied) preset = told.change.preset.to;
        countChange(monitor, told);
      }),
    );
    leave.push(resilience.on('config.refused', (told) => countRefusal(monitor, preset, told)));
  }
  return {
    close() {
      for (const one of leave.splice(0)) one();
    },
  };
}

function countChange(monitor: UsageRecorder, { change }: ConfigChanged): void {
  const { applied, layer, actor, reason = null, preset, changes } = change;
  if (!applied) return;
  const details = { layer, reason, settings: changes.length };
  const about = { operation: actionOf(layer), userContext: actor, details };
  monitor.recordValidation(preset.to, [], about);
  const isSwitched = preset.from !== preset.to;
  if (isSwitched) {
    const isOwn = changes.some(({ to }) => to?.layer === layer);
    monitor.recordUsage(preset.to, isOwn ? 'custom' : 'preset', about);
  }
  // A file that was written again as it was is no change.
  if (isSwitched || changes.length > 0) monitor.recordChange(preset.to, preset.from, preset.to, about);
}

function countRefusal(monitor: UsageRecorder, preset: string, { layer, actor, issues }: ConfigRefused): void {
  monitor.recordValidation(preset, wordsOf(issues), {
    operation: actionOf(layer),
    userContext: actor,
    details: { layer },
  });
}

function checked(resilience: unknown, given: WatchUsageOptions): WatchUsageOptions {
  const options = readOnce('options', given);
  const check = new Check();
  if (!can(resilience, ['on'])) check.addIssue('resilience', 'must have a method on()', resilience);
  if (check.fields('options', options, ['monitor', 'audit']) !== undefined) {
    const { monitor, audit } = options;
    if (monitor !== undefined && !can(monitor, MONITOR))
      check.addIssue('options.monitor', 'must be a UsageMonitor', monitor);
    if (audit !== undefined && !can(audit, ['record'])) check.addIssue('options.audit', 'must be an AuditTrail', audit);
    if (monitor === undefined && audit === undefined) {
      check.addIssue('options', 'must have a monitor, an audit trail, or both', options);
    }
  }
  check.throwIfInvalid();
  return options;
}

function can(value: unknown, methods: readonly string[]): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return methods.every((method) => typeof Reflect.get(value, method) === 'function');
}
