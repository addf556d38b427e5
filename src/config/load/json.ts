import { ConfigurationError, type ConfigurationIssue } from '../../errors/index.js';
import { jsonFault } from './json-fault.js';
import { lineAndColumn } from './line-and-column.js';

/**
 * The value of JSON text.
 *
 * @throws {ConfigurationError} with the line and the column where it is no JSON, or where a key stands twice.
 */
export function parseJson(source: string, text: string): unknown {
  const issue = jsonIssue(source, text);
  if (issue !== undefined) throw new ConfigurationError([issue]);
  return JSON.parse(text);
}

/** What makes text no JSON of which all readers see the same, and where; `undefined` when nothing does. */
export function jsonIssue(source: string, text: string): ConfigurationIssue | undefined {
  const fault = jsonFault(text);
  if (fault === undefined) return undefined;
  const { offset, due, found } = fault;
  return { path: source, message: `must be JSON, and at ${lineAndColumn(text, offset)} needs ${due}`, received: found };
}
