import { buildIssue, ConfigurationError, type ConfigurationIssue } from '../errors/configuration-error.js';
import { describe, formatKeyPath } from './describe.js';
import { findHint, type Shape } from './hints.js';
import { didYouMean } from './nearest.js';
import type { AnyPart, Declared, SettingIssue } from './settings.js';
import {
  describeBounds,
  isName,
  isReadableRecord,
  isWithin,
  LONGEST_NAME,
  type NumberRule,
  suggestFalse,
  suggestNumber,
} from './values.js';

/** The fields of an object whose keys are not known. */
export type Fields = Readonly<Record<string, unknown>>;

/**
 * Collects every issue of an input, so that all of them are reported at once.
 *
 * A field that is `undefined` counts as absent: spreading `{ openMs: undefined }` means the default.
 */
export class Check {
  /** The issues so far. */
  readonly issues: ConfigurationIssue[] = [];

  /** Adds an issue that no other method reports. */
  addIssue(path: string, message: string, received: unknown, suggestion?: string): void {
    this.issues.push(buildIssue(path, message, describe(received), suggestion));
  }

  /** Checks settings against their declaration, each by itself. Returns false if any is wrong. */
  settings(path: string, value: unknown, declared: Declared & Shape): boolean {
    const issues = declared.findIssues(value);
    this.#add(path, issues, declared);
    return issues.length === 0;
  }

  /** Checks that settings do not contradict each other. */
  conflicts(path: string, settings: object, declared: AnyPart): void {
    if (isReadableRecord(settings)) this.#add(path, declared.findConflicts(settings), declared);
  }

  #add(path: string, issues: readonly SettingIssue[], declared: Shape): void {
    for (const issue of issues) {
      const { path: names, key, message, received } = issue;
      const place = [path, ...names].join('.');
      this.addIssue(
        key === undefined ? place : formatKeyPath(place, key),
        message,
        received,
        findHint(declared, issue),
      );
    }
  }

  /**
   * Checks an object with known keys. Returns its fields, or `undefined` if it is not a plain object.
   *
   * @param declare returns the declaration of the fields, for hints about an unknown key.
   */
  fields(
    path: string,
    value: unknown,
    allowed: readonly string[],
    declare: () => Shape = () => ({}),
  ): Fields | undefined {
    const fields = this.record(path, value);
    if (fields === undefined) return undefined;
    const message = `is unknown; expected one of ${allowed.join(', ')}`;
    const issues = Object.keys(fields)
      .filter((key) => !allowed.includes(key))
      .map((key) => ({ path: [], key, message, received: fields[key], suggestion: didYouMean(key, allowed) }));
    if (issues.length > 0) this.#add(path, issues, declare());
    return fields;
  }

  /** Checks a plain object with free keys. Returns its fields, or `undefined` if it is not a plain object. */
  record(path: string, value: unknown): Fields | undefined {
    if (isReadableRecord(value)) return value;
    this.addIssue(path, 'must be a plain object', value);
    return undefined;
  }

  /** Checks a finite number within bounds, if present. */
  number(path: string, value: unknown, rule: NumberRule): void {
    if (value === undefined || isWithin(value, rule)) return;
    this.addIssue(path, `must be ${describeBounds(rule)}`, value, suggestNumber(value, rule));
  }

  /** Checks a number within bounds or `false`, if present. */
  numberOrFalse(path: string, value: unknown, rule: NumberRule): void {
    if (value === undefined || value === false || isWithin(value, rule)) return;
    this.addIssue(path, `must be ${describeBounds(rule)}, or false`, value, suggestFalse(value));
  }

  /** Checks one of several words, if present. */
  oneOf(path: string, value: unknown, allowed: readonly string[]): void {
    if (value === undefined || allowed.some((word) => word === value)) return;
    this.addIssue(path, `must be one of ${allowed.join(', ')}`, value, didYouMean(value, allowed));
  }

  /** Checks a boolean, if present. */
  boolean(path: string, value: unknown): void {
    if (value !== undefined && typeof value !== 'boolean') this.addIssue(path, 'must be true or false', value);
  }

  /** Checks a function, if present. */
  func(path: string, value: unknown): void {
    if (value !== undefined) this.requiredFunc(path, value);
  }

  /** Checks a function. */
  requiredFunc(path: string, value: unknown): void {
    if (typeof value !== 'function') this.addIssue(path, 'must be a function', value);
  }

  /** Checks a name: a string that is not empty, not too long and has no control characters. */
  name(path: string, value: unknown): value is string {
    if (isName(value)) return true;
    this.addIssue(path, `must be a string of 1 to ${LONGEST_NAME} characters without control characters`, value);
    return false;
  }

  /** Checks the arguments that subscribe a listener to a type of event. */
  listener(types: readonly string[], type: unknown, listener: unknown): void {
    this.oneOf('type', type ?? null, [...types, '*']);
    this.requiredFunc('listener', listener);
  }

  /** @throws {ConfigurationError} listing every issue, if there is any. */
  throwIfInvalid(): void {
    if (this.issues.length > 0) throw new ConfigurationError(this.issues);
  }
}

/** The error for a single argument. */
export function configurationError(
  path: string,
  message: string,
  received: unknown,
  suggestion?: string,
): ConfigurationError {
  return new ConfigurationError([buildIssue(path, message, describe(received), suggestion)]);
}

/**
 * The error for what should be a function.
 *
 * @param order describes the order of the arguments, for a function that is given as one of the others.
 * @param others the other arguments.
 */
export function functionError(given: unknown, order = '', others: readonly unknown[] = []): ConfigurationError {
  const isSwapped = others.some((each) => typeof each === 'function');
  return configurationError('fn', 'must be a function', given, isSwapped ? order : suggestFunction(given));
}

function suggestFunction(given: unknown): string | undefined {
  return isPromise(given)
    ? 'Write a function that makes the promise, such as () => ask(): each attempt calls it.'
    : undefined;
}

/** True for a promise of any implementation. Never throws. */
function isPromise(value: unknown): boolean {
  try {
    return typeof value === 'object' && value !== null && 'then' in value && typeof value.then === 'function';
  } catch {
    return false;
  }
}
