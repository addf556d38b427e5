import type { DetectedEnvironment } from '../environment/index.js';
import type { Configuration, ResolvedOperation } from './configuration.js';
import { type Setting, type Settled, settledOf } from './layers.js';
import { isPart } from './leaves.js';
import { LIBRARY } from './library.js';
import type { ResolvedSettings } from './settings.js';

/** The settings in force, each with where it came from. */
export interface EffectiveConfig {
  /**
   * The operation, by its own name where an alias was asked for; `undefined` for the settings of all those that nobody
   * names.
   */
  readonly operation: string | undefined;
  /** The preset in force; `none` when there is none. */
  readonly preset: string;
  /** The strategy that was named for it; `undefined` when the preset's own settings hold. */
  readonly strategy: string | undefined;
  /** What `preset: 'auto'` goes by. */
  readonly environment: DetectedEnvironment;
  /** By path, such as `retry.maxAttempts`. A stage that is switched off has one path, `retry`, whose value is `false`. */
  readonly settings: Readonly<Record<string, Setting>>;
}

let defaults: Settled | undefined;

/** The library's own settings, read into only when somebody asks what is in force. */
function ofLibrary(): Settled {
  defaults ??= settledOf(LIBRARY, { layer: 'library' });
  return defaults;
}

/** The effective settings of one operation, for people to read. */
export function effectiveConfig(configuration: Configuration, operation: string | undefined): EffectiveConfig {
  const { preset, environment } = configuration;
  const name = operation === undefined ? undefined : (configuration.aliasOf(operation) ?? operation);
  const resolved = configuration.of(name);
  const read = settingReader(resolved);
  const settings: Record<string, Setting> = {};
  for (const path of [...settingPaths(resolved.settled)].sort()) {
    const setting = read(path);
    if (setting !== undefined) settings[path] = setting;
  }
  return { operation: name, preset, strategy: resolved.strategy, environment, settings };
}

/** Every path at which an operation may have a setting. */
export function settingPaths(...all: readonly Settled[]): Set<string> {
  const paths = new Set(ofLibrary().keys());
  for (const path of DERIVED.keys()) paths.add(path);
  for (const settled of all) for (const path of settled.keys()) paths.add(path);
  paths.delete('strategy');
  return paths;
}

/** Reads the settings of an operation by their paths: what somebody gave, what follows from it, or the library's own. */
export function settingReader({ settled, effective }: ResolvedOperation): (path: string) => Setting | undefined {
  const off: string[] = [];
  for (const [path, { value }] of settled) if (value === false) off.push(`${path}.`);
  return (path) => {
    if (off.some((part) => path.startsWith(part))) return undefined;
    const setting = settled.get(path) ?? derived(effective, path) ?? ofLibrary().get(path);
    return setting?.value === true && isPart(path) ? undefined : setting;
  };
}

/** What follows from other settings when nobody gives it. */
export const DERIVED: ReadonlyMap<string, (settings: ResolvedSettings) => unknown> = new Map([
  ['retry.maxElapsedMs', ({ retry }: ResolvedSettings) => retry !== false && retry.maxElapsedMs],
  [
    'retry.budget.burst',
    ({ retry }: ResolvedSettings) => retry !== false && retry.budget !== false && retry.budget.burst,
  ],
  ['breaker.openMaxMs', ({ breaker }: ResolvedSettings) => breaker !== false && breaker.openMaxMs],
  ['breaker.trialLeaseMs', ({ breaker }: ResolvedSettings) => breaker !== false && breaker.trialLeaseMs],
]);

function derived(effective: ResolvedSettings, path: string): Setting | undefined {
  const value = DERIVED.get(path)?.(effective);
  return value === undefined ? undefined : { value, layer: 'library' };
}
