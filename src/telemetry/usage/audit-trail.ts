import { Check } from '../../input/index.js';
import { wallMs } from '../../runtime/index.js';
import { type AuditEntry, type AuditRecord, auditEntry } from './audit-entry.js';
import { type AuditTrailOptions, type AuditTrailRules, auditTrailRules } from './audit-options.js';
import { type AuditQuery, answer, auditQuery } from './audit-query.js';
import { type Cell, csvOf } from './csv.js';
import { checkFormat, type ExportFormat } from './export.js';
import { Ring } from './ring.js';

const COLUMNS = ['number', 'at', 'actor', 'action', 'path', 'from', 'to', 'layer', 'reason'];

/**
 * Who changed what, when, why, from what to what, and in which layer. Entries cannot be changed once they are in; the
 * oldest go when there is no more room, or when they are too old. It does no I/O and has no timer.
 */
export class AuditTrail {
  readonly #rules: AuditTrailRules;
  readonly #entries: Ring<AuditEntry>;
  #recorded = 0;

  /** @throws {ConfigurationError} naming everything that is wrong with the options. */
  constructor(options: AuditTrailOptions = {}) {
    this.#rules = auditTrailRules(options);
    this.#entries = new Ring(this.#rules.maxEntries);
  }

  /**
   * Adds an entry, and gives it back.
   *
   * @throws {ConfigurationError} naming everything that is wrong with it; then nothing is added.
   */
  record(record: AuditRecord): AuditEntry {
    const nowMs = this.#expire();
    const entry = auditEntry(record, this.#recorded + 1, nowMs);
    this.#recorded += 1;
    this.#entries.push(entry);
    return entry;
  }

  /**
   * The entries that are asked for, the latest first.
   *
   * @throws {ConfigurationError} naming everything that is wrong with the query.
   */
  query(query: AuditQuery = {}): readonly AuditEntry[] {
    const checked = auditQuery(query);
    this.#expire();
    return answer(this.#entries.items(), checked);
  }

  /**
   * Everything that is kept, oldest first, as text. CSV has instants as ISO 8601, and values as JSON.
   *
   * @throws {ConfigurationError} when the format is none.
   */
  export(format: ExportFormat): string {
    checkFormat(format);
    const exportedAt = this.#expire();
    const entries = this.#entries.items();
    if (format === 'json') return JSON.stringify({ exportedAt, entries }, null, 2);
    const rows = entries.map(({ number, at, actor, action, path, from, to, layer, reason }) => {
      return [number, new Date(at).toISOString(), actor, action, path, cellOf(from), cellOf(to), layer, reason];
    });
    return csvOf(COLUMNS, rows);
  }

  /**
   * Drops what is older than so many milliseconds, and tells how many entries went.
   *
   * @throws {ConfigurationError} when it is no number from 0.
   */
  clearOld(olderThanMs: number): number {
    const check = new Check();
    check.number('olderThanMs', olderThanMs ?? null, { min: 0, max: Number.MAX_SAFE_INTEGER });
    check.throwIfInvalid();
    return this.#drop(wallMs() - olderThanMs);
  }

  /** How many entries are kept. */
  get size(): number {
    this.#expire();
    return this.#entries.size;
  }

  #expire(): number {
    const nowMs = wallMs();
    this.#drop(nowMs - this.#rules.retentionMs);
    return nowMs;
  }

  #drop(momentMs: number): number {
    return this.#entries.dropWhile(({ at }) => at <= momentMs);
  }
}

function cellOf(value: unknown): Cell {
  return typeof value === 'number' ? value : JSON.stringify(value);
}
