import { Check, copyOnce, type Part } from '../input/index.js';
import { type ConfigInput, declareConfig } from './document.js';
import { type Catalog, currentCatalog } from './presets/registry.js';

const declared = new WeakMap<Catalog, Part<ConfigInput>>();

/** The declaration of a config that may name the presets and strategies known at the moment. */
export function configDeclaration(catalog: Catalog = currentCatalog()): Part<ConfigInput> {
  const known = declared.get(catalog) ?? declareConfig(catalog);
  declared.set(catalog, known);
  return known;
}

/**
 * A config of which every value has been read once and is right by itself, presets and strategies being known.
 *
 * @param path what it is called in error messages.
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function checkedDocument(path: string, given: ConfigInput): ConfigInput {
  const own = copyOnce(path, given);
  const check = new Check();
  check.settings(path, own, configDeclaration());
  check.throwIfInvalid();
  return own;
}
