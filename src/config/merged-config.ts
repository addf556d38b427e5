import type { ConfigInput } from './document.js';
import { type DocumentLayer, type Origin, overlay, type Setting, type SettingTable, toTable } from './layers.js';

/** One config, or several merged, each value with the layer that it comes from. */
export interface MergedConfig {
  /** The name of the preset. */
  readonly preset: Setting | undefined;
  readonly strategy: Setting | undefined;
  readonly defaults: SettingTable;
  /** By name; `strategy` and `alias` of an operation are among its paths. */
  readonly operations: ReadonlyMap<string, SettingTable>;
}

/** A config without settings. */
export const EMPTY_CONFIG: MergedConfig = {
  preset: undefined,
  strategy: undefined,
  defaults: new Map(),
  operations: new Map(),
};

/** Converts a valid config. */
export function toMergedConfig(
  { preset, strategy, defaults = {}, operations = {} }: ConfigInput,
  layer: DocumentLayer,
): MergedConfig {
  const origin: Origin = { layer };
  return {
    preset: preset === undefined ? undefined : { value: preset, ...origin },
    strategy: strategy === undefined ? undefined : { value: strategy, ...origin },
    defaults: toTable(defaults, origin),
    operations: new Map(Object.entries(operations).map(([name, own]) => [name, toTable(own, origin)])),
  };
}

/** Overlays two configs. Where both set a value, the upper one wins. */
export function overlayConfigs(below: MergedConfig, above: MergedConfig): MergedConfig {
  if (below === EMPTY_CONFIG) return above;
  if (above === EMPTY_CONFIG) return below;
  const operations = new Map(below.operations);
  for (const [name, own] of above.operations) {
    const other = operations.get(name);
    operations.set(name, other === undefined ? own : overlay(other, own));
  }
  return {
    preset: above.preset ?? below.preset,
    strategy: above.strategy ?? below.strategy,
    defaults: overlay(below.defaults, above.defaults),
    operations,
  };
}
