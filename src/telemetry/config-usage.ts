import { Check, configurationError, type NumberRule, readOnce } from '../input/index.js';
import { monotonicMs, wallMs } from '../runtime/index.js';
import { ALERT_LEVELS, type Alert, AlertEngine, type AlertLevel } from './alerts.js';
import { RingBuffer } from './ring-buffer.js';
import { checkFormat, describeError, type ExportFormat, formatCsv } from './text.js';
import {
  buildUsageRules,
  checkThresholds,
  toUsageAlert,
  type UsageAlert,
  type UsageAlertChange,
  type UsageAlertRule,
  type UsageThresholds,
} from './usage-alerts.js';
import {
  buildUsageEvent,
  type UsageEvent,
  type UsageInput,
  type UsageRecordOptions,
  type UsageSource,
} from './usage-events.js';
import {
  computeLoadPerformance,
  computeSessionUsage,
  computeStatistics,
  computeTrend,
  type LoadPerformance,
  type SessionUsage,
  type UsageStatistics,
  type UsageTrendPoint,
} from './usage-statistics.js';

/** Options of a {@link UsageMonitor}; every part is optional. */
export interface UsageMonitorOptions {
  /** How many events are kept, 1,000 to 100,000. Default 10,000. */
  readonly maxEvents?: number | undefined;
  /** How long events and alerts are kept, in milliseconds, an hour to a week. Default 86,400,000, a day. */
  readonly retentionMs?: number | undefined;
  /** How long computed statistics are reused while nothing is recorded, in milliseconds. Default 60,000. */
  readonly statsCacheMs?: number | undefined;
  /** How many loads or validations an hour must have before their failure rate can raise an alert. Default 20. */
  readonly minimumSamples?: number | undefined;
  /** Values above which an alert is raised. */
  readonly thresholds?: UsageThresholds | undefined;
  /** Called for each alert that is raised or cleared. May return a promise. If it throws or rejects, a process warning is emitted. */
  readonly onAlert?: ((change: UsageAlertChange) => unknown) | undefined;
}

const HOUR_MS = 3_600_000;
const MAX_RETENTION_MS = 168 * HOUR_MS;
const NO_OPTIONS: UsageRecordOptions = Object.freeze({});
const NUMBERS = ['maxEvents', 'retentionMs', 'statsCacheMs', 'minimumSamples'] as const;
const COLUMNS = ['at', 'type', 'preset', 'operation', 'value', 'sessionId', 'userContext', 'details'];

/** The options of a {@link UsageMonitor} that are numbers. */
export const USAGE_OPTIONS: Readonly<Record<(typeof NUMBERS)[number], NumberRule & { readonly default: number }>> = {
  maxEvents: { default: 10_000, min: 1_000, max: 100_000, integer: true },
  retentionMs: { default: 24 * HOUR_MS, min: HOUR_MS, max: MAX_RETENTION_MS },
  statsCacheMs: { default: 60_000, min: 0, max: HOUR_MS },
  minimumSamples: { default: 20, min: 1, max: 100_000, integer: true },
};

/**
 * Keeps the latest events about configurations, computes statistics of them, and raises alerts: for a slow load, a failed
 * load, and failed loads, changes and failed validations that pile up within an hour.
 *
 * Works in bounded memory, without I/O and timers: old data is dropped at the next call. Every method throws
 * a `ConfigurationError` for invalid arguments.
 *
 * @example
 * ```ts
 * const usage = new UsageMonitor({ onAlert: ({ type, alert }) => logger.warn({ type, alert }) });
 * const resilience = createResilience({ usage });
 * console.log(usage.usageStatistics(), resilience.config().preset);
 * ```
 */
export class UsageMonitor {
  readonly #retentionMs: number;
  readonly #statsCacheMs: number;
  readonly #events: RingBuffer<UsageEvent>;
  readonly #alerts: AlertEngine<UsageEvent, UsageAlertRule>;
  #cached: { readonly windowMs: number; readonly at: number; readonly statistics: UsageStatistics } | undefined;

  /** @throws {ConfigurationError} listing everything that is wrong with the options. */
  constructor(options: UsageMonitorOptions = {}) {
    const { maxEvents, minimumSamples, retentionMs, statsCacheMs, thresholds, onAlert } = checkOptions(options);
    this.#retentionMs = retentionMs ?? USAGE_OPTIONS.retentionMs.default;
    this.#statsCacheMs = statsCacheMs ?? USAGE_OPTIONS.statsCacheMs.default;
    this.#events = new RingBuffer(maxEvents ?? USAGE_OPTIONS.maxEvents.default);
    const rules = buildUsageRules(thresholds ?? {}, minimumSamples ?? USAGE_OPTIONS.minimumSamples.default);
    this.#alerts = new AlertEngine(rules, this.#retentionMs, ({ type, alert }) => {
      return onAlert?.(Object.freeze({ type, alert: toUsageAlert(alert) }));
    });
  }

  /** How many events are kept. */
  get size(): number {
    this.#dropOld();
    return this.#events.size;
  }

  /** Records that a preset was used, and where its settings come from. */
  recordUsage(preset: string, source: UsageSource = 'preset', options: UsageRecordOptions = NO_OPTIONS): void {
    const check = new Check();
    check.oneOf('source', source, ['preset', 'custom', 'legacy']);
    check.throwIfInvalid();
    this.#record({ type: 'preset_usage', preset, value: 1, options, details: { source } });
  }

  /** Records how long a configuration took to load, in milliseconds. */
  recordLoad(preset: string, loadTimeMs: number, options: UsageRecordOptions = NO_OPTIONS): void {
    this.#record({ type: 'config_load', preset, value: loadTimeMs, options });
  }

  /** Records that a configuration failed to load. */
  recordError(preset: string, error: unknown, options: UsageRecordOptions = NO_OPTIONS): void {
    this.#record({ type: 'config_error', preset, value: 1, options, details: { error: describeError(error) } });
  }

  /** Records a change of a configuration; `from` and `to` describe it before and after. */
  recordChange(preset: string, from: string, to: string, options: UsageRecordOptions = NO_OPTIONS): void {
    for (const [path, text] of Object.entries({ from, to })) {
      if (typeof text !== 'string') throw configurationError(path, 'must be a string', text);
    }
    this.#record({ type: 'config_change', preset, value: 1, options, details: { from, to } });
  }

  /** Records the validation of a configuration, which is valid if there are no errors. */
  recordValidation(preset: string, errors: readonly string[] = [], options: UsageRecordOptions = NO_OPTIONS): void {
    if (!Array.isArray(errors) || !errors.every((error) => typeof error === 'string')) {
      throw configurationError('errors', 'must be an array of strings', errors);
    }
    const details = { errorCount: errors.length, errors: errors.join('; ') };
    this.#record({ type: 'validation_event', preset, value: errors.length === 0 ? 1 : 0, options, details });
  }

  /** Records how long something about a configuration took, in milliseconds. */
  recordPerformance(preset: string, durationMs: number, options: UsageRecordOptions = NO_OPTIONS): void {
    this.#record({ type: 'performance_event', preset, value: durationMs, options });
  }

  /**
   * Calls `load`, and records how long it took or that it failed. Resolves and rejects as `load` does.
   *
   * @param operation what is done, such as `reload`.
   */
  async track<T>(
    operation: string,
    preset: string,
    load: () => T | PromiseLike<T>,
    options: UsageRecordOptions = NO_OPTIONS,
  ): Promise<T> {
    const check = new Check();
    check.requiredFunc('load', load);
    check.throwIfInvalid();
    const own = { ...readOnce('options', options), operation };
    // Checked before the load, so that an invalid name does not hide its outcome.
    buildUsageEvent({ type: 'config_load', preset, value: 0, options: own }, 0);
    const startedAtMs = monotonicMs();
    let loaded: T;
    try {
      loaded = await load();
    } catch (error) {
      this.recordError(preset, error, own);
      throw error;
    }
    this.recordLoad(preset, monotonicMs() - startedAtMs, own);
    return loaded;
  }

  /** Statistics of the last `windowMs`. Default: of all events that are kept. */
  usageStatistics(windowMs: number = this.#retentionMs): UsageStatistics {
    checkNumber('windowMs', windowMs, { min: 1, max: MAX_RETENTION_MS });
    const nowMs = this.#dropOld();
    const cached = this.#cached;
    const age = cached?.windowMs === windowMs ? nowMs - cached.at : Infinity;
    // A negative age means that the wall clock was set back.
    if (cached !== undefined && age >= 0 && age < this.#statsCacheMs) return cached.statistics;
    const statistics = computeStatistics(this.#latest(windowMs, nowMs), windowMs);
    this.#cached = { windowMs, at: nowMs, statistics };
    return statistics;
  }

  /** How often a preset was used in each of the last hours, the oldest first. */
  presetTrend(preset: string, hours: number = 24): readonly UsageTrendPoint[] {
    const check = new Check();
    check.name('preset', preset);
    check.number('hours', hours, { min: 1, max: MAX_RETENTION_MS / HOUR_MS, integer: true });
    check.throwIfInvalid();
    const nowMs = this.#dropOld();
    return computeTrend(this.#events.latest(), preset, hours, nowMs);
  }

  /** How long loads of the last `windowMs` took. Default: of all events that are kept. */
  loadPerformance(windowMs: number = this.#retentionMs): LoadPerformance {
    checkNumber('windowMs', windowMs, { min: 1, max: MAX_RETENTION_MS });
    const nowMs = this.#dropOld();
    return computeLoadPerformance(this.#latest(windowMs, nowMs));
  }

  /** The events of a session; `undefined` if none is kept. */
  session(sessionId: string): SessionUsage | undefined {
    const check = new Check();
    check.name('sessionId', sessionId);
    check.throwIfInvalid();
    this.#dropOld();
    return computeSessionUsage(this.#events.latest(), sessionId);
  }

  /** The active alerts, the latest raised first; at most 50. */
  activeAlerts(level?: AlertLevel): readonly UsageAlert[] {
    return this.#select(() => this.#alerts.active(), level);
  }

  /** The active alerts and the cleared ones that are kept, the latest raised first; at most 50. */
  recentAlerts(level?: AlertLevel): readonly UsageAlert[] {
    return this.#select(() => this.#alerts.recent(), level);
  }

  /** Everything that is kept, as text. CSV has the events alone, with instants as ISO 8601 and details as JSON. */
  export(format: ExportFormat): string {
    checkFormat(format);
    const exportedAt = this.#dropOld();
    const events = this.#events.latest();
    if (format === 'json') return JSON.stringify({ exportedAt, events, alerts: this.recentAlerts() }, null, 2);
    const rows = events.map(({ at, type, preset, operation, value, sessionId, userContext, details }) => {
      const instant = new Date(at).toISOString();
      return [instant, type, preset, operation, value, sessionId, userContext, JSON.stringify(details)];
    });
    return formatCsv(COLUMNS, rows);
  }

  /** Drops what is older than `olderThanMs`, and returns how many events were dropped. Default: a day. */
  clearOld(olderThanMs: number = 24 * HOUR_MS): number {
    checkNumber('olderThanMs', olderThanMs, { min: 0, max: MAX_RETENTION_MS });
    const nowMs = wallMs();
    this.#alerts.forget(nowMs - olderThanMs);
    const dropped = this.#dropEvents(nowMs - olderThanMs);
    this.#alerts.refresh(nowMs);
    return dropped;
  }

  #record(input: UsageInput): void {
    const nowMs = wallMs();
    const event = buildUsageEvent(input, nowMs);
    this.#dropEvents(nowMs - this.#retentionMs);
    this.#events.push(event);
    this.#cached = undefined;
    this.#alerts.record(event, nowMs);
  }

  #select(list: () => readonly Alert<UsageAlertRule>[], level: AlertLevel | undefined): readonly UsageAlert[] {
    const check = new Check();
    check.oneOf('level', level, ALERT_LEVELS);
    check.throwIfInvalid();
    this.#dropOld();
    return list()
      .filter((alert) => level === undefined || alert.level === level)
      .map(toUsageAlert);
  }

  /** Drops what is too old, clears the alerts that have ended by time, and returns the time. */
  #dropOld(): number {
    const nowMs = wallMs();
    this.#dropEvents(nowMs - this.#retentionMs);
    this.#alerts.refresh(nowMs);
    return nowMs;
  }

  #dropEvents(momentMs: number): number {
    const dropped = this.#events.dropWhile(({ at }) => at <= momentMs);
    if (dropped > 0) this.#cached = undefined;
    return dropped;
  }

  #latest(windowMs: number, nowMs: number): readonly UsageEvent[] {
    return this.#events.latest(({ at }) => at > nowMs - windowMs);
  }
}

function checkOptions(input: UsageMonitorOptions): UsageMonitorOptions {
  const options = readOnce('options', input, (own) => ({
    ...own,
    thresholds: readOnce('options.thresholds', own.thresholds),
  }));
  const check = new Check();
  if (check.fields('options', options, [...NUMBERS, 'thresholds', 'onAlert']) !== undefined) {
    for (const name of NUMBERS) check.number(`options.${name}`, options[name], USAGE_OPTIONS[name]);
    check.func('options.onAlert', options.onAlert);
    if (options.thresholds !== undefined) checkThresholds(check, 'options.thresholds', options.thresholds);
  }
  check.throwIfInvalid();
  return options;
}

function checkNumber(path: string, value: unknown, rule: NumberRule): void {
  const check = new Check();
  check.number(path, value, rule);
  check.throwIfInvalid();
}
