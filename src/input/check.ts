import { ConfigurationError, type ConfigurationIssue, issueOf } from '../errors/configuration-error.js';
import { describe, pathOfKey } from './describe.js';
import { isName, LONGEST_NAME } from './is-name.js';
import { isReadableRecord } from './is-record.js';
import { didYouMean } from './nearest.js';

/** What a number must be. Infinity and NaN are never allowed. */
export interface NumberRule {
  readonly min?: number;
  /** Exclusive lower bound. */
  readonly above?: number;
  readonly max: number;
  readonly integer?: boolean;
}

/** A plain look at a value of unknown keys. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Collects everything that is wrong with an input, so that the caller learns it all at once.
 *
 * A field that is `undefined` counts as absent: spreading `{ openMs: undefined }` means the default.
 */
export class Check {
  /** What has been refused so far. */
  readonly issues: ConfigurationIssue[] = [];

  /** Notes an issue that no other method tells. */
  addIssue(path: string, message: string, received: unknown, suggestion?: string): void {
    this.issues.push(issueOf(path, message, describe(received), suggestion));
  }

  /** An object whose keys are all known; gives its fields, or `undefined` when it is none. */
  fields(path: string, value: unknown, allowed: readonly string[]): Fields | undefined {
    const fields = this.record(path, value);
    if (fields === undefined) return undefined;
    for (const key of Object.keys(fields)) {
      if (allowed.includes(key)) continue;
      const message = `is not known; known are ${allowed.join(', ')}`;
      this.addIssue(pathOfKey(path, key), message, fields[key], didYouMean(key, allowed));
    }
    return fields;
  }

  /** A plain object with free keys. */
  record(path: string, value: unknown): Fields | undefined {
    if (isReadableRecord(value)) return value;
    this.addIssue(path, 'must be a plain object', value);
    return undefined;
  }

  /** A finite number within bounds, when present. */
  number(path: string, value: unknown, rule: NumberRule): void {
    if (value === undefined || obeys(value, rule)) return;
    const suggestion =
      typeof value === 'string' && value.trim() !== '' && obeys(Number(value), rule)
        ? `Did you mean ${value}?`
        : undefined;
    this.addIssue(path, `must be ${inWords(rule)}`, value, suggestion);
  }

  /** A number within bounds or `false`, when present. */
  numberOrFalse(path: string, value: unknown, rule: NumberRule): void {
    if (value === undefined || value === false || obeys(value, rule)) return;
    const suggestion = value === 0 || value === Infinity ? "Write 'false' to switch it off." : undefined;
    this.addIssue(path, `must be ${inWords(rule)}, or false`, value, suggestion);
  }

  /** One of a few words, when present. */
  oneOf(path: string, value: unknown, allowed: readonly string[]): void {
    if (value === undefined || allowed.some((word) => word === value)) return;
    this.addIssue(path, `must be one of ${allowed.join(', ')}`, value, didYouMean(value, allowed));
  }

  /** A boolean; absent is fine. */
  boolean(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean') this.addIssue(path, 'must be true or false', value);
  }

  /** A function, when present. */
  func(path: string, value: unknown): void {
    if (value !== undefined) this.requiredFunc(path, value);
  }

  /** A function. */
  requiredFunc(path: string, value: unknown): void {
    if (typeof value !== 'function') this.addIssue(path, 'must be a function', value);
  }

  /** A name: a string with something in it, not too long, without control characters. */
  name(path: string, value: unknown): value is string {
    if (isName(value)) return true;
    this.addIssue(path, `must be a string of 1 to ${LONGEST_NAME} characters without control characters`, value);
    return false;
  }

  /** What is given to subscribe to events of certain types. */
  listener(types: readonly string[], type: unknown, listener: unknown): void {
    this.oneOf('type', type ?? null, [...types, '*']);
    this.requiredFunc('listener', listener);
  }

  /** @throws {ConfigurationError} listing every issue, when there is any. */
  throwIfInvalid(): void {
    if (this.issues.length > 0) throw new ConfigurationError(this.issues);
  }
}

/** The error for one argument that is wrong. */
export function configurationError(
  path: string,
  message: string,
  received: unknown,
  suggestion?: string,
): ConfigurationError {
  return new ConfigurationError([issueOf(path, message, describe(received), suggestion)]);
}

function obeys(value: unknown, { min, above, max, integer }: NumberRule): value is number {
  if (typeof value !== 'number' || !Number.isFinite(value)) return false;
  if (integer === true && !Number.isInteger(value)) return false;
  return value >= (min ?? -Infinity) && value > (above ?? -Infinity) && value <= max;
}

function inWords({ min, above, max, integer }: NumberRule): string {
  const kind = integer === true ? 'a whole number' : 'a number';
  const from = above === undefined ? `from ${min ?? '-Infinity'}` : `above ${above}`;
  return `${kind} ${from} to ${max}`;
}
