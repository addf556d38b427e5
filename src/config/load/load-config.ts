import {
  type DetectedEnvironment,
  detectEnvironment,
  type EnvironmentInput,
  readEnvironment,
} from '../../environment/index.js';
import { ConfigurationError } from '../../errors/index.js';
import { Check, readOnce } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import { buildEffectiveConfig, type EffectiveConfig } from '../effective-config.js';
import { findInsecureCombinations, OUTSIDE } from '../insecure.js';
import type { DocumentLayer } from '../layers.js';
import { parseDocument } from '../parse-document.js';
import { createCatalog, describeOptions, type OwnPresets } from '../presets/catalog.js';
import { isLoadRecorder, type LoadRecorder, LoadReporter, UNKNOWN_PRESET } from '../usage.js';
import { isPath, readConfigAs } from './file.js';
import { IssueCollector } from './issue-collector.js';
import { findMisspelledVariables, parsePresetName, readConfigFromEnv, type Variables } from './variables.js';

/** What to load a configuration from. Every part is optional. */
export interface LoadOptions extends OwnPresets {
  /** The path of a `.json`, `.yaml` or `.yml` file. Default: no file is read. */
  readonly file?: string | undefined;
  /** The config given in code. */
  readonly config?: ConfigInput | undefined;
  /** The preset. Takes precedence over every other. */
  readonly preset?: string | undefined;
  /** What the process runs in, and its variables. Default: read from the running process. */
  readonly environment?: EnvironmentInput | undefined;
  /** A `UsageMonitor`: records how long the load took, or that it failed. */
  readonly usage?: LoadRecorder | undefined;
}

/** A configuration as it would be in force. */
export interface LoadedConfig {
  /** The preset in force; `none` if there is none. */
  readonly preset: string;
  /** The environment by which `preset: 'auto'` is resolved. */
  readonly environment: DetectedEnvironment;
  /** The layers that hold a config, in ascending precedence. */
  readonly layers: readonly DocumentLayer[];
  /** The operations that a layer names, without aliases. */
  readonly operations: readonly string[];
  /** Sentences about what is allowed but probably a mistake, such as a variable HOLDFAST_PRESETS. */
  readonly warnings: readonly string[];
  /**
   * Returns the settings of an operation, each with its layer. Without a name: the settings of every operation that no
   * layer names.
   *
   * @throws {ConfigurationError} if `operation` is not a valid name.
   */
  explain(operation?: string): EffectiveConfig;
}

const OPTIONS = ['file', 'config', 'preset', 'environment', 'presets', 'strategies', 'usage'];

/**
 * Loads a configuration without putting it in force: what a `Resilience` would start with, or what a file would change.
 *
 * @example
 * ```ts
 * const loaded = loadConfig({ file: 'holdfast.yaml' });
 * loaded.explain('chat').settings['retry.maxAttempts']; // { value: 4, layer: 'file' }
 * for (const warning of loaded.warnings) console.warn(warning);
 * ```
 *
 * @throws {ConfigurationError} listing everything that is wrong in any layer.
 */
export function loadConfig(options: LoadOptions = {}): LoadedConfig {
  const own = parseOptions(options);
  const { configuration, layers, variables } = trackLoad(own, new LoadReporter(own.usage, 'load', own.file));
  return {
    preset: configuration.preset,
    environment: configuration.environment,
    layers,
    operations: configuration.names,
    warnings: findMisspelledVariables(variables),
    explain: (operation) => {
      const check = new Check();
      if (operation !== undefined) check.name('operation', operation);
      check.throwIfInvalid();
      return buildEffectiveConfig(configuration, operation);
    },
  };
}

/**
 * Returns the configuration that a `Resilience` starts with: the environment variables, overridden by the code.
 *
 * @throws {ConfigurationError} listing everything that is wrong in either.
 */
export function startConfiguration(options: Omit<LoadOptions, 'file'>): Configuration {
  const reporter = new LoadReporter(options.usage, 'start', undefined);
  const { configuration, isCustom } = trackLoad(options, reporter);
  reporter.used(configuration.preset, isCustom ? 'custom' : 'preset');
  return configuration;
}

function trackLoad(options: LoadOptions, reporter: LoadReporter): ResolvedLayers {
  const named = typeof options.preset === 'string' && options.preset !== '' ? options.preset : UNKNOWN_PRESET;
  return reporter.track(
    () => resolveLayers(options),
    ({ configuration }) => configuration.preset,
    named,
  );
}

interface ResolvedLayers {
  readonly configuration: Configuration;
  readonly layers: readonly DocumentLayer[];
  readonly variables: Variables;
  /** Whether a layer holds settings besides the name of a preset. */
  readonly isCustom: boolean;
}

/**
 * Reads every layer and merges them.
 *
 * @throws {ConfigurationError} listing everything that is wrong in any layer; if each layer is valid, every contradiction
 * between them.
 */
function resolveLayers({ file, config, preset, environment, usage: _, ...own }: LoadOptions): ResolvedLayers {
  const catalog = createCatalog(own);
  const collector = new IssueCollector();
  const given = collector.attempt(() =>
    readOnce('environment', environment === undefined ? readEnvironment() : environment),
  );
  const detected = collector.attempt(() => (given === undefined ? undefined : detectEnvironment(given)));
  // A given environment replaces the variables of the process as well.
  const variables = environment === undefined ? process.env : (collector.attempt(() => readEnv(given)) ?? {});
  const fromFile = file === undefined ? undefined : collector.attempt(() => readConfigAs(file, file, catalog));
  const fromVariables = collector.attempt(() => readConfigFromEnv(variables, catalog));
  const fromCode = config === undefined ? undefined : collector.attempt(() => parseDocument('config', config, catalog));
  if (preset !== undefined) collector.attempt(() => parsePresetName('preset', preset, catalog));
  if (detected === undefined || collector.hasIssues) throw collector.toError();
  const documents: [DocumentLayer, ConfigInput][] = [];
  if (fromFile !== undefined) documents.push(['file', fromFile]);
  if (fromVariables !== undefined) documents.push(['environment', fromVariables]);
  if (preset !== undefined) documents.push(['code', { ...fromCode, preset }]);
  else if (fromCode !== undefined) documents.push(['code', fromCode]);
  const configuration = Configuration.resolve(detected, documents, {
    sources: file === undefined ? {} : { file },
    catalog,
  });
  refuseInsecure(configuration, documents, file);
  const isCustom = documents.some(([, { strategy, defaults, operations }]) => {
    return strategy !== undefined || defaults !== undefined || operations !== undefined;
  });
  return { configuration, layers: documents.map(([layer]) => layer), variables, isCustom };
}

/** @throws {ConfigurationError} if a config from outside is not accepted in combination with the rest. */
function refuseInsecure(
  configuration: Configuration,
  documents: readonly (readonly [DocumentLayer, ConfigInput])[],
  file: string | undefined,
): void {
  if (documents.every(([layer]) => layer === 'code')) return;
  const issues = findInsecureCombinations(configuration, file === undefined ? OUTSIDE : { ...OUTSIDE, file });
  if (issues.length > 0) throw new ConfigurationError(issues);
}

/** The variables of a given environment. The detection refuses a value that is not an environment. */
function readEnv(environment: EnvironmentInput | undefined): Variables {
  const env = typeof environment === 'object' ? environment?.env : undefined;
  return typeof env === 'object' && env !== null ? readOnce('environment.env', env) : {};
}

function parseOptions(options: LoadOptions): LoadOptions {
  const own = readOnce('options', options);
  const check = new Check();
  const { file, usage } = check.fields('options', own, OPTIONS, describeOptions) ?? {};
  if (file !== undefined && !isPath(file)) check.addIssue('options.file', 'must be the path of a file', file);
  if (usage !== undefined && !isLoadRecorder(usage)) check.addIssue('options.usage', 'must be a UsageMonitor', usage);
  check.throwIfInvalid();
  return own;
}
