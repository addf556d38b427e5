import { Check } from '../../input/index.js';
import { PRESETS, type Preset } from '../presets/presets.js';
import { checkFree, checkPresetFields, checkPresetTogether } from '../presets/register.js';

/** A preset, and the name to register it by. */
export interface NamedPreset extends Preset {
  /** 1 to 256 characters, not that of a preset which is built in; at most 50 are recommended. */
  readonly name: string;
}

const FIELDS = ['name', 'description', 'strategy', 'settings', 'operations', 'environments'];

/**
 * A preset in a plain copy of whatever was given.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function presetIn(copy: unknown): NamedPreset {
  assertPreset(copy);
  const check = new Check();
  checkPresetTogether(check, copy);
  check.throwIfInvalid();
  return copy;
}

function assertPreset(value: unknown): asserts value is NamedPreset {
  const check = new Check();
  const fields = check.fields('preset', value, FIELDS);
  if (fields !== undefined) {
    checkFree(check, 'preset.name', fields['name'], PRESETS);
    checkPresetFields(check, fields);
  }
  check.throwIfInvalid();
}
