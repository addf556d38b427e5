import type { EffectiveConfig } from '../config/effective-config.js';
import type { ConfigChanged, ConfigRefused } from '../config/events.js';
import { Check, describe, type NumberRule, readOnce } from '../input/index.js';
import { callHook, deepFreeze, wallMs, warnOfHook } from '../runtime/index.js';
import { type ConfigEventSource, callHooks, findAction, formatIssues, hasMethods } from './config-events.js';
import { RingBuffer } from './ring-buffer.js';
import { type Cell, checkFormat, type ExportFormat, formatCsv, truncate } from './text.js';

/** The content of a new entry. */
export interface AuditRecord {
  /** The person or service that acted. 1 to 256 characters. */
  readonly actor: string;
  /** What was done, such as `configure`, `reload` or `refuse`. 1 to 256 characters. */
  readonly action: string;
  /** What it was done to, such as `operations.chat.deadlineMs`. Cut after 1,000 characters. */
  readonly path: string;
  /** The value before. Kept as JSON; as a description if it is not JSON, or takes more than 16,384 characters. */
  readonly from?: unknown;
  /** The value now, kept in the same way. */
  readonly to?: unknown;
  /** The layer that was changed, or the source of the change. */
  readonly layer?: string | undefined;
  /** Why it was done. Cut after 1,000 characters. */
  readonly reason?: string | undefined;
  /** Why it was refused, if it was. Cut after 1,000 characters. */
  readonly issues?: string | undefined;
}

/** An entry of the audit trail: a frozen copy of what was recorded. */
export interface AuditEntry extends Required<AuditRecord> {
  /** Counts from 1 without gaps, so that a first number above 1 means dropped entries. */
  readonly number: number;
  /** When it was recorded, in milliseconds since 1970. */
  readonly at: number;
}

/** Selects entries; all conditions must hold. */
export interface AuditQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** The path and everything below it: `operations.chat` includes `operations.chat.deadlineMs`. */
  readonly path?: string | undefined;
  readonly layer?: string | undefined;
  /** The earliest instant, inclusive, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** The latest instant, exclusive, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** The most entries to return, the latest ones. Default: all. */
  readonly limit?: number | undefined;
}

/** Options of {@link createAudit}; every part is optional. */
export interface AuditOptions {
  /** Receives every entry, for example to write it to a table. May return a promise. */
  readonly sink?: ((entry: AuditEntry) => unknown) | undefined;
  /** How many entries are kept in memory, 100 to 100,000. Default 10,000. */
  readonly maxEntries?: number | undefined;
  /** How long entries are kept in memory, in milliseconds, an hour to ten years. Default 2,592,000,000, 30 days. */
  readonly retentionMs?: number | undefined;
}

/** What {@link createAudit} listens to: a `Resilience`. */
export type AuditSource = ConfigEventSource & {
  config(): Pick<EffectiveConfig, 'preset' | 'strategy' | 'settings'>;
};

const HOUR_MS = 3_600_000;
const DAY_MS = 24 * HOUR_MS;
const MAX_TEXT_LENGTH = 1_000;
const MAX_JSON_LENGTH = 16_384;
const NAMES = ['actor', 'action', 'layer'] as const;
const COLUMNS = ['number', 'at', 'actor', 'action', 'path', 'from', 'to', 'layer', 'reason', 'issues'];
const INSTANT: NumberRule = { min: 0, max: Number.MAX_SAFE_INTEGER };
/** The actor of a change that names none. */
const UNKNOWN = 'unknown';

/** The options of {@link createAudit} that are numbers. */
export const AUDIT_OPTIONS: Readonly<Record<'maxEntries' | 'retentionMs', NumberRule & { readonly default: number }>> =
  {
    maxEntries: { default: 10_000, min: 100, max: 100_000, integer: true },
    retentionMs: { default: 30 * DAY_MS, min: HOUR_MS, max: 3_653 * DAY_MS },
  };

/**
 * Records who changed which setting, when, why, from what to what, and in which layer. The first entry is a snapshot of
 * the settings in force; each later change is an entry for each setting that it changes, each refused change one entry.
 *
 * Entries are kept in memory within bounds, without any timer; give a `sink` to keep them for good. If the sink throws or
 * rejects, the entry stays in memory and the event `hook.failed` is emitted; for the snapshot and manual entries,
 * a process warning is emitted instead.
 *
 * @example
 * ```ts
 * const audit = createAudit(resilience, { sink: (entry) => logger.info(entry) });
 * resilience.configure({ defaults: { deadlineMs: 20_000 } }, { actor: 'ops', reason: 'incident 12' });
 * audit.entries({ actor: 'ops' }); // what was changed, from what, to what
 * ```
 *
 * @throws {ConfigurationError} listing everything that is wrong with the arguments.
 */
export function createAudit(resilience: AuditSource, options: AuditOptions = {}): Audit {
  return new Audit(resilience, checkOptions(resilience, options));
}

/** The audit trail of a configuration, created by {@link createAudit}. */
export class Audit {
  readonly #sink: AuditOptions['sink'];
  readonly #retentionMs: number;
  readonly #entries: RingBuffer<AuditEntry>;
  readonly #unsubscribe: readonly (() => void)[];
  #recorded = 0;

  constructor(resilience: AuditSource, { sink, maxEntries, retentionMs }: AuditOptions) {
    this.#sink = sink;
    this.#retentionMs = retentionMs ?? AUDIT_OPTIONS.retentionMs.default;
    this.#entries = new RingBuffer(maxEntries ?? AUDIT_OPTIONS.maxEntries.default);
    const { preset, strategy, settings } = resilience.config();
    this.record({ actor: UNKNOWN, action: 'start', path: 'config', to: { preset, strategy, settings } });
    this.#unsubscribe = [
      resilience.on('config.changed', (event) => this.#recordAll(buildChangeRecords(event))),
      resilience.on('config.refused', (event) => this.#recordAll([buildRefusalRecord(event)])),
    ];
  }

  /** How many entries are kept. */
  get size(): number {
    this.#dropOld();
    return this.#entries.size;
  }

  /**
   * Adds an entry manually, and returns it.
   *
   * @throws {ConfigurationError} listing everything that is wrong with it; nothing is added then.
   */
  record(record: AuditRecord): AuditEntry {
    const entry = this.#add(record);
    callHook(this.#sink, [entry], (error) => warnOfHook('sink of createAudit()', error));
    return entry;
  }

  /**
   * Returns the entries that match the query, the latest first.
   *
   * @throws {ConfigurationError} listing everything that is wrong with the query.
   */
  entries(query: AuditQuery = {}): readonly AuditEntry[] {
    const checked = checkQuery(query);
    this.#dropOld();
    const matching = this.#entries.latest().filter((entry) => matchesQuery(entry, checked));
    return matching.reverse().slice(0, checked.limit);
  }

  /**
   * Returns all entries as text, the oldest first. CSV has instants as ISO 8601 and values as JSON.
   *
   * @throws {ConfigurationError} if the format is unknown.
   */
  export(format: ExportFormat): string {
    checkFormat(format);
    const exportedAt = this.#dropOld();
    const entries = this.#entries.latest();
    if (format === 'json') return JSON.stringify({ exportedAt, entries }, null, 2);
    const rows = entries.map(({ number, at, actor, action, path, from, to, layer, reason, issues }) => {
      return [number, new Date(at).toISOString(), actor, action, path, toCell(from), toCell(to), layer, reason, issues];
    });
    return formatCsv(COLUMNS, rows);
  }

  /**
   * Drops the entries older than `olderThanMs`, and returns how many were dropped.
   *
   * @throws {ConfigurationError} if it is not a number from 0.
   */
  clearOld(olderThanMs: number): number {
    const check = new Check();
    // The check accepts `undefined` as absent, but the age is required.
    check.number('olderThanMs', olderThanMs ?? null, INSTANT);
    check.throwIfInvalid();
    return this.#drop(wallMs() - olderThanMs);
  }

  /** Stops recording changes. The entries can still be read. Closing twice has no further effect. */
  close(): void {
    for (const unsubscribe of this.#unsubscribe) {
      callHook(unsubscribe, [], (error) => warnOfHook('source of createAudit()', error));
    }
  }

  /** Rejects with what the sink throws, so that the emitter reports it as `hook.failed`. */
  #recordAll(records: readonly AuditRecord[]): Promise<never> {
    const entries = records.map((record) => this.#add(record));
    return callHooks(entries.map((entry) => () => this.#sink?.(entry)));
  }

  #add(record: AuditRecord): AuditEntry {
    const entry = buildEntry(record, this.#recorded + 1, this.#dropOld());
    this.#recorded += 1;
    this.#entries.push(entry);
    return entry;
  }

  #dropOld(): number {
    const nowMs = wallMs();
    this.#drop(nowMs - this.#retentionMs);
    return nowMs;
  }

  #drop(momentMs: number): number {
    return this.#entries.dropWhile(({ at }) => at <= momentMs);
  }
}

function buildChangeRecords({ change }: ConfigChanged): readonly AuditRecord[] {
  if (!change.applied) return [];
  const { layer, actor = UNKNOWN, preset, changes } = change;
  const base = { actor, action: findAction(layer), layer, reason: change.reason || undefined };
  const presetRecord = preset.from === preset.to ? [] : [{ ...base, path: 'preset', ...preset }];
  const settingRecords = changes.map(({ operation, path, from, to }) => {
    return {
      ...base,
      path: operation === undefined ? `defaults.${path}` : `operations.${operation}.${path}`,
      from,
      to,
    };
  });
  return [...presetRecord, ...settingRecords];
}

/** A single entry for any number of issues, so that refusals cannot crowd out changes. */
function buildRefusalRecord({ layer, actor = UNKNOWN, reason, issues }: ConfigRefused): AuditRecord {
  const refused = formatIssues(issues).join('; ') || undefined;
  return { actor, action: 'refuse', path: 'config', layer, reason: reason || undefined, issues: refused };
}

function buildEntry(input: AuditRecord, number: number, at: number): AuditEntry {
  const record = readOnce('record', input);
  const check = new Check();
  if (check.fields('record', record, COLUMNS.slice(2)) !== undefined) {
    check.name('record.actor', record.actor);
    check.name('record.action', record.action);
    checkText(check, 'record.path', record.path);
    if (record.layer !== undefined) check.name('record.layer', record.layer);
    if (record.reason !== undefined) checkText(check, 'record.reason', record.reason);
    if (record.issues !== undefined) checkText(check, 'record.issues', record.issues);
  }
  check.throwIfInvalid();
  const { actor, action, path, from, to, layer, reason, issues } = record;
  return Object.freeze({
    number,
    at,
    actor,
    action,
    path: truncate(path, MAX_TEXT_LENGTH),
    from: toJsonSafe(from),
    to: toJsonSafe(to),
    layer,
    reason: truncateIfGiven(reason),
    issues: truncateIfGiven(issues),
  });
}

function truncateIfGiven(text: string | undefined): string | undefined {
  return text === undefined ? undefined : truncate(text, MAX_TEXT_LENGTH);
}

function checkOptions(resilience: unknown, input: AuditOptions): AuditOptions {
  const options = readOnce('options', input);
  const check = new Check();
  if (!hasMethods(resilience, ['on', 'config'])) {
    check.addIssue('resilience', 'must have the methods on() and config()', resilience);
  }
  if (check.fields('options', options, ['sink', ...Object.keys(AUDIT_OPTIONS)]) !== undefined) {
    check.func('options.sink', options.sink);
    check.number('options.maxEntries', options.maxEntries, AUDIT_OPTIONS.maxEntries);
    check.number('options.retentionMs', options.retentionMs, AUDIT_OPTIONS.retentionMs);
  }
  check.throwIfInvalid();
  return options;
}

function checkQuery(input: AuditQuery): AuditQuery {
  const query = readOnce('query', input);
  const check = new Check();
  if (check.fields('query', query, [...NAMES, 'path', 'since', 'until', 'limit']) !== undefined) {
    for (const name of NAMES) if (query[name] !== undefined) check.name(`query.${name}`, query[name]);
    if (query.path !== undefined) checkText(check, 'query.path', query.path);
    check.number('query.since', query.since, INSTANT);
    check.number('query.until', query.until, INSTANT);
    check.number('query.limit', query.limit, { min: 1, max: 100_000, integer: true });
  }
  check.throwIfInvalid();
  return query;
}

/** Not the check of names: the name of an operation is only a part of a path. */
function checkText(check: Check, path: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') check.addIssue(path, 'must be a non-empty string', value);
}

function matchesQuery(entry: AuditEntry, { path, since, until, ...names }: AuditQuery): boolean {
  return (
    NAMES.every((name) => names[name] === undefined || names[name] === entry[name]) &&
    (path === undefined || entry.path === path || entry.path.startsWith(`${path}.`)) &&
    entry.at >= (since ?? -Infinity) &&
    entry.at < (until ?? Infinity)
  );
}

/** Copies and freezes a value as JSON; describes what cannot be written as JSON, or is too long. Never throws. */
function toJsonSafe(value: unknown): unknown {
  if (value === undefined || typeof value === 'boolean') return value;
  if (typeof value === 'string') return truncate(value, MAX_JSON_LENGTH);
  // JSON turns NaN and Infinity into null.
  if (typeof value === 'number') return Number.isFinite(value) ? value : String(value);
  if (typeof value !== 'object') return `(${describe(value)})`;
  try {
    const text = JSON.stringify(value);
    return text.length <= MAX_JSON_LENGTH ? deepFreeze(JSON.parse(text)) : `(${text.length} characters of JSON)`;
  } catch {
    return '(cannot be written as JSON)';
  }
}

function toCell(value: unknown): Cell {
  return typeof value === 'number' ? value : JSON.stringify(value);
}
