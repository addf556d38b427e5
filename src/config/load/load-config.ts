import type { DetectedEnvironment } from '../../environment/environment.js';
import { Check, readOnce } from '../../input/index.js';
import type { Configuration } from '../configuration.js';
import { type EffectiveConfig, effectiveConfig } from '../effective-config.js';
import type { DocumentLayer } from '../layers.js';
import { isPath } from './file.js';
import { type LoadOptions, resolveLayers } from './resolve-layers.js';
import { misspelledVariables } from './variables.js';

/** A configuration as it would be in force. */
export interface LoadedConfig {
  /** The preset in force; `none` when there is none. */
  readonly preset: string;
  /** What `preset: 'auto'` goes by. */
  readonly environment: DetectedEnvironment;
  /** The layers that say something, the weakest first. */
  readonly layers: readonly DocumentLayer[];
  /** The operations that some layer names, without their other names. */
  readonly operations: readonly string[];
  /** Sentences about what is no error and was hardly meant, such as a variable HOLDFAST_PRESETS. */
  readonly warnings: readonly string[];
  /**
   * The settings of an operation, each with the layer that it comes from; without a name, those of all that nobody
   * names.
   *
   * @throws {ConfigurationError} when it is no name.
   */
  explain(operation?: string): EffectiveConfig;
}

const OPTIONS = ['file', 'config', 'preset', 'environment', 'presets', 'strategies'];

/**
 * Loads a configuration without putting it in force: what a `Resilience` would begin with, or what a file would make of
 * it.
 *
 * @throws {ConfigurationError} naming everything that is wrong in any layer.
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const { configuration, layers, variables } = resolveLayers(checked(options));
  return {
    preset: configuration.preset,
    environment: configuration.environment,
    layers,
    operations: configuration.names,
    warnings: misspelledVariables(variables),
    explain: (operation) => explained(configuration, operation),
  };
}

function explained(configuration: Configuration, operation: string | undefined): EffectiveConfig {
  const check = new Check();
  if (operation !== undefined) check.name('operation', operation);
  check.throwIfInvalid();
  return effectiveConfig(configuration, operation);
}

function checked(given: LoadOptions): LoadOptions {
  const own = readOnce('options', given);
  const check = new Check();
  const { file } = check.fields('options', own, OPTIONS) ?? {};
  if (file !== undefined && !isPath(file)) check.addIssue('options.file', 'must be the path of a file', file);
  check.throwIfInvalid();
  return own;
}
