import { flatten } from './flatten.js';

/** Where a setting can come from, in ascending precedence. */
export const LAYERS = ['library', 'preset', 'strategy', 'file', 'environment', 'code', 'runtime', 'call'] as const;

/**
 * Where a setting comes from: built into the library, a preset, a strategy, a watched file, the environment
 * (`HOLDFAST_PRESET`, `HOLDFAST_CONFIG`), the options of `createResilience()`, `configure()`, or the settings of one call.
 */
export type Layer = (typeof LAYERS)[number];

/** The layers that each hold a config. */
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

/** Converts valid settings to a table in which each has its origin. */
export function toTable(settings: object, origin: Origin): SettingTable {
  const table = new Map<string, Setting>();
  // Frozen, because these objects are returned to users.
  for (const [path, value] of flatten(settings)) table.set(path, Object.freeze({ value, ...origin }));
  return table;
}

/** Overlays tables, in ascending precedence: at each path, the last table that holds it wins. */
export function overlay(lowest: SettingTable, ...others: readonly SettingTable[]): Map<string, Setting> {
  const table = new Map(lowest);
  for (const above of others) for (const [path, setting] of above) table.set(path, setting);
  return table;
}

/** The precedence of a layer: the higher one wins. */
export function computePrecedence({ layer }: Origin): number {
  return LAYERS.indexOf(layer);
}
