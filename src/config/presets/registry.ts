import type { Check } from '../../input/index.js';
import { deepFreeze } from '../../runtime/index.js';
import { PRESETS, type Preset } from './presets.js';
import { STRATEGIES, type Strategy } from './strategies.js';

/** What stands for a preset without being one. */
export const INSTEAD_OF_PRESET: readonly string[] = ['auto', 'none'];

const strategies = new Map<string, Strategy>(Object.entries(deepFreeze(STRATEGIES)));
const presets = new Map<string, Preset>(Object.entries(deepFreeze(PRESETS)));

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

/** Refuses what is no name of a preset, nor stands for one. Absent is fine. */
export function checkPresetName(check: Check, path: string, name: unknown): void {
  if (name !== undefined && check.name(path, name)) check.oneOf(path, name, [...INSTEAD_OF_PRESET, ...presets.keys()]);
}

/** Refuses what is no name of a strategy. Absent is fine. */
export function checkStrategyName(check: Check, path: string, name: unknown): void {
  if (name !== undefined && check.name(path, name)) check.oneOf(path, name, [...strategies.keys()]);
}

/** Makes a strategy known, which has been checked. */
export function addStrategy(name: string, strategy: Strategy): void {
  strategies.set(name, deepFreeze(strategy));
}

/** Makes a preset known, which has been checked. */
export function addPreset(name: string, preset: Preset): void {
  presets.set(name, deepFreeze(preset));
}
