import { escapeControlCharacters } from '../../errors/index.js';
import { Check, configurationError, findNearestName } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { BUILT_IN, type Catalog } from '../presets/catalog.js';
import { readConfigAs } from './file.js';
import { IssueCollector } from './issue-collector.js';
import { parseConfigText } from './parse.js';

/** Environment variables by name. */
export type Variables = Readonly<Record<string, string | undefined>>;

const PREFIX = 'HOLDFAST_';
const KNOWN = ['PRESET', 'CONFIG'];
const PRESET = 'HOLDFAST_PRESET';
const CONFIG = 'HOLDFAST_CONFIG';

/**
 * Reads the config that the environment variables give: `HOLDFAST_CONFIG` is a config as JSON, or the path of a config
 * file, relative to the working directory; `HOLDFAST_PRESET` is the name of a preset and takes precedence over the
 * preset in that config. Empty variables count as absent.
 *
 * @param env the variables. No others are read.
 * @returns `undefined` if both are absent.
 * @throws {ConfigurationError} listing everything that is wrong with either.
 */
export function readConfigFromEnv(env: Variables, catalog: Catalog = BUILT_IN): ConfigInput | undefined {
  if (typeof env !== 'object' || env === null) throw configurationError('env', 'must be an object of strings', env);
  const collector = new IssueCollector();
  const preset = collector.attempt(() => readPreset(env, catalog));
  const config = collector.attempt(() => readConfig(env, catalog));
  if (collector.hasIssues) throw collector.toError();
  return preset === undefined ? config : { ...config, preset };
}

/**
 * Returns a sentence for each variable that is not read and was probably meant to be, such as `HOLDFAST_PRESETS`. Other
 * variables with the prefix are ignored: Kubernetes gives every service variables that begin with its name.
 */
export function findMisspelledVariables(env: Variables): string[] {
  return Object.keys(env).flatMap((name) => {
    const rest = name.startsWith(PREFIX) ? name.slice(PREFIX.length) : '';
    if (rest === '' || KNOWN.includes(rest)) return [];
    const meant = KNOWN.find((known) => rest.startsWith(known)) ?? findNearestName(rest, KNOWN);
    return meant === undefined
      ? []
      : [`${escapeControlCharacters(name)} is not read. Did you mean '${PREFIX}${meant}'?`];
  });
}

/**
 * Returns the name of a preset that is given on its own, outside a config.
 *
 * @throws {ConfigurationError} if there is no preset of that name.
 */
export function parsePresetName(path: string, preset: string, catalog: Catalog): string {
  const check = new Check();
  catalog.checkPreset(check, path, preset);
  check.throwIfInvalid();
  return preset;
}

function readPreset(env: Variables, catalog: Catalog): string | undefined {
  const preset = readVariable(env, PRESET);
  return preset === undefined ? undefined : parsePresetName(PRESET, preset, catalog);
}

function readConfig(env: Variables, catalog: Catalog): ConfigInput | undefined {
  const text = readVariable(env, CONFIG);
  if (text === undefined) return undefined;
  if (text.startsWith('{')) return parseConfigText(text, 'json', CONFIG, catalog);
  if (catalog.findPreset(text) !== undefined) {
    const message = 'must be a config as JSON, or the path of a file';
    throw configurationError(CONFIG, message, text, `Did you mean ${PRESET}=${text}?`);
  }
  return readConfigAs(CONFIG, text, catalog, "JSON in a variable begins with '{'.");
}

/** Returns the trimmed value of a variable, or `undefined` if it is empty. */
function readVariable(env: Variables, name: string): string | undefined {
  const value: unknown = env[name];
  if (value === undefined) return undefined;
  if (typeof value !== 'string') throw configurationError(name, 'must be a string', value);
  const text = value.trim();
  return text === '' ? undefined : text;
}
