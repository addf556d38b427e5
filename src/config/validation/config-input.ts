import { Check } from '../../errors/errors.js';
import { type ConfigInput, checkDocument } from '../document.js';
import { KNOWN } from '../presets/registry.js';

/**
 * A config in a plain copy of whatever was given.
 *
 * @throws {ConfigurationError} naming everything that is wrong with single values of it.
 */
export function configIn(copy: unknown): ConfigInput {
  assertConfig(copy);
  return copy;
}

function assertConfig(value: unknown): asserts value is ConfigInput {
  const check = new Check();
  checkDocument(check, 'config', value, KNOWN);
  check.done();
}
