import { detectEnvironment, type EnvironmentInput, readEnvironment } from '../../environment/environment.js';
import { readOnce } from '../../input/index.js';
import { Configuration } from '../configuration.js';
import type { ConfigInput } from '../document.js';
import type { DocumentLayer } from '../layers.js';
import { parseDocument } from '../parse-document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { environmentConfig, parsePresetName } from './environment-config.js';
import { readConfigAs } from './file.js';
import { Gathering } from './gathering.js';
import type { Variables } from './variables.js';

/** Where to load a configuration from. Every part is optional. */
export interface LoadOptions extends OwnPresets {
  /** The path of a `.json`, `.yaml` or `.yml` file. Default: none is read. */
  readonly file?: string | undefined;
  /** What the code says. */
  readonly config?: ConfigInput | undefined;
  /** The preset; beats every other. */
  readonly preset?: string | undefined;
  /** What the process runs in, and what variables it has. Default: as it is. */
  readonly environment?: EnvironmentInput | undefined;
}

/** All layers laid over each other. */
export interface Resolved {
  readonly configuration: Configuration;
  /** The layers that say something, the weakest first. */
  readonly layers: readonly DocumentLayer[];
  /** The environment variables that were looked at. */
  readonly variables: Variables;
}

/**
 * Reads every layer, and lays them over each other.
 *
 * @throws {ConfigurationError} naming everything that is wrong in any of them; when each is right by itself, what does
 * not fit together.
 */
export function resolveLayers({ file, config, preset, environment, ...own }: LoadOptions): Resolved {
  const catalog = createCatalog(own);
  const gathering = new Gathering();
  const surroundings = gathering.from(() =>
    readOnce('environment', environment === undefined ? readEnvironment() : environment),
  );
  const detected = gathering.from(() => (surroundings === undefined ? undefined : detectEnvironment(surroundings)));
  // Who says what the process runs in also says what variables it has.
  const variables = environment === undefined ? process.env : (gathering.from(() => variablesIn(surroundings)) ?? {});
  const documents: [DocumentLayer, ConfigInput][] = [];
  const add = (layer: DocumentLayer, document: ConfigInput | undefined): void => {
    if (document !== undefined) documents.push([layer, document]);
  };
  add('file', file === undefined ? undefined : gathering.from(() => readConfigAs(file, file, catalog)));
  add(
    'environment',
    gathering.from(() => environmentConfig(variables, catalog)),
  );
  add('code', codeConfig(gathering, config, preset, catalog));
  if (detected === undefined || !gathering.isClean) throw gathering.error();
  const layers = documents.map(([layer]) => layer);
  const configuration = Configuration.in(detected, documents, {
    sources: file === undefined ? {} : { file },
    catalog,
  });
  return { configuration, layers, variables };
}

/**
 * The configuration that a `Resilience` begins with: what the environment variables say, and over it what the code
 * says.
 *
 * @throws {ConfigurationError} naming everything that is wrong in either.
 */
export function startConfiguration(options: Omit<LoadOptions, 'file'>): Configuration {
  return resolveLayers(options).configuration;
}

/** What is no environment is refused where it is detected. */
function variablesIn(surroundings: EnvironmentInput | undefined): Variables {
  const env = typeof surroundings === 'object' ? surroundings?.env : undefined;
  return typeof env === 'object' && env !== null ? readOnce('environment.env', env) : {};
}

/** What the code says: its preset beats the one in its config. */
function codeConfig(
  gathering: Gathering,
  given: ConfigInput | undefined,
  preset: string | undefined,
  catalog: Catalog,
): ConfigInput | undefined {
  const config = given === undefined ? undefined : gathering.from(() => parseDocument('config', given, catalog));
  if (preset === undefined) return config;
  gathering.from(() => parsePresetName('preset', preset, catalog));
  return { ...config, preset };
}
