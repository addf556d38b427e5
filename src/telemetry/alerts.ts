import { callHook, warnOfHook } from '../runtime/index.js';

/** How severe an alert is, least first. */
export const ALERT_LEVELS = ['info', 'warning', 'error', 'critical'] as const;

/** How severe an alert is. */
export type AlertLevel = (typeof ALERT_LEVELS)[number];

/** How many alerts can be active at once, and how many cleared ones are kept. */
const MAX_ALERTS = 50;
/** How many groups of all rules are measured at once; beyond it, the one without an event for longest is dropped. */
const MAX_GROUPS = 1_000;
/** Events closer together than this part of a window share a slot. */
const SLOTS_PER_WINDOW = 60;

/** How a value is compared with a threshold. */
export type Comparison = 'gt' | 'gte' | 'lt' | 'lte' | 'eq';

const COMPARISONS: Readonly<Record<Comparison, (value: number, threshold: number) => boolean>> = {
  gt: (value, threshold) => value > threshold,
  gte: (value, threshold) => value >= threshold,
  lt: (value, threshold) => value < threshold,
  lte: (value, threshold) => value <= threshold,
  eq: (value, threshold) => value === threshold,
};

/** What a rule compares with its threshold. */
export interface Measurement {
  readonly value: number;
  /** How many events the value was computed from. */
  readonly samples: number;
}

/** When events of type `E` deserve an alert. */
export interface AlertRule<E, Name extends string = string> {
  readonly name: Name;
  readonly level: AlertLevel;
  /** What is wrong, without numbers. */
  readonly title: string;
  /** What is wrong, with numbers, in one sentence. */
  readonly describe: (event: E, measurement: Measurement, threshold: number) => string;
  /** Selects the events that the rule measures. */
  readonly matches: (event: E) => boolean;
  /** Splits the events into groups that are measured apart, and alerted apart. Default: one group. */
  readonly group?: (event: E) => string;
  /** What an event contributes to a mean. Default 1. */
  readonly value?: (event: E) => number;
  readonly measure: 'count' | 'mean';
  /** How far back events are measured, in milliseconds. Default: every event is measured alone. */
  readonly windowMs?: number;
  /** How many events the window must hold before the rule applies. Default 1. */
  readonly minSamples?: number;
  readonly compare: Comparison;
  readonly threshold: number;
  /** What an active alert is compared with instead, so that a value near the threshold does not flap. */
  readonly clearThreshold?: number;
  /** How long the rule must have been breached before the alert is raised, in milliseconds. Default 0. */
  readonly forMs?: number;
}

/** A rule that is breached, or was. */
export interface Alert<Name extends string = string> {
  readonly rule: Name;
  readonly level: AlertLevel;
  /** The group of events; `undefined` if the rule has only one. */
  readonly group: string | undefined;
  /** What is wrong, without numbers. */
  readonly title: string;
  /** What is wrong, with numbers, in one sentence. */
  readonly description: string;
  readonly thresholdValue: number;
  /** The value when the rule was last breached. */
  readonly actualValue: number;
  /** When it was raised, in milliseconds since 1970. */
  readonly at: number;
  /** When an event last breached the rule. */
  readonly lastAt: number;
  /** How many events have breached the rule. */
  readonly occurrences: number;
  /** When it was cleared; `undefined` while it is active. */
  readonly clearedAt: number | undefined;
}

/** An alert was raised or cleared. */
export interface AlertChange<A = Alert> {
  readonly type: 'alert.raised' | 'alert.cleared';
  readonly alert: A;
}

/** Returns true if a measurement breaches a rule. */
export function isBreached<E>(rule: AlertRule<E>, { value, samples }: Measurement, isActive: boolean): boolean {
  if (samples < (rule.minSamples ?? 1)) return false;
  const threshold = isActive ? (rule.clearThreshold ?? rule.threshold) : rule.threshold;
  return COMPARISONS[rule.compare](value, threshold);
}

interface Slot {
  readonly firstAt: number;
  lastAt: number;
  samples: number;
  sum: number;
}

/** Counts and sums the values of the last `windowMs`, to within a sixtieth of it. Its size does not depend on the rate. */
export class SlidingWindow {
  readonly #windowMs: number;
  readonly #slots: Slot[] = [];

  /** @param windowMs 0 keeps the latest value alone. */
  constructor(windowMs: number) {
    this.#windowMs = windowMs;
  }

  add(value: number, nowMs: number): void {
    if (this.#windowMs === 0) this.#slots.length = 0;
    const last = this.#slots.at(-1);
    if (last === undefined || nowMs - last.firstAt >= this.#windowMs / SLOTS_PER_WINDOW) {
      this.#slots.push({ firstAt: nowMs, lastAt: nowMs, samples: 1, sum: value });
      return;
    }
    last.lastAt = Math.max(last.lastAt, nowMs);
    last.samples += 1;
    last.sum += value;
  }

  measure(measure: 'count' | 'mean', nowMs: number): Measurement {
    if (this.#windowMs > 0) this.forget(nowMs - this.#windowMs);
    let samples = 0;
    let sum = 0;
    for (const slot of this.#slots) {
      samples += slot.samples;
      sum += slot.sum;
    }
    return { value: measure === 'count' ? samples : sum / samples, samples };
  }

  /** Drops what was added at `momentMs` or before. Returns true if nothing is left. */
  forget(momentMs: number): boolean {
    const kept = this.#slots.findIndex(({ lastAt }) => lastAt > momentMs);
    this.#slots.splice(0, kept === -1 ? this.#slots.length : kept);
    return kept === -1;
  }
}

/** The state of one group of a rule. */
interface GroupState {
  readonly window: SlidingWindow;
  breachedSinceMs: number | undefined;
}

/**
 * Evaluates rules over a stream of events. A rule that stays breached is one lasting alert, not one for each event.
 * Events raise alerts; events and the passing of time clear them. Has no timer: time passes when a method is called.
 */
export class AlertEngine<E, Name extends string = string> {
  readonly #rules: readonly AlertRule<E, Name>[];
  readonly #retentionMs: number;
  readonly #onChange: (change: AlertChange<Alert<Name>>) => unknown;
  readonly #groups = new Map<string, GroupState>();
  /** In the order in which they were raised. */
  readonly #active = new Map<string, { readonly rule: AlertRule<E, Name>; readonly alert: Alert<Name> }>();
  #cleared: readonly Alert<Name>[] = [];

  /**
   * @param retentionMs how long alerts are kept after an event last breached their rule.
   * @param onChange called for each alert that is raised or cleared. If it throws or rejects, a process warning is emitted.
   */
  constructor(
    rules: readonly AlertRule<E, Name>[],
    retentionMs: number,
    onChange: (change: AlertChange<Alert<Name>>) => unknown,
  ) {
    this.#rules = rules;
    this.#retentionMs = retentionMs;
    this.#onChange = onChange;
  }

  /** Evaluates the rules that match an event. */
  record(event: E, nowMs: number): void {
    this.#dropOld(nowMs - this.#retentionMs);
    for (const rule of this.#rules) if (rule.matches(event)) this.#evaluate(rule, event, nowMs);
  }

  /** Clears the alerts whose rule is no longer breached because time has passed. */
  refresh(nowMs: number): void {
    this.#dropOld(nowMs - this.#retentionMs);
    for (const [key, { rule, alert }] of this.#active) {
      if (rule.windowMs === undefined) continue;
      const measurement = this.#groups.get(key)?.window.measure(rule.measure, nowMs);
      if (measurement === undefined || !isBreached(rule, measurement, true)) this.#clear(key, alert, nowMs);
    }
  }

  /** Drops the events of `momentMs` and before, and the alerts that no later event has breached. */
  forget(momentMs: number): void {
    for (const [key, { window }] of this.#groups) if (window.forget(momentMs)) this.#groups.delete(key);
    this.#dropOld(momentMs);
  }

  /** The active alerts, the latest raised first. */
  active(): Alert<Name>[] {
    return [...this.#active.values()].map(({ alert }) => alert).reverse();
  }

  /** The active alerts and the cleared ones that are kept, the latest raised first; at most 50. */
  recent(): Alert<Name>[] {
    const all = [...this.#cleared.toReversed(), ...this.active()];
    return all.sort((one, other) => other.at - one.at).slice(0, MAX_ALERTS);
  }

  #evaluate(rule: AlertRule<E, Name>, event: E, nowMs: number): void {
    const group = rule.group?.(event);
    const key = JSON.stringify([rule.name, group]);
    const state = this.#stateOf(key, rule);
    // Time alone may have ended the breach between two events.
    if (!isBreached(rule, state.window.measure(rule.measure, nowMs), false)) state.breachedSinceMs = undefined;
    state.window.add(rule.value?.(event) ?? 1, nowMs);
    const measurement = state.window.measure(rule.measure, nowMs);
    const known = this.#active.get(key)?.alert;
    if (!isBreached(rule, measurement, known !== undefined)) {
      state.breachedSinceMs = undefined;
      if (known !== undefined) this.#clear(key, known, nowMs);
      return;
    }
    state.breachedSinceMs ??= nowMs;
    if (known === undefined && nowMs - state.breachedSinceMs < (rule.forMs ?? 0)) return;
    const alert = Object.freeze({
      rule: rule.name,
      level: rule.level,
      group,
      title: rule.title,
      description: rule.describe(event, measurement, rule.threshold),
      thresholdValue: rule.threshold,
      actualValue: measurement.value,
      at: known?.at ?? nowMs,
      lastAt: nowMs,
      occurrences: (known?.occurrences ?? 0) + 1,
      clearedAt: undefined,
    });
    this.#active.set(key, { rule, alert });
    if (known !== undefined) return;
    this.#notify({ type: 'alert.raised', alert });
    const [oldest] = this.#active;
    if (this.#active.size > MAX_ALERTS && oldest !== undefined) this.#clear(oldest[0], oldest[1].alert, nowMs);
  }

  #clear(key: string, alert: Alert<Name>, nowMs: number): void {
    const cleared = Object.freeze({ ...alert, clearedAt: nowMs });
    this.#active.delete(key);
    this.#cleared = [...this.#cleared, cleared].slice(-MAX_ALERTS);
    this.#notify({ type: 'alert.cleared', alert: cleared });
  }

  #dropOld(momentMs: number): void {
    this.#cleared = this.#cleared.filter(({ lastAt }) => lastAt > momentMs);
    for (const [key, { alert }] of this.#active) {
      if (alert.lastAt <= momentMs) this.#clear(key, alert, alert.lastAt);
    }
  }

  #stateOf(key: string, { windowMs = 0 }: AlertRule<E, Name>): GroupState {
    const state = this.#groups.get(key) ?? { window: new SlidingWindow(windowMs), breachedSinceMs: undefined };
    // Moved to the end, so that the group without an event for longest comes first.
    this.#groups.delete(key);
    this.#groups.set(key, state);
    const [oldest] = this.#groups.keys();
    if (this.#groups.size > MAX_GROUPS && oldest !== undefined) this.#groups.delete(oldest);
    return state;
  }

  #notify(change: AlertChange<Alert<Name>>): void {
    callHook(this.#onChange, [Object.freeze(change)], (error) => warnOfHook('onAlert', error));
  }
}
