import { changesBetween, type SettingChange } from '../config/change.js';
import type { Configuration } from '../config/configuration.js';
import type { MigrationDifference } from './result.js';

/** What a configuration changes of its preset alone: for all operations, and for each one that it names. */
export function differences(alone: Configuration, migrated: Configuration): MigrationDifference[] {
  // What is an operation of its own now has settings to tell of, and its old name is none of them.
  const changes = changesBetween(alone, migrated).filter(({ path }) => path !== 'alias');
  return [undefined, ...migrated.names].flatMap((operation) => {
    const own = changes.filter((change) => change.operation === operation);
    // Of a stage that is on in one and off in the other, the switch says it all.
    const switched = own.filter(isSwitch).map(({ path }) => `${path}.`);
    return own
      .filter(({ path }) => !switched.some((part) => path.startsWith(part)))
      .sort((one, other) => (one.path < other.path ? -1 : 1))
      .map(({ path, from, to }) => ({
        ...(operation === undefined ? {} : { operation }),
        setting: path,
        from: from === undefined && to?.value === false ? true : from?.value,
        to: to === undefined && from?.value === false ? true : to?.value,
      }));
  });
}

function isSwitch({ from, to }: SettingChange): boolean {
  return from?.value === false || to?.value === false;
}
