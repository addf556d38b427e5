import type { DetectedEnvironment } from '../environment/index.js';
import { collectDefaults, isObject, type SettingInfo } from '../input/index.js';
import type { Configuration, ResolvedOperation } from './configuration.js';
import { isPart } from './flatten.js';
import { type Setting, type SettingTable, toTable } from './layers.js';
import { DEFAULTS, type ResolvedSettings, SETTING_PATHS } from './settings.js';

/** The effective settings of an operation, each with its origin. */
export interface EffectiveConfig {
  /**
   * The operation, by its own name if an alias was given; `undefined` for the settings of every operation that no layer
   * names.
   */
  readonly operation: string | undefined;
  /** The name of the preset; `none` without one. */
  readonly preset: string;
  /** The strategy that a config names for the operation; `undefined` if the preset's own settings apply. */
  readonly strategy: string | undefined;
  /** The environment by which `preset: 'auto'` is resolved. */
  readonly environment: DetectedEnvironment;
  /**
   * By path, such as `retry.maxAttempts`. A stage that is switched off has one path, `retry`, whose value is `false`. A
   * kind of failure lists the settings that a layer gives it, and those that differ from `retry`. A bound that was adjusted
   * to another setting has the origin of that setting.
   */
  readonly settings: Readonly<Record<string, Setting>>;
}

let defaults: SettingTable | undefined;

/** The table of defaults, built when settings are first read. Holds those of stages that are off by default, too. */
function readDefaults(): SettingTable {
  if (defaults !== undefined) return defaults;
  const all = new Map(toTable(DEFAULTS, { layer: 'library' }));
  for (const [stage, { part, info }] of SETTING_PATHS) {
    if (part === undefined || info.default !== false) continue;
    const inner = toTable(collectDefaults(part), { layer: 'library' });
    for (const [path, setting] of inner) all.set(`${stage}.${path}`, setting);
  }
  defaults = all;
  return all;
}

/** Builds the effective config of one operation, for people to read. */
export function buildEffectiveConfig(configuration: Configuration, operation: string | undefined): EffectiveConfig {
  const { preset, environment } = configuration;
  const name = operation === undefined ? undefined : (configuration.findAlias(operation) ?? operation);
  const resolved = configuration.forOperation(name);
  const read = createSettingReader(resolved);
  const settings: Record<string, Setting> = {};
  for (const path of [...listSettingPaths(resolved.table)].sort()) {
    const setting = read(path);
    if (setting !== undefined) settings[path] = setting;
  }
  return { operation: name, preset, strategy: resolved.strategy, environment, settings };
}

/** Returns every path at which an operation may have a setting. */
export function listSettingPaths(...all: readonly SettingTable[]): Set<string> {
  const paths = new Set(readDefaults().keys());
  for (const path of COMPUTED.keys()) paths.add(path);
  for (const table of all) for (const path of table.keys()) paths.add(path);
  paths.delete('strategy');
  return paths;
}

/** Creates a function that reads a setting by path: from a layer, computed from other settings, or the default. */
export function createSettingReader(resolved: ResolvedOperation): (path: string) => Setting | undefined {
  const { table } = resolved;
  const off: string[] = [];
  for (const path of new Set([...table.keys(), ...readDefaults().keys()])) {
    if ((table.get(path) ?? readDefaults().get(path))?.value === false) off.push(`${path}.`);
  }
  return (path) => {
    if (off.some((part) => path.startsWith(part))) return undefined;
    const setting = table.get(path) ?? findComputedSetting(resolved, path) ?? readDefaults().get(path);
    return setting?.value === true && isPart(path) ? undefined : setting;
  };
}

/** A setting that is computed from others if no layer sets it. Its paths are split once: a change reads thousands of them. */
interface ComputedSetting {
  readonly info: SettingInfo;
  /** The paths of the settings that it changes with; `undefined`: it may change with any. */
  readonly affectedBy: readonly string[] | undefined;
  readonly names: readonly string[];
  /** The path, by names, of the setting that it inherits from. */
  readonly inheritedNames: readonly string[] | undefined;
  /** The path of the setting beside it to which it gives way. */
  readonly besidePath: string | undefined;
}

/** The settings that are computed from others if no layer sets them, by path. */
export const COMPUTED: ReadonlyMap<string, ComputedSetting> = new Map(
  [...SETTING_PATHS]
    .filter(([, { info }]) => (info.computed ?? info.givesWayTo ?? info.inheritsFrom) !== undefined)
    .map(([path, { info }]) => [path, toComputed(path, info)]),
);

function toComputed(path: string, info: SettingInfo): ComputedSetting {
  const { inheritsFrom, givesWayTo } = info;
  const names = path.split('.');
  const name = names.at(-1) ?? path;
  return {
    info,
    // What is inherited changes with the setting of the same name, or with the one that makes room for it.
    affectedBy:
      inheritsFrom === undefined ? undefined : [name, givesWayTo ?? name].map((each) => `${inheritsFrom}.${each}`),
    names,
    inheritedNames: inheritsFrom === undefined ? undefined : [...inheritsFrom.split('.'), name],
    besidePath: givesWayTo === undefined ? undefined : path.slice(0, -name.length) + givesWayTo,
  };
}

/** Returns `undefined` for a setting that has the inherited value, or its default. */
function findComputedSetting({ table, effective }: ResolvedOperation, path: string): Setting | undefined {
  const computed = COMPUTED.get(path);
  if (computed === undefined) return undefined;
  const { info, names, inheritedNames, besidePath } = computed;
  const value = readResolved(effective, names);
  const inherited = inheritedNames === undefined ? info.default : readResolved(effective, inheritedNames);
  if (value === undefined || value === inherited) return undefined;
  const other = besidePath === undefined ? undefined : table.get(besidePath);
  return other?.value === value ? other : { value, layer: 'library' };
}

function readResolved(effective: ResolvedSettings, names: readonly string[]): unknown {
  let value: unknown = effective;
  for (const name of names) value = isObject(value) ? Reflect.get(value, name) : undefined;
  return value;
}
