import type { ConfigurationIssue } from '../../errors/index.js';
import { findJsonIssue } from '../load/json.js';
import { type ConfigSuggestion, suggestedBy } from '../validation/result.js';
import { Findings } from './findings.js';
import { SECURITY_LIMITS } from './limits.js';
import { Walk } from './walk.js';

/** What is to be said of a config from outside. */
export interface SecurityResult {
  /** True when there is no error; warnings do not count. */
  readonly valid: boolean;
  /** Why it must not be used, in the order in which it was found; at most 100. */
  readonly errors: readonly ConfigurationIssue[];
  /** What is odd and may be; at most 100. */
  readonly warnings: readonly ConfigurationIssue[];
  /** What to do about it: all that errors and warnings suggest. */
  readonly suggestions: readonly ConfigSuggestion[];
  /**
   * The config as it was checked: a copy in plain objects and arrays, which nothing outside can change any more. Use
   * this and not what was given. `undefined` when not valid.
   */
  readonly value: unknown;
  /** Of the text in UTF-8, or of a value as JSON; when not valid, of as much as was looked at. */
  readonly sizeBytes: number;
  /** How many fields it has, at any depth; when not valid, as many as were looked at. */
  readonly fieldCount: number;
}

/**
 * Tells whether a config from outside is safe to look at: not too large, no deeper than allowed, plain data, and free
 * of prototype keys, forbidden patterns and unreadable characters (see {@link SECURITY_LIMITS}). Whether its settings
 * make sense is for the schema to say.
 *
 * Never throws. The size comes first and everything after it is linear, so that no text takes longer than a large one
 * that is valid. A value that is parsed already costs one listing of its fields at most, which no limit can prevent:
 * give the text where there is one.
 *
 * @param given a string is JSON text; anything else is a parsed value.
 * @param path how paths begin. Default `config`.
 */
export function validateSecurity(given: unknown, path = 'config'): SecurityResult {
  const findings = new Findings();
  return typeof given === 'string' ? ofText(findings, path, given) : ofValue(findings, path, given);
}

function ofText(findings: Findings, path: string, text: string): SecurityResult {
  const { maxBytes } = SECURITY_LIMITS;
  // No text has fewer bytes than characters: one that is far too long need not be gone through.
  const sizeBytes = text.length > maxBytes ? text.length : Buffer.byteLength(text);
  if (sizeBytes > maxBytes) {
    const received = text.length > maxBytes ? `${text.length} characters` : `${sizeBytes} bytes`;
    findings.refuseSize(path, `must be at most ${maxBytes} bytes of JSON`, received, 'Say less, or split it.');
    return result(findings, undefined, sizeBytes, 0);
  }
  const issue = findJsonIssue(path, text);
  if (issue !== undefined) {
    findings.errors.push(issue);
    return result(findings, undefined, sizeBytes, 0);
  }
  // The text has been measured: the same value may take more when it is written otherwise.
  const walk = new Walk(findings, path, Infinity);
  const value = walk.copy(path, JSON.parse(text));
  return result(findings, value, sizeBytes, walk.fields);
}

function ofValue(findings: Findings, path: string, given: unknown): SecurityResult {
  const walk = new Walk(findings, path, SECURITY_LIMITS.maxBytes);
  const value = walk.copy(path, given);
  return result(findings, value, walk.bytes, walk.fields);
}

function result(findings: Findings, value: unknown, sizeBytes: number, fieldCount: number): SecurityResult {
  const { errors, warnings } = findings;
  const valid = errors.length === 0;
  const suggestions = suggestedBy([...errors, ...warnings]);
  return { valid, errors, warnings, suggestions, value: valid ? value : undefined, sizeBytes, fieldCount };
}
