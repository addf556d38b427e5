import { Check } from '../../errors/errors.js';
import { checkOperations } from '../document.js';
import { PRESETS, type Preset, type PresetEnvironment } from '../presets/presets.js';
import { checkStrategy, listStrategies } from '../presets/registry.js';
import { checkSettings } from '../settings.js';

/** A preset, and the name to register it by. */
export interface NamedPreset extends Preset {
  /** 1 to 256 characters, not that of a preset which is built in; at most 50 are recommended. */
  readonly name: string;
}

const FIELDS = ['name', 'description', 'strategy', 'settings', 'operations', 'environments'];
const ENVIRONMENTS: readonly PresetEnvironment[] = ['development', 'testing', 'staging', 'production'];
const TAKEN: readonly string[] = ['auto', 'none', ...Object.keys(PRESETS)];
const LONGEST_DESCRIPTION = 200;

/**
 * A preset in a plain copy of whatever was given.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function presetIn(copy: unknown): NamedPreset {
  assertPreset(copy);
  return copy;
}

function assertPreset(value: unknown): asserts value is NamedPreset {
  const check = new Check();
  const fields = check.fields('preset', value, FIELDS);
  if (fields !== undefined) {
    const { name, description, strategy, settings, operations, environments } = fields;
    const named = check.name('preset.name', name);
    if (named && TAKEN.includes(name)) check.refuse('preset.name', 'is taken: it is built in', name);
    checkDescription(check, description);
    check.oneOf('preset.strategy', strategy ?? null, Object.keys(listStrategies()));
    checkSettings(check, 'preset.settings', settings);
    checkOperations(check, 'preset.operations', operations, checkStrategy);
    checkEnvironments(check, environments);
  }
  check.done();
}

function checkDescription(check: Check, description: unknown): void {
  const length = typeof description === 'string' ? description.length : 0;
  if (length >= 1 && length <= LONGEST_DESCRIPTION) return;
  check.refuse('preset.description', `must be a string of 1 to ${LONGEST_DESCRIPTION} characters`, description);
}

function checkEnvironments(check: Check, environments: unknown): void {
  const path = 'preset.environments';
  if (!Array.isArray(environments) || environments.length === 0) {
    check.refuse(path, `must be a list of at least one of ${ENVIRONMENTS.join(', ')}`, environments);
    return;
  }
  for (const [index, each] of environments.entries()) check.oneOf(`${path}[${index}]`, each ?? null, ENVIRONMENTS);
  if (new Set(environments).size < environments.length) check.refuse(path, 'must name each once', environments);
}
