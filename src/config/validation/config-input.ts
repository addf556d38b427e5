import { Check } from '../../input/index.js';
import { configDeclaration } from '../checked-document.js';
import type { ConfigInput } from '../document.js';

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
  check.settings('config', value, configDeclaration());
  check.throwIfInvalid();
}
