import { Check, configurationError, readOnce } from '../../input/index.js';
import { monotonicMs, wallMs } from '../../runtime/index.js';
import { ALERT_LEVELS, type UsageAlert, type UsageAlertLevel } from './alert.js';
import { AlertBoard } from './alert-board.js';
import { findingsOf, findingsTogether } from './alert-rules.js';
import type { UsageAbout, UsageDetails, UsageEvent, UsageEventType, UsageSource } from './event.js';
import { type UsageInput, usageEvent } from './event-check.js';
import { checkFormat, type ExportFormat, usageAsText } from './export.js';
import { type LoadPerformance, loadPerformanceOf } from './load-performance.js';
import {
  HOUR_MS,
  LONGEST_RETENTION_MS,
  type UsageMonitorOptions,
  type UsageMonitorRules,
  usageMonitorRules,
} from './options.js';
import { reasonOf } from './reason.js';
import { Ring } from './ring.js';
import { type SessionUsage, sessionUsageOf } from './session.js';
import { statisticsOf, type UsageStatistics } from './statistics.js';
import { StatsCache } from './stats-cache.js';
import { trendOf, type UsageTrendPoint } from './trend.js';

const NOTHING: UsageAbout = Object.freeze({});
const NO_DETAILS: UsageDetails = Object.freeze({});

/**
 * Keeps the latest events about configurations, tells how they are used, and raises alerts: for a slow load, for one
 * that failed, and for failed loads, changes and failed validations that pile up within an hour.
 *
 * It does no I/O and has no timer. What is too old is dropped at the next look or record. Every method that takes
 * something throws a `ConfigurationError` when it is of the wrong kind.
 */
export class UsageMonitor {
  readonly #rules: UsageMonitorRules;
  readonly #events: Ring<UsageEvent>;
  readonly #alerts: AlertBoard;
  readonly #statistics: StatsCache<UsageStatistics>;

  /** @throws {ConfigurationError} naming everything that is wrong with the options. */
  constructor(options: UsageMonitorOptions = {}) {
    this.#rules = usageMonitorRules(options);
    this.#events = new Ring(this.#rules.maxEvents);
    this.#alerts = new AlertBoard(this.#rules.onAlert);
    this.#statistics = new StatsCache(this.#rules.statsCacheMs);
  }

  /** A preset was put to use. Its settings come from the preset itself when nothing else is said. */
  recordUsage(preset: string, source: UsageSource = 'preset', about: UsageAbout = NOTHING): void {
    const check = new Check();
    check.oneOf('source', source, ['preset', 'custom', 'legacy']);
    check.throwIfInvalid();
    this.#record({ type: 'preset_usage', preset, value: 1, about, details: { source } });
  }

  /** A configuration was loaded, and it took so many milliseconds. */
  recordLoad(preset: string, loadTimeMs: number, about: UsageAbout = NOTHING): void {
    this.#record({ type: 'config_load', preset, value: loadTimeMs, about, details: NO_DETAILS });
  }

  /** A configuration failed to load. */
  recordError(preset: string, error: unknown, about: UsageAbout = NOTHING): void {
    this.#record({ type: 'config_error', preset, value: 1, about, details: { error: reasonOf(error) } });
  }

  /** A configuration was changed; `from` and `to` say in words what it was and is. */
  recordChange(preset: string, from: string, to: string, about: UsageAbout = NOTHING): void {
    for (const [path, text] of Object.entries({ from, to })) {
      if (typeof text !== 'string') throw configurationError(path, 'must be a string', text);
    }
    this.#record({ type: 'config_change', preset, value: 1, about, details: { from, to } });
  }

  /** A configuration was validated; it is valid when there are no errors. */
  recordValidation(preset: string, errors: readonly string[] = [], about: UsageAbout = NOTHING): void {
    if (!Array.isArray(errors) || !errors.every((error) => typeof error === 'string')) {
      throw configurationError('errors', 'must be an array of strings', errors);
    }
    const details = { errorCount: errors.length, errors: errors.join('; ') };
    this.#record({ type: 'validation_event', preset, value: errors.length === 0 ? 1 : 0, about, details });
  }

  /** Something about a configuration took so many milliseconds. */
  recordPerformance(preset: string, durationMs: number, about: UsageAbout = NOTHING): void {
    this.#record({ type: 'performance_event', preset, value: durationMs, about, details: NO_DETAILS });
  }

  /**
   * Loads a configuration, and records that it worked and how long it took, or that it failed. What `load` throws is
   * thrown on.
   *
   * @param operation what is being done.
   */
  async track<T>(
    operation: string,
    preset: string,
    load: () => T | PromiseLike<T>,
    about: UsageAbout = NOTHING,
  ): Promise<T> {
    const check = new Check();
    check.requiredFunc('load', load);
    check.throwIfInvalid();
    const of = { ...readOnce('about', about), operation };
    // Before anything is done: a bad name must not hide what comes of the load.
    usageEvent({ type: 'config_load', preset, value: 0, about: of, details: NO_DETAILS }, 0);
    const startedMs = monotonicMs();
    let loaded: T;
    try {
      loaded = await load();
    } catch (error) {
      this.recordError(preset, error, of);
      throw error;
    }
    this.recordLoad(preset, monotonicMs() - startedMs, of);
    return loaded;
  }

  /** How configurations were used within the last `windowMs`; by default for as long as events are kept. */
  usageStatistics(windowMs: number = this.#rules.retentionMs): UsageStatistics {
    checkWindow(windowMs);
    const nowMs = this.#expire();
    return this.#statistics.get(windowMs, nowMs, () => statisticsOf(this.#within(windowMs, nowMs), windowMs));
  }

  /** How often a preset was put to use in each of the last hours, oldest first. */
  presetTrend(preset: string, hours: number = 24): readonly UsageTrendPoint[] {
    const check = new Check();
    check.name('preset', preset);
    check.number('hours', hours, { min: 1, max: LONGEST_RETENTION_MS / HOUR_MS, integer: true });
    check.throwIfInvalid();
    const nowMs = this.#expire();
    return trendOf(this.#events.items(), preset, hours, nowMs);
  }

  /** How loads did within the last `windowMs`; by default for as long as events are kept. */
  loadPerformance(windowMs: number = this.#rules.retentionMs): LoadPerformance {
    checkWindow(windowMs);
    const nowMs = this.#expire();
    return loadPerformanceOf(this.#within(windowMs, nowMs));
  }

  /** What happened in a session; `undefined` when nothing of it is kept. */
  session(sessionId: string): SessionUsage | undefined {
    const check = new Check();
    check.name('sessionId', sessionId);
    check.throwIfInvalid();
    this.#expire();
    return sessionUsageOf(this.#events.items(), sessionId);
  }

  /** The alerts that hold, the latest raised first; at most 50. */
  activeAlerts(level?: UsageAlertLevel): readonly UsageAlert[] {
    checkLevel(level);
    this.#expire();
    return this.#alerts.active().filter((alert) => level === undefined || alert.level === level);
  }

  /** The alerts that hold or have held for as long as they are kept, the latest raised first; at most 50. */
  recentAlerts(level?: UsageAlertLevel): readonly UsageAlert[] {
    checkLevel(level);
    this.#expire();
    return this.#alerts.recent().filter((alert) => level === undefined || alert.level === level);
  }

  /** Everything that is kept, as text. CSV has the events alone. */
  export(format: ExportFormat): string {
    checkFormat(format);
    const nowMs = this.#expire();
    return usageAsText(format, this.#events.items(), this.#alerts.recent(), nowMs);
  }

  /** Drops what is older than so many milliseconds, and tells how many events went. Default a day. */
  clearOld(olderThanMs: number = 24 * HOUR_MS): number {
    const check = new Check();
    check.number('olderThanMs', olderThanMs, { min: 0, max: LONGEST_RETENTION_MS });
    check.throwIfInvalid();
    const nowMs = wallMs();
    const gone = this.#drop(nowMs - olderThanMs);
    this.#judgeTogether(nowMs);
    return gone;
  }

  /** How many events are kept. */
  get size(): number {
    this.#expire();
    return this.#events.size;
  }

  #record(input: UsageInput): void {
    const nowMs = wallMs();
    const event = usageEvent(input, nowMs);
    this.#drop(nowMs - this.#rules.retentionMs);
    this.#events.push(event);
    this.#statistics.clear();
    for (const finding of findingsOf(event, this.#rules.thresholds)) this.#alerts.put(finding, nowMs);
    this.#judgeTogether(nowMs, event.type);
  }

  /** Drops what is too old, ends the alerts that time has ended, and gives the time. */
  #expire(): number {
    const nowMs = wallMs();
    this.#drop(nowMs - this.#rules.retentionMs);
    if (this.#alerts.active().length > 0) this.#judgeTogether(nowMs);
    return nowMs;
  }

  #judgeTogether(nowMs: number, type?: UsageEventType): void {
    const lastHour = () => this.#within(HOUR_MS, nowMs);
    for (const finding of findingsTogether(lastHour, this.#rules, type)) {
      this.#alerts.put(finding, nowMs, type !== undefined);
    }
  }

  #drop(momentMs: number): number {
    const gone = this.#events.dropWhile(({ at }) => at <= momentMs);
    if (gone > 0) this.#statistics.clear();
    this.#alerts.forget(momentMs);
    return gone;
  }

  #within(windowMs: number, nowMs: number): readonly UsageEvent[] {
    return this.#events.latestWhile(({ at }) => at > nowMs - windowMs);
  }
}

function checkWindow(windowMs: number): void {
  const check = new Check();
  check.number('windowMs', windowMs, { min: 1, max: LONGEST_RETENTION_MS });
  check.throwIfInvalid();
}

function checkLevel(level: unknown): void {
  const check = new Check();
  check.oneOf('level', level, ALERT_LEVELS);
  check.throwIfInvalid();
}
