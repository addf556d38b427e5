import type { Configuration, ResolvedOperation } from './configuration.js';
import { COMPUTED, settingPaths, settingReader } from './effective-config.js';
import { isPart } from './flatten.js';
import type { DocumentLayer, Setting } from './layers.js';

/** One setting that is no longer what it was. */
export interface SettingChange {
  /** The operation; `undefined` for every operation that no layer names. */
  readonly operation: string | undefined;
  /** Which setting, such as `retry.maxAttempts`. */
  readonly path: string;
  /** `undefined`: there was none, since its stage was switched off. */
  readonly from: Setting | undefined;
  /** `undefined`: there is none any more. */
  readonly to: Setting | undefined;
}

/** What a change of the configuration does, or would do. */
export interface ConfigChange {
  /** `false` when it was only asked what it would do. */
  readonly applied: boolean;
  /** When, in milliseconds since 1970. */
  readonly at: number;
  /** Which layer was changed. */
  readonly layer: DocumentLayer;
  /** The `actor` of the change, if one was given. */
  readonly actor?: string;
  /** Why, where that was said. */
  readonly reason?: string;
  readonly preset: { readonly from: string; readonly to: string };
  /** Every effective value that changes, and for each one where it came from and comes from. */
  readonly changes: readonly SettingChange[];
}

/** Every effective value that is different. */
export function changesBetween(from: Configuration, to: Configuration): SettingChange[] {
  const names = new Set<string | undefined>([undefined, ...from.mentioned, ...to.mentioned]);
  return [...names].flatMap((name) => changesOf(name, from, to));
}

function changesOf(operation: string | undefined, from: Configuration, to: Configuration): SettingChange[] {
  const names = aliasChange(operation, from, to);
  // What has no settings of its own changes with what it names.
  if (operation !== undefined && to.aliasOf(operation) !== undefined) return names;
  return [...names, ...settingChanges(operation, from.forOperation(operation), to.forOperation(operation))];
}

function settingChanges(
  operation: string | undefined,
  one: ResolvedOperation,
  other: ResolvedOperation,
): SettingChange[] {
  const paths = changeablePaths(one, other);
  if (paths.size === 0) return [];
  const before = settingReader(one);
  const after = settingReader(other);
  const changes: SettingChange[] = [];
  for (const path of paths) {
    const from = before(path);
    const to = after(path);
    if (!isSame(from?.value, to?.value)) changes.push({ operation, path, from, to });
  }
  return changes;
}

/** Most changes leave most settings as they are: those need no working out of what follows from what. */
function changeablePaths({ table: one }: ResolvedOperation, { table: other }: ResolvedOperation): ReadonlySet<string> {
  const paths = new Set<string>();
  for (const [path, { value }] of one) if (!isSame(value, other.get(path)?.value)) paths.add(path);
  for (const path of other.keys()) if (!one.has(path)) paths.add(path);
  if (paths.size === 0) return paths;
  for (const path of paths) if (isPart(path)) return settingPaths(one, other);
  for (const path of COMPUTED) paths.add(path);
  paths.delete('strategy');
  return paths;
}

function aliasChange(operation: string | undefined, from: Configuration, to: Configuration): SettingChange[] {
  if (operation === undefined) return [];
  const before = from.aliasSettingOf(operation);
  const after = to.aliasSettingOf(operation);
  return before?.value === after?.value ? [] : [{ operation, path: 'alias', from: before, to: after }];
}

/** Values are plain; the only ones with something in them are rules that are taken as a whole. */
function isSame(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  const isWhole = typeof one === 'object' && typeof other === 'object';
  return isWhole && JSON.stringify(one) === JSON.stringify(other);
}
