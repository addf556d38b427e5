import type { ConfigInput } from './document.js';
import { type DocumentLayer, laidOver, type Origin, type Setting, type Settled, settledOf } from './layers.js';

/** One config or several of them laid over each other, each value with the layer that it came from. */
export interface Merged {
  /** The preset asked for. */
  readonly preset: Setting | undefined;
  readonly strategy: Setting | undefined;
  readonly defaults: Settled;
  /** By name; `strategy` and `alias` of an operation are among its paths. */
  readonly operations: ReadonlyMap<string, Settled>;
}

/** What a config without anything in it says. */
export const EMPTY: Merged = { preset: undefined, strategy: undefined, defaults: new Map(), operations: new Map() };

/** The values of one config, which has been checked. */
export function mergedFrom(
  { preset, strategy, defaults = {}, operations = {} }: ConfigInput,
  layer: DocumentLayer,
): Merged {
  const origin: Origin = { layer };
  return {
    preset: preset === undefined ? undefined : { value: preset, ...origin },
    strategy: strategy === undefined ? undefined : { value: strategy, ...origin },
    defaults: settledOf(defaults, origin),
    operations: new Map(Object.entries(operations).map(([name, own]) => [name, settledOf(own, origin)])),
  };
}

/** Lays one over the other. Where both say something, the upper one holds. */
export function merge(below: Merged, above: Merged): Merged {
  if (below === EMPTY) return above;
  if (above === EMPTY) return below;
  const operations = new Map(below.operations);
  for (const [name, own] of above.operations) {
    const other = operations.get(name);
    operations.set(name, other === undefined ? own : laidOver(other, own));
  }
  return {
    preset: above.preset ?? below.preset,
    strategy: above.strategy ?? below.strategy,
    defaults: laidOver(below.defaults, above.defaults),
    operations,
  };
}
