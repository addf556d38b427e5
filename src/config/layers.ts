import { flatten } from './flatten.js';

/** Where a setting can come from, the weakest first. */
export const LAYERS = ['library', 'preset', 'strategy', 'file', 'environment', 'code', 'runtime', 'call'] as const;

/**
 * Where a setting comes from: built into the library, a preset, a strategy, a watched file, the environment
 * (`HOLDFAST_PRESET`, `HOLDFAST_CONFIG`), the options of `createResilience()`, `configure()`, or the settings of one call.
 */
export type Layer = (typeof LAYERS)[number];

/** The layers that hold a config each. */
export type DocumentLayer = 'file' | 'environment' | 'code' | 'runtime';

/** Where one setting comes from. */
export interface Origin {
  readonly layer: Layer;
  /** The name of the preset or strategy. */
  readonly name?: string;
}

/** A setting, and where it comes from. */
export interface Setting extends Origin {
  readonly value: unknown;
}

/** Settings by their paths, each with where it comes from. See `flatten.ts` for the paths. */
export type SettingTable = ReadonlyMap<string, Setting>;

/** Settings, which have been checked, with where they come from. */
export function toTable(settings: object, origin: Origin): SettingTable {
  const table = new Map<string, Setting>();
  // Whoever asks where a setting comes from is given this very object, and must not change the setting by it.
  for (const [path, value] of flatten(settings)) table.set(path, Object.freeze({ value, ...origin }));
  return table;
}

/** Lays settings over each other, the weakest first: each path holds what the last one says that names it. */
export function overlay(lowest: SettingTable, ...others: readonly SettingTable[]): Map<string, Setting> {
  const table = new Map(lowest);
  for (const above of others) for (const [path, setting] of above) table.set(path, setting);
  return table;
}

/** How strong a layer is. */
export function precedence({ layer }: Origin): number {
  return LAYERS.indexOf(layer);
}
