import { Check } from '../../input/index.js';
import { configDeclaration } from '../checked-document.js';

/**
 * The name of a preset that stands by itself, not in a config.
 *
 * @param path where it stands.
 * @throws {ConfigurationError} when nobody knows it.
 */
export function checkedPresetName(path: string, preset: string): string {
  const check = new Check();
  const { preset: declared } = configDeclaration().settings;
  check.settings(path, preset, declared);
  check.throwIfInvalid();
  return preset;
}
