import { ConfigurationError } from '../../errors/index.js';
import { relocated, withAdvice } from './errors.js';
import { operationsIn } from './limits.js';
import { plainCopy } from './plain-copy.js';
import { resultOf, type ValidationResult } from './result.js';
import type { Written } from './written.js';

/** How something of a certain shape is validated. Each step may throw a `ConfigurationError`. */
interface Steps<T> {
  /** What it is called in paths. */
  readonly path: string;
  /** Checks each value of a plain copy. */
  readonly read: (copy: unknown) => T;
  readonly writtenIn: (given: T) => Written;
  /** Lays it under and over everything else, and judges what comes of it. */
  readonly judge: (given: T, written: Written) => ValidationResult;
}

/** Validates a value of which nothing is known. Never throws for anything in the value. */
export function validated<T>({ path, read, writtenIn, judge }: Steps<T>, value: unknown): ValidationResult {
  let names: readonly string[] = [];
  let written: Written | undefined;
  try {
    const copy = plainCopy(path, value);
    names = operationsIn(path, copy);
    const given = read(copy);
    written = writtenIn(given);
    return judge(given, written);
  } catch (error) {
    if (!ConfigurationError.is(error)) throw error;
    return resultOf(written === undefined ? withAdvice(error.issues, names) : relocated(error.issues, written));
  }
}
