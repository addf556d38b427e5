import { Check } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { resultOf, type ValidationResult } from './result.js';
import { validated } from './validated.js';
import { lookAt } from './warnings.js';
import { type Written, writtenIn } from './written.js';

/**
 * Reports everything that is wrong with a config, what is probably not meant, and what would be better.
 *
 * Warnings are about the effective settings: a preset and what is written beside it are judged together, each operation by
 * itself. Without a preset, or with `auto`, the preset is `simple`, wherever this runs. Values that only a preset sets are
 * not warned of.
 *
 * @param value anything. It never throws for it; a config of more than 5 000 values or 200 operations is refused.
 * @param own presets and strategies that it may name beside the built-in ones.
 * @throws {ConfigurationError} if one of `own` is not valid.
 */
export function validateConfig(value: unknown, own: OwnPresets = {}): ValidationResult {
  const catalog = createCatalog(own);
  const judge = (document: ConfigInput, written: Written): ValidationResult => {
    const configuration = Configuration.single(document, { catalog });
    const subject = { configuration, written, preset: catalog.findPreset(configuration.preset) };
    const { warnings, hints } = lookAt(subject);
    return resultOf([], warnings, hints);
  };
  const read = (copy: unknown) => parseConfigCopy(copy, catalog);
  return validated({ path: 'config', read, writtenIn: (document) => writtenIn(document, catalog), judge }, value);
}

/**
 * Checks each value of a plain copy.
 *
 * @throws {ConfigurationError} listing every issue.
 */
export function parseConfigCopy(copy: unknown, catalog: Catalog): ConfigInput {
  assertConfig(copy, catalog);
  return copy;
}

function assertConfig(value: unknown, catalog: Catalog): asserts value is ConfigInput {
  const check = new Check();
  check.settings('config', value, catalog.config);
  check.throwIfInvalid();
}
