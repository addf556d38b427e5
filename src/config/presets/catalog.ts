import {
  Check,
  copyOnce,
  type Declared,
  formatKeyPath,
  isArray,
  type Part,
  readOrRefuse,
  type Shape,
  setting,
} from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import {
  type ConfigInput,
  declareConfig,
  declareOperations,
  INSTEAD_OF_PRESET,
  type OperationInput,
} from '../document.js';
import { NO_FALLBACK, resolveSettings, SETTINGS } from '../settings.js';
import { PRESETS, type Preset, type PresetEnvironment } from './presets.js';
import { STRATEGIES, type Strategy } from './strategies.js';

/** Presets and strategies of your own, by the names under which configs refer to them. */
export interface OwnPresets<Presets extends string = string, Strategies extends string = string> {
  /** Presets beside the built-in ones. */
  readonly presets?: Readonly<Record<Presets, Preset>> | undefined;
  /** Strategies beside the built-in ones. */
  readonly strategies?: Readonly<Record<Strategies, Strategy>> | undefined;
}

/** The presets and strategies that a config may name, and the declaration of such a config. */
export class Catalog {
  readonly presets: Readonly<Record<string, Preset>>;
  readonly strategies: Readonly<Record<string, Strategy>>;
  #config: Part<ConfigInput> | undefined;
  #operations: Declared<NonNullable<ConfigInput['operations']>> | undefined;

  /** @param own valid presets and strategies. */
  constructor({ presets = {}, strategies = {} }: OwnPresets = {}) {
    this.presets = deepFreeze({ ...PRESETS, ...presets });
    this.strategies = deepFreeze({ ...STRATEGIES, ...strategies });
  }

  /** The declaration of a config. */
  get config(): Part<ConfigInput> {
    this.#config ??= declareConfig(this);
    return this.#config;
  }

  /** The declaration of `operations`, in a config and in a preset. */
  get operations(): Declared<NonNullable<ConfigInput['operations']>> {
    this.#operations ??= declareOperations(this);
    return this.#operations;
  }

  findPreset(name: string): Preset | undefined {
    return Object.hasOwn(this.presets, name) ? this.presets[name] : undefined;
  }

  findStrategy(name: string): Strategy | undefined {
    return Object.hasOwn(this.strategies, name) ? this.strategies[name] : undefined;
  }

  /** Checks the name of a preset, if present. */
  checkPreset(check: Check, path: string, name: unknown): void {
    check.settings(path, name, this.config.settings.preset);
  }

  /** Checks the name of a strategy, if present. */
  checkStrategy(check: Check, path: string, name: unknown): void {
    check.settings(path, name, this.config.settings.strategy);
  }
}

/** The presets and strategies of the library alone. */
export const BUILT_IN: Catalog = new Catalog();

/** What hints need to know of options that hold a config. */
export function describeOptions(): Shape {
  const config = setting(BUILT_IN.config, { description: '', advice: 'Write a config, such as { defaults: {} }.' });
  return { settings: { config }, info: { elsewhere: { fallback: NO_FALLBACK } } };
}

/**
 * Reads a user's own presets and strategies once, and checks them. A preset may name one of the strategies.
 *
 * @throws {ConfigurationError} listing every issue. The names of built-in ones are taken.
 */
export function createCatalog(given: OwnPresets | null | undefined): Catalog {
  const { presets, strategies } = readOrRefuse('options', given, () => ({ ...given }));
  if (presets === undefined && strategies === undefined) return BUILT_IN;
  const check = new Check();
  const own = { strategies: copyOnce('options.strategies', strategies ?? {}), presets: copyPresets(presets ?? {}) };
  for (const [name, strategy] of listEntries(check, 'options.strategies', own.strategies)) {
    const path = formatKeyPath('options.strategies', name);
    checkFree(check, path, name, STRATEGIES);
    checkStrategy(check, path, strategy);
  }
  check.throwIfInvalid();
  const catalog = new Catalog({ strategies: own.strategies });
  for (const [name, preset] of listEntries(check, 'options.presets', own.presets)) {
    const path = formatKeyPath('options.presets', name);
    checkFree(check, path, name, PRESETS);
    if (checkPreset(check, path, preset, catalog)) checkPresetConflicts(check, path, preset);
  }
  check.throwIfInvalid();
  return new Catalog(own);
}

/**
 * Returns every preset by name, the built-in ones first.
 *
 * @example
 * ```ts
 * Object.keys(listPresets()); // ['simple', 'development', 'production', ...]
 * ```
 *
 * @throws {ConfigurationError} if one of your own is not valid.
 */
export function listPresets(own: OwnPresets = {}): Readonly<Record<string, Preset>> {
  return createCatalog(own).presets;
}

/**
 * Returns every strategy by name, the built-in ones first.
 *
 * @example
 * ```ts
 * listStrategies()['critical']?.description;
 * ```
 *
 * @throws {ConfigurationError} if one of your own is not valid.
 */
export function listStrategies(own: OwnPresets = {}): Readonly<Record<string, Strategy>> {
  return createCatalog(own).strategies;
}

/** Refuses a name that is not valid, or that is built in. */
export function checkFree(check: Check, path: string, name: unknown, builtIn: object): void {
  if (!check.name(path, name)) return;
  const isTaken = Object.hasOwn(INSTEAD_OF_PRESET, name) || Object.hasOwn(builtIn, name);
  if (isTaken) check.addIssue(path, 'is taken: it is built in', name);
}

const PRESET = ['description', 'strategy', 'settings', 'operations', 'environments'];

/** Checks each value of a preset. Returns false if any is wrong. `besides` are fields that the caller checks. */
export function checkPreset(
  check: Check,
  path: string,
  value: unknown,
  catalog: Catalog,
  besides: readonly string[] = [],
): value is Preset {
  const before = check.issues.length;
  const fields = check.fields(path, value, [...besides, ...PRESET]);
  if (fields === undefined) return false;
  const { description, strategy, settings, operations, environments } = fields;
  checkDescription(check, `${path}.description`, description);
  check.oneOf(`${path}.strategy`, strategy ?? null, Object.keys(catalog.strategies));
  check.settings(`${path}.settings`, settings, SETTINGS);
  check.settings(`${path}.operations`, operations, catalog.operations);
  checkEnvironments(check, `${path}.environments`, environments);
  return check.issues.length === before;
}

/** Checks that the values of a preset do not contradict each other. */
export function checkPresetConflicts(check: Check, path: string, { settings, operations }: Preset): void {
  resolveSettings(check, `${path}.settings`, settings);
  for (const [name, operation] of Object.entries(operations)) {
    const place = `${path}.operations.${name}`;
    resolveSettings(check, place, operation);
    checkAlias(check, `${place}.alias`, name, operation.alias, operations);
  }
}

function checkStrategy(check: Check, path: string, value: Strategy): void {
  const before = check.issues.length;
  const fields = check.fields(path, value, ['description', 'settings']);
  if (fields === undefined) return;
  checkDescription(check, `${path}.description`, fields['description']);
  check.settings(`${path}.settings`, fields['settings'], SETTINGS);
  if (check.issues.length === before) resolveSettings(check, `${path}.settings`, value.settings);
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
    check.addIssue(path, 'must be the name of an operation, not another alias', alias);
  }
}

function checkDescription(check: Check, path: string, description: unknown): void {
  const fits = typeof description === 'string' && description.length >= 1 && description.length <= 200;
  if (!fits) check.addIssue(path, 'must be a string of 1 to 200 characters', description);
}

const ENVIRONMENTS: readonly PresetEnvironment[] = ['development', 'testing', 'staging', 'production'];

function checkEnvironments(check: Check, path: string, environments: unknown): void {
  if (!isArray(environments) || environments.length === 0) {
    check.addIssue(path, `must be a list of at least one of ${ENVIRONMENTS.join(', ')}`, environments);
    return;
  }
  for (const [index, each] of environments.entries()) check.oneOf(`${path}[${index}]`, each ?? null, ENVIRONMENTS);
  if (new Set(environments).size < environments.length)
    check.addIssue(path, 'must name each environment once', environments);
}

/** The lists in presets are copied too. */
function copyPresets(given: NonNullable<OwnPresets['presets']>): NonNullable<OwnPresets['presets']> {
  const own = copyOnce('options.presets', given);
  if (own === given) return own;
  return Object.fromEntries(Object.entries(own).map(([name, preset]) => [name, copyList(name, preset)]));
}

function copyList(name: string, preset: Preset): Preset {
  const environments: unknown = typeof preset === 'object' && preset !== null ? preset.environments : undefined;
  if (!isArray(environments)) return preset;
  const path = `${formatKeyPath('options.presets', name)}.environments`;
  return { ...preset, environments: readOrRefuse(path, environments, () => [...preset.environments]) };
}

function listEntries<T>(check: Check, path: string, named: Readonly<Record<string, T>>): [string, T][] {
  return check.record(path, named) === undefined ? [] : Object.entries(named);
}
