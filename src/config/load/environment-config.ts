import { Check, configurationError } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { BUILT_IN, type Catalog } from '../presets/catalog.js';
import { readConfigAs } from './file.js';
import { Gathering } from './gathering.js';
import { parseConfigText } from './parse.js';
import { CONFIG, PRESET, type Variables, variable } from './variables.js';

/**
 * What the environment variables say: `HOLDFAST_CONFIG` is a config as JSON, or the path of a file with one, from the
 * working directory where it is relative; `HOLDFAST_PRESET` is the name of a preset, and beats the one in that config.
 * Empty ones are absent.
 *
 * @param env the variables. No others are read.
 * @returns `undefined` when both are absent.
 * @throws {ConfigurationError} naming everything that is wrong with either.
 */
export function environmentConfig(env: Variables, catalog: Catalog = BUILT_IN): ConfigInput | undefined {
  if (typeof env !== 'object' || env === null) throw configurationError('env', 'must be an object of strings', env);
  const gathering = new Gathering();
  const preset = gathering.from(() => presetIn(env, catalog));
  const config = gathering.from(() => configIn(env, catalog));
  if (!gathering.isClean) throw gathering.error();
  return preset === undefined ? config : { ...config, preset };
}

function presetIn(env: Variables, catalog: Catalog): string | undefined {
  const preset = variable(env, PRESET);
  return preset === undefined ? undefined : parsePresetName(PRESET, preset, catalog);
}

function configIn(env: Variables, catalog: Catalog): ConfigInput | undefined {
  const text = variable(env, CONFIG);
  if (text === undefined) return undefined;
  if (text.startsWith('{')) return parseConfigText(text, 'json', CONFIG, catalog);
  if (catalog.findPreset(text) !== undefined) {
    throw configurationError(
      CONFIG,
      'must be a config as JSON, or the path of a file',
      text,
      `Did you mean ${PRESET}=${text}?`,
    );
  }
  return readConfigAs(CONFIG, text, catalog);
}

/**
 * Checks the name of a preset that stands by itself, not in a config.
 *
 * @throws {ConfigurationError} if it is not known.
 */
export function parsePresetName(path: string, preset: string, catalog: Catalog): string {
  const check = new Check();
  catalog.checkPreset(check, path, preset);
  check.throwIfInvalid();
  return preset;
}
