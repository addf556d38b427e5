import { Check, readOnce } from '../../input/index.js';
import { keepable } from './keepable.js';
import { shortened } from './shortened.js';

/** What is told of a change. */
export interface AuditRecord {
  /** Who: a person, a service, a file that was watched. 1 to 256 characters. */
  readonly actor: string;
  /** What was done, as `configure`, `reload` or `refuse`. 1 to 256 characters. */
  readonly action: string;
  /** What it was done to: the path of a setting, as `operations.chat.deadlineMs`. Cut after 1 000 characters. */
  readonly path: string;
  /** What it was; `undefined` when it was not there. */
  readonly from?: unknown;
  /** What it is now; `undefined` when it is gone. */
  readonly to?: unknown;
  /** The layer that it stands in, or the source that it came from. */
  readonly layer?: string | undefined;
  /** Why. Cut after 1 000 characters. */
  readonly reason?: string | undefined;
}

/** One entry of the trail. It cannot be changed any more, whatever becomes of the values that it was told. */
export interface AuditEntry {
  /** Its place in the trail, from 1. A gap to the next one means that something is no longer kept. */
  readonly number: number;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  readonly actor: string;
  readonly action: string;
  readonly path: string;
  /** As JSON can hold it; in words where it cannot. */
  readonly from: unknown;
  readonly to: unknown;
  readonly layer: string | undefined;
  readonly reason: string | undefined;
}

const RECORD = ['actor', 'action', 'path', 'from', 'to', 'layer', 'reason'];
const LONGEST_WORDS = 1_000;

/**
 * The entry, checked and frozen.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function auditEntry(given: AuditRecord, number: number, at: number): AuditEntry {
  const record = readOnce('record', given);
  const check = new Check();
  if (check.fields('record', record, RECORD) !== undefined) {
    check.name('record.actor', record.actor);
    check.name('record.action', record.action);
    checkWords(check, 'record.path', record.path);
    if (record.layer !== undefined) check.name('record.layer', record.layer);
    if (record.reason !== undefined) checkWords(check, 'record.reason', record.reason);
  }
  check.throwIfInvalid();
  const { actor, action, path, layer, reason } = record;
  return Object.freeze({
    number,
    at,
    actor,
    action,
    path: shortened(path, LONGEST_WORDS),
    from: keepable(record.from),
    to: keepable(record.to),
    layer,
    reason: reason === undefined ? undefined : shortened(reason, LONGEST_WORDS),
  });
}

/** A string with something in it. A path is no name: the name of an operation is only part of it. */
export function checkWords(check: Check, path: string, value: unknown): void {
  if (typeof value !== 'string' || value === '') check.addIssue(path, 'must be a string with something in it', value);
}
