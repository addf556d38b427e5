import { Check, nearest, readOnce } from '../../errors/errors.js';
import { checkOperations, readOperations } from '../document.js';
import { frozen } from '../frozen.js';
import { checkSettings, readSettings } from '../settings.js';
import { PRESETS, type Preset, type PresetEnvironment } from './presets.js';
import { STRATEGIES, type Strategy } from './strategies.js';

const PRESET = ['description', 'strategy', 'settings', 'operations', 'environments'];
const STRATEGY = ['description', 'settings'];
const ENVIRONMENTS: readonly PresetEnvironment[] = ['development', 'testing', 'staging', 'production'];
/** Words with a meaning of their own where a preset is named. */
const RESERVED: readonly string[] = ['auto', 'none'];

const strategies = new Map<string, Strategy>(Object.entries(frozen(STRATEGIES)));
const presets = new Map<string, Preset>(Object.entries(frozen(PRESETS)));

/** The strategy of a name, those that were registered among them. */
export function findStrategy(name: string): Strategy | undefined {
  return strategies.get(name);
}

/** The preset of a name, those that were registered among them. */
export function findPreset(name: string): Preset | undefined {
  return presets.get(name);
}

/** Every strategy by its name: those that are built in first. */
export function listStrategies(): Readonly<Record<string, Strategy>> {
  return Object.fromEntries(strategies);
}

/** Every preset by its name: those that are built in first. */
export function listPresets(): Readonly<Record<string, Preset>> {
  return Object.fromEntries(presets);
}

/** Refuses the name of a preset that nobody knows. */
export function checkPreset(check: Check, path: string, name: string): void {
  checkKnown(check, path, name, [...RESERVED, ...presets.keys()]);
}

/** Refuses the name of a strategy that nobody knows. */
export function checkStrategy(check: Check, path: string, name: string): void {
  checkKnown(check, path, name, [...strategies.keys()]);
}

function checkKnown(check: Check, path: string, name: string, known: readonly string[]): void {
  if (known.includes(name)) return;
  const meant = nearest(name, known);
  const suggestion = meant === undefined ? undefined : `Did you mean '${meant}'?`;
  check.refuse(path, `must be one of ${known.join(', ')}`, name, suggestion);
}

/**
 * Makes a strategy known by a name, for every config of this process that is made from now on. Registering it again
 * replaces it for those.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it, or for a name that is built in.
 */
export function registerStrategy(name: string, strategy: Strategy): void {
  const own = readOnce('strategy', strategy, (read) => ({
    ...read,
    settings: readSettings('strategy.settings', read.settings),
  }));
  const check = new Check();
  checkFree(check, name, Object.keys(STRATEGIES));
  const fields = check.fields('strategy', own, STRATEGY);
  if (fields !== undefined) {
    checkDescription(check, 'strategy.description', fields['description']);
    checkSettings(check, 'strategy.settings', fields['settings']);
  }
  check.done();
  strategies.set(name, frozen(own));
}

/**
 * Makes a preset known by a name, for every config of this process that is made from now on. Registering it again
 * replaces it for those.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it, or for a name that is built in.
 */
export function registerPreset(name: string, preset: Preset): void {
  const own = readOnce('preset', preset, (read) => ({
    ...read,
    settings: readSettings('preset.settings', read.settings),
    operations: readOperations('preset.operations', read.operations),
    environments: Array.isArray(read.environments) ? [...read.environments] : read.environments,
  }));
  const check = new Check();
  checkFree(check, name, Object.keys(PRESETS));
  const fields = check.fields('preset', own, PRESET);
  if (fields !== undefined) {
    checkDescription(check, 'preset.description', fields['description']);
    check.oneOf('preset.strategy', fields['strategy'] ?? null, [...strategies.keys()]);
    checkSettings(check, 'preset.settings', fields['settings']);
    checkOperations(check, 'preset.operations', fields['operations'], checkStrategy);
    checkEnvironments(check, fields['environments']);
  }
  check.done();
  presets.set(name, frozen(own));
}

function checkFree(check: Check, name: unknown, builtIn: readonly string[]): void {
  if (!check.name('name', name)) return;
  if (RESERVED.includes(name) || builtIn.includes(name)) check.refuse('name', 'is taken: it is built in', name);
}

function checkDescription(check: Check, path: string, description: unknown): void {
  const fits = typeof description === 'string' && description.length >= 1 && description.length <= 200;
  if (!fits) check.refuse(path, 'must be a string of 1 to 200 characters', description);
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
