import { Check } from '../errors/errors.js';
import { type ConfigInput, checkDocument, readDocument } from './document.js';
import { KNOWN } from './presets/registry.js';

/**
 * A config of which every value has been read once and is right by itself, presets and strategies being known.
 *
 * @param path what it is called in error messages.
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function checkedDocument(path: string, given: ConfigInput): ConfigInput {
  const own = readDocument(path, given);
  const check = new Check();
  checkDocument(check, path, own, KNOWN);
  check.done();
  return own;
}
