import type { Check } from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import { PRESETS, type Preset } from './presets.js';
import { STRATEGIES, type Strategy } from './strategies.js';

/** The presets and strategies that a config may name. */
export interface Catalog {
  readonly presets: Readonly<Record<string, Preset>>;
  readonly strategies: Readonly<Record<string, Strategy>>;
}

let catalog: Catalog = deepFreeze({ presets: { ...PRESETS }, strategies: { ...STRATEGIES } });

/** Everything that is known at the moment. */
export function currentCatalog(): Catalog {
  return catalog;
}

/** The strategy of a name, those that were registered among them. */
export function findStrategy(name: string): Strategy | undefined {
  return Object.hasOwn(catalog.strategies, name) ? catalog.strategies[name] : undefined;
}

/** The preset of a name, those that were registered among them. */
export function findPreset(name: string): Preset | undefined {
  return Object.hasOwn(catalog.presets, name) ? catalog.presets[name] : undefined;
}

/** Every strategy by its name: those that are built in first. */
export function listStrategies(): Readonly<Record<string, Strategy>> {
  return catalog.strategies;
}

/** Every preset by its name: those that are built in first. */
export function listPresets(): Readonly<Record<string, Preset>> {
  return catalog.presets;
}

/** Makes a strategy known, which has been checked. */
export function addStrategy(name: string, strategy: Strategy): void {
  catalog = deepFreeze({ ...catalog, strategies: { ...catalog.strategies, [name]: strategy } });
}

/** Makes a preset known, which has been checked. */
export function addPreset(name: string, preset: Preset): void {
  catalog = deepFreeze({ ...catalog, presets: { ...catalog.presets, [name]: preset } });
}

/** Checks the name of a strategy, if present. */
export function checkStrategyName(check: Check, path: string, name: unknown): void {
  if (name !== undefined && check.name(path, name)) check.oneOf(path, name, Object.keys(catalog.strategies));
}
