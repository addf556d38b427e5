import { ConfigurationError } from '../../errors/errors.js';
import { jsonFault } from './json-fault.js';
import { lineAndColumn } from './line-and-column.js';

/**
 * The value of JSON text.
 *
 * @throws {ConfigurationError} with the line and the column where it is no JSON, or where a key stands twice.
 */
export function parseJson(source: string, text: string): unknown {
  const fault = jsonFault(text);
  if (fault === undefined) return JSON.parse(text);
  const { offset, due, found } = fault;
  const message = `must be JSON, and at ${lineAndColumn(text, offset)} needs ${due}`;
  throw new ConfigurationError([{ path: source, message, received: found }]);
}
