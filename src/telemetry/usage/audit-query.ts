import { Check, type NumberRule, readOnce } from '../../input/index.js';
import { type AuditEntry, checkWords } from './audit-entry.js';

/** Which entries are asked for. All that is given must hold. */
export interface AuditQuery {
  readonly actor?: string | undefined;
  readonly action?: string | undefined;
  /** The path itself and everything below it: `operations.chat` has `operations.chat.deadlineMs` in it. */
  readonly path?: string | undefined;
  readonly layer?: string | undefined;
  /** At this moment or later, in milliseconds since 1970. */
  readonly since?: number | undefined;
  /** Before this moment, in milliseconds since 1970. */
  readonly until?: number | undefined;
  /** At most so many, the latest ones. Default all of them. */
  readonly limit?: number | undefined;
}

const NAMES = ['actor', 'action', 'layer'] as const;
const QUERY = [...NAMES, 'path', 'since', 'until', 'limit'];
const INSTANT: NumberRule = { min: 0, max: Number.MAX_SAFE_INTEGER };

/**
 * The query, read once and checked.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function auditQuery(given: AuditQuery): AuditQuery {
  const query = readOnce('query', given);
  const check = new Check();
  if (check.fields('query', query, QUERY) !== undefined) {
    for (const name of NAMES) if (query[name] !== undefined) check.name(`query.${name}`, query[name]);
    if (query.path !== undefined) checkWords(check, 'query.path', query.path);
    check.number('query.since', query.since, INSTANT);
    check.number('query.until', query.until, INSTANT);
    check.number('query.limit', query.limit, { min: 1, max: 100_000, integer: true });
  }
  check.throwIfInvalid();
  return query;
}

/** The entries that are asked for, the latest first. */
export function answer(entries: readonly AuditEntry[], query: AuditQuery): readonly AuditEntry[] {
  return entries
    .filter((entry) => fits(entry, query))
    .reverse()
    .slice(0, query.limit);
}

function fits(entry: AuditEntry, { actor, action, path, layer, since, until }: AuditQuery): boolean {
  return (
    (actor === undefined || entry.actor === actor) &&
    (action === undefined || entry.action === action) &&
    (path === undefined || entry.path === path || entry.path.startsWith(`${path}.`)) &&
    (layer === undefined || entry.layer === layer) &&
    (since === undefined || entry.at >= since) &&
    (until === undefined || entry.at < until)
  );
}
