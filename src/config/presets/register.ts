import { Check, copyOnce, type Fields, readOnce } from '../../input/index.js';
import { declareOperations, INSTEAD_OF_PRESET, type OperationInput } from '../document.js';
import { resolveSettings } from '../resolve-settings.js';
import { SETTINGS } from '../settings.js';
import { PRESETS, type Preset, type PresetEnvironment } from './presets.js';
import { addPreset, addStrategy, currentCatalog, listStrategies } from './registry.js';
import { STRATEGIES, type Strategy } from './strategies.js';

const PRESET = ['description', 'strategy', 'settings', 'operations', 'environments'];
const STRATEGY = ['description', 'settings'];
const ENVIRONMENTS: readonly PresetEnvironment[] = ['development', 'testing', 'staging', 'production'];

/**
 * Makes a strategy known by a name, for every config of this process that is made from now on. Registering it again
 * replaces it for those.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it, or for a name that is built in.
 */
export function registerStrategy(name: string, strategy: Strategy): void {
  const own = copyOnce('strategy', strategy);
  const check = new Check();
  checkFree(check, 'name', name, STRATEGIES);
  const fields = check.fields('strategy', own, STRATEGY);
  if (fields !== undefined) {
    checkDescription(check, 'strategy.description', fields['description']);
    check.settings('strategy.settings', fields['settings'], SETTINGS);
  }
  check.throwIfInvalid();
  resolveSettings(check, 'strategy.settings', own.settings);
  check.throwIfInvalid();
  addStrategy(name, own);
}

/**
 * Makes a preset known by a name, for every config of this process that is made from now on. Registering it again
 * replaces it for those.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it, or for a name that is built in.
 */
export function registerPreset(name: string, preset: Preset): void {
  const own = readOnce('preset', copyOnce('preset', preset), (read) => ({
    ...read,
    environments: Array.isArray(read.environments) ? [...read.environments] : read.environments,
  }));
  const check = new Check();
  checkFree(check, 'name', name, PRESETS);
  const fields = check.fields('preset', own, PRESET);
  if (fields !== undefined) checkPresetFields(check, fields);
  check.throwIfInvalid();
  checkPresetTogether(check, own);
  check.throwIfInvalid();
  addPreset(name, own);
}

/** Refuses what is no name, and the names of what is built in. */
export function checkFree(check: Check, path: string, name: unknown, builtIn: object): void {
  if (!check.name(path, name)) return;
  const isTaken = Object.hasOwn(INSTEAD_OF_PRESET, name) || Object.hasOwn(builtIn, name);
  if (isTaken) check.addIssue(path, 'is taken: it is built in', name);
}

/** Checks what is in a preset, each value for itself. */
export function checkPresetFields(check: Check, fields: Fields): void {
  const { description, strategy, settings, operations, environments } = fields;
  checkDescription(check, 'preset.description', description);
  check.oneOf('preset.strategy', strategy ?? null, Object.keys(listStrategies()));
  check.settings('preset.settings', settings, SETTINGS);
  check.settings('preset.operations', operations, declareOperations(currentCatalog()));
  checkEnvironments(check, environments);
}

/** Checks what only shows when each value of a preset is right by itself. */
export function checkPresetTogether(check: Check, { settings, operations }: Preset): void {
  resolveSettings(check, 'preset.settings', settings);
  for (const [name, operation] of Object.entries(operations)) {
    const path = `preset.operations.${name}`;
    resolveSettings(check, path, operation);
    checkAlias(check, `${path}.alias`, name, operation.alias, operations);
  }
}

function checkAlias(
  check: Check,
  path: string,
  name: string,
  alias: string | undefined,
  operations: Readonly<Record<string, OperationInput>>,
): void {
  if (alias === undefined) return;
  const target = Object.hasOwn(operations, alias) ? operations[alias] : undefined;
  if (alias === name || target?.alias !== undefined) {
    check.addIssue(path, 'must be the name of an operation, and is another alias', alias);
  }
}

function checkDescription(check: Check, path: string, description: unknown): void {
  const fits = typeof description === 'string' && description.length >= 1 && description.length <= 200;
  if (!fits) check.addIssue(path, 'must be a string of 1 to 200 characters', description);
}

function checkEnvironments(check: Check, environments: unknown): void {
  const path = 'preset.environments';
  if (!Array.isArray(environments) || environments.length === 0) {
    check.addIssue(path, `must be a list of at least one of ${ENVIRONMENTS.join(', ')}`, environments);
    return;
  }
  for (const [index, each] of environments.entries()) check.oneOf(`${path}[${index}]`, each ?? null, ENVIRONMENTS);
  if (new Set(environments).size < environments.length) check.addIssue(path, 'must name each once', environments);
}
