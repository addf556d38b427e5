import { Check, copyOnce } from '../input/index.js';
import type { ConfigInput } from './document.js';
import { BUILT_IN, type Catalog } from './presets/catalog.js';

/**
 * Reads every field of a config once and checks each value.
 *
 * @param path how paths begin in error messages.
 * @param catalog the presets and strategies that the config may name.
 * @throws {ConfigurationError} listing every issue.
 */
export function parseDocument(path: string, given: ConfigInput, catalog: Catalog = BUILT_IN): ConfigInput {
  const own = copyOnce(path, given);
  const check = new Check();
  check.settings(path, own, catalog.config);
  check.throwIfInvalid();
  return own;
}
