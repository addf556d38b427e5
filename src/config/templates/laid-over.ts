import type { ConfigInput, OperationInput } from '../document.js';
import { settingsFrom } from '../flatten.js';
import type { Settled } from '../layers.js';
import { merge, mergedFrom } from '../merged.js';

/** One config laid over another, as one config. Both must have been checked. */
export function configLaidOver(below: ConfigInput, above: ConfigInput): ConfigInput {
  const { preset, strategy, defaults, operations } = merge(mergedFrom(below, 'code'), mergedFrom(above, 'code'));
  const schema = above.$schema ?? below.$schema;
  return {
    ...(schema === undefined ? {} : { $schema: schema }),
    ...(preset === undefined ? {} : { preset: String(preset.value) }),
    ...(strategy === undefined ? {} : { strategy: String(strategy.value) }),
    defaults: settingsFrom(defaults),
    operations: Object.fromEntries([...operations].map(([name, own]) => [name, operationFrom(own)])),
  };
}

/** What is an alias in one of them has nothing else. */
function operationFrom(own: Settled): OperationInput {
  const { alias, strategy } = { alias: textAt(own, 'alias'), strategy: textAt(own, 'strategy') };
  return {
    ...(alias === undefined ? {} : { alias }),
    ...(strategy === undefined ? {} : { strategy }),
    ...settingsFrom(own),
  };
}

function textAt(own: Settled, path: string): string | undefined {
  const value = own.get(path)?.value;
  return typeof value === 'string' ? value : undefined;
}
