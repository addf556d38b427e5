import { isDeepStrictEqual } from 'node:util';
import { findChanges as findSettingChanges, type SettingChange } from '../config/change.js';
import { Configuration } from '../config/configuration.js';
import type { ConfigInput } from '../config/document.js';
import { buildEffectiveConfig } from '../config/effective-config.js';
import { validateConfig } from '../config/validation/index.js';
import { type Fields, isObject } from '../input/index.js';
import type { MigrationDifference } from './migration.js';

/** The effective values of a config by path. It names its preset, so the environment has no influence. */
export function resolveValues(config: ConfigInput): Fields {
  const { settings } = buildEffectiveConfig(Configuration.single(config), undefined);
  return Object.fromEntries(
    Object.entries(settings).flatMap(([path, { value }]) => [[path, value], ...splitValue(path, value)]),
  );
}

/** Values that are one setting as a whole, such as `breaker.trip`, by the paths of their parts. */
function splitValue(path: string, value: unknown): (readonly [string, unknown])[] {
  return isObject(value) ? Object.entries(value).map(([name, part]) => [`${path}.${name}`, part] as const) : [];
}

/** The warnings of the linter about a config, each as one line. */
export function findRisks(config: ConfigInput): string[] {
  return validateConfig(config).warnings.map(({ path, message, suggestion }) =>
    [`${path} ${message}.`, suggestion].filter((part) => part !== undefined).join(' '),
  );
}

/** The effective settings that differ between a config and its preset: of all operations, then of each one it names. */
export function findDifferences(config: ConfigInput): MigrationDifference[] {
  return findEffects({ preset: config.preset }, config);
}

/**
 * The effective settings that differ between what the old settings did and a config, operations of the preset among
 * them. A difference that all operations share is listed once.
 */
export function findChanges(old: ConfigInput, config: ConfigInput): MigrationDifference[] {
  const [before, after] = [Configuration.single(old), Configuration.single(config)];
  const names = [...after.mentioned].filter((name) => after.findAlias(name) === undefined);
  const changes = compare(before, after, names);
  const shared = changes.filter(({ operation }) => operation === undefined);
  return changes.filter(
    ({ operation, ...own }) => operation === undefined || !shared.some((each) => isDeepStrictEqual(each, own)),
  );
}

/** The effective settings that differ between two configs, each of which names its preset. */
export function findEffects(from: ConfigInput, to: ConfigInput): MigrationDifference[] {
  const [before, after] = [Configuration.single(from), Configuration.single(to)];
  return compare(before, after, after.names);
}

function compare(before: Configuration, after: Configuration, operations: readonly string[]): MigrationDifference[] {
  // If an alias of the preset has its own settings now, these are the differences.
  const changes = findSettingChanges(before, after).filter(({ path }) => path !== 'alias');
  return [undefined, ...operations].flatMap((operation) => {
    const own = changes.filter((change) => change.operation === operation);
    // A stage that is switched on or off is one difference, whatever else is in it.
    const switched = own.filter(isSwitch).map(({ path }) => `${path}.`);
    return own
      .filter(({ path }) => !switched.some((stage) => path.startsWith(stage)))
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
