import { isDeepStrictEqual } from 'node:util';
import type { Configuration } from '../configuration.js';
import { type SettingsByPath, settingsByPath } from './effective.js';
import type { MigrationDifference } from './result.js';

/** What a configuration changes of its preset alone: for all operations, and for each one that it names. */
export function differences(alone: Configuration, migrated: Configuration): MigrationDifference[] {
  const found = between(settingsByPath(alone), settingsByPath(migrated));
  for (const operation of migrated.names) {
    const own = between(settingsByPath(alone, operation), settingsByPath(migrated, operation));
    found.push(...own.map((difference) => ({ operation, ...difference })));
  }
  return found;
}

function between(before: SettingsByPath, after: SettingsByPath): MigrationDifference[] {
  const paths = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return paths.flatMap((setting) => {
    // Of a stage that is on in one and off in the other, the switch says it all.
    if (isOff(parentsOf(setting), before) || isOff(parentsOf(setting), after)) return [];
    const [from, to] = [sideOf(setting, before, after), sideOf(setting, after, before)];
    return isDeepStrictEqual(from, to) ? [] : [{ setting, from, to }];
  });
}

/** The value of a setting; `true` for a stage that is off in the other, and only its parts tell that it is on here. */
function sideOf(path: string, settings: SettingsByPath, others: SettingsByPath): unknown {
  const value = settings[path]?.value;
  return value === undefined && others[path]?.value === false ? true : value;
}

function isOff(paths: readonly string[], settings: SettingsByPath): boolean {
  return paths.some((path) => settings[path]?.value === false);
}

function parentsOf(path: string): string[] {
  const names = path.split('.');
  return names.slice(1).map((_, index) => names.slice(0, index + 1).join('.'));
}
