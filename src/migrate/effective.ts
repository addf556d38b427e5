import { Configuration } from '../config/configuration.js';
import type { ConfigInput } from '../config/document.js';
import { effectiveConfig } from '../config/effective-config.js';
import type { Setting } from '../config/layers.js';
import { parseDocument } from '../config/parse-document.js';

/** Settings by their paths. */
export type SettingsByPath = Readonly<Record<string, Setting>>;

/**
 * What a config comes to when nothing else says anything. It names its preset, so that the environment has no say.
 *
 * @throws {ConfigurationError} when it is no config.
 */
export function configurationOf(config: ConfigInput): Configuration {
  return Configuration.single(parseDocument('config', config));
}

/** The settings in force of one operation; without a name, of all that nobody names. */
export function settingsByPath(configuration: Configuration, operation?: string): SettingsByPath {
  return effectiveConfig(configuration, operation).settings;
}

/** A number among settings; `undefined` when there is none, since its stage is off or it is switched off itself. */
export function numberAt(settings: SettingsByPath, path: string): number | undefined {
  const value = settings[path]?.value;
  return typeof value === 'number' ? value : undefined;
}

/** After how many failures in a row the breaker opens; `undefined` when it goes by something else. */
export function failuresAt(settings: SettingsByPath): number | undefined {
  const trip = settings['breaker.trip']?.value;
  if (typeof trip !== 'object' || trip === null || !('consecutiveFailures' in trip)) return undefined;
  return typeof trip.consecutiveFailures === 'number' ? trip.consecutiveFailures : undefined;
}
