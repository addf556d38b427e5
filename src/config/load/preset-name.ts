import { Check } from '../../input/index.js';
import { checkPresetName } from '../presets/registry.js';

/**
 * The name of a preset that stands by itself, not in a config.
 *
 * @param path where it stands.
 * @throws {ConfigurationError} when nobody knows it.
 */
export function checkedPresetName(path: string, preset: string): string {
  const check = new Check();
  checkPresetName(check, path, preset);
  check.throwIfInvalid();
  return preset;
}
