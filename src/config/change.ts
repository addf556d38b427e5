import type { Configuration, ResolvedOperation } from './configuration.js';
import { COMPUTED, createSettingReader, listSettingPaths } from './effective-config.js';
import type { DocumentLayer, Setting } from './layers.js';
import { SETTING_PATHS } from './settings.js';

/** A setting whose effective value changes. */
export interface SettingChange {
  /** The operation; `undefined` for every operation that no layer names. */
  readonly operation: string | undefined;
  /** The path of the setting, such as `retry.maxAttempts`. */
  readonly path: string;
  /** The setting before; `undefined` if its stage was off, or if the kind of failure had the settings of `retry`. */
  readonly from: Setting | undefined;
  /** The setting after; `undefined` if its stage is off, or if the kind of failure has the settings of `retry`. */
  readonly to: Setting | undefined;
}

/** What a change of the configuration does, or would do. */
export interface ConfigChange {
  /** False for a dry run. */
  readonly applied: boolean;
  /** Time of the change, in milliseconds since 1970. */
  readonly at: number;
  /** The layer that was changed. */
  readonly layer: DocumentLayer;
  /** The `actor` of the change, if one was given. */
  readonly actor?: string;
  /** The `reason` of the change, if one was given. */
  readonly reason?: string;
  readonly preset: { readonly from: string; readonly to: string };
  /** Every effective value that changes, each with its origin before and after. */
  readonly changes: readonly SettingChange[];
}

/** Finds every effective value that differs between two configurations. */
export function findChanges(from: Configuration, to: Configuration): SettingChange[] {
  const names = new Set<string | undefined>([undefined, ...from.mentioned, ...to.mentioned]);
  return [...names].flatMap((name) => findOperationChanges(name, from, to));
}

function findOperationChanges(operation: string | undefined, from: Configuration, to: Configuration): SettingChange[] {
  const names = findAliasChange(operation, from, to);
  // An alias has no settings.
  if (operation !== undefined && to.findAlias(operation) !== undefined) return names;
  return [...names, ...findSettingChanges(operation, from.forOperation(operation), to.forOperation(operation))];
}

function findSettingChanges(
  operation: string | undefined,
  one: ResolvedOperation,
  other: ResolvedOperation,
): SettingChange[] {
  const paths = collectChangeablePaths(one, other);
  if (paths.size === 0) return [];
  const before = createSettingReader(one);
  const after = createSettingReader(other);
  const changes: SettingChange[] = [];
  for (const path of paths) {
    const from = before(path);
    const to = after(path);
    if (!isSame(from?.value, to?.value)) changes.push({ operation, path, from, to });
  }
  return changes;
}

/** Returns the paths whose values can differ. Most changes are small, and computed settings are costly to compare. */
function collectChangeablePaths(
  { table: one }: ResolvedOperation,
  { table: other }: ResolvedOperation,
): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const [path, { value }] of one) if (!isSame(value, other.get(path)?.value)) paths.add(path);
  for (const path of other.keys()) if (!one.has(path)) paths.add(path);
  if (paths.size === 0) return paths;
  // What is switched on brings its defaults, as `concurrency.adaptive: true` does.
  for (const path of paths) if (SETTING_PATHS.get(path)?.part !== undefined) return listSettingPaths(one, other);
  const changed = new Set(paths);
  for (const [path, { affectedBy }] of COMPUTED) {
    if (affectedBy === undefined || affectedBy.some((each) => changed.has(each))) paths.add(path);
  }
  paths.delete('strategy');
  return paths;
}

function findAliasChange(operation: string | undefined, from: Configuration, to: Configuration): SettingChange[] {
  if (operation === undefined) return [];
  const before = from.findAliasSetting(operation);
  const after = to.findAliasSetting(operation);
  return before?.value === after?.value ? [] : [{ operation, path: 'alias', from: before, to: after }];
}

/** Values are plain data; the only objects are parts that layers replace as a whole. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const isWhole = typeof one === 'object' && typeof other === 'object';
  return isWhole && JSON.stringify(one) === JSON.stringify(other);
}
