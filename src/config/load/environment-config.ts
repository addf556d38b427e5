import { wrong } from '../../errors/errors.js';
import type { ConfigInput } from '../document.js';
import { listPresets } from '../presets/registry.js';
import { readConfigAs } from './file.js';
import { Gathering } from './gathering.js';
import { parseConfig } from './parse.js';
import { checkedPresetName } from './preset-name.js';
import { CONFIG, PRESET, type Variables, variable } from './variables.js';

/**
 * Reads and checks a config in a file.
 *
 * @param source what it is called in error messages.
 */
export type ReadFile = (source: string, path: string) => ConfigInput;

/**
 * What the environment variables say: `HOLDFAST_CONFIG` is a config as JSON, or the path of a file with one, from the
 * working directory where it is relative; `HOLDFAST_PRESET` is the name of a preset, and beats the one in that config.
 * Empty ones are absent.
 *
 * @param env the variables. No others are read.
 * @param readFile how files are read. Default: as `readConfigFile()` does.
 * @returns `undefined` when both are absent.
 * @throws {ConfigurationError} naming everything that is wrong with either.
 */
export function environmentConfig(env: Variables, readFile: ReadFile = readConfigAs): ConfigInput | undefined {
  if (typeof env !== 'object' || env === null) throw wrong('env', 'must be an object of strings', env);
  const gathering = new Gathering();
  const preset = gathering.from(() => presetIn(env));
  const config = gathering.from(() => configIn(env, readFile));
  if (!gathering.isClean) throw gathering.error();
  return preset === undefined ? config : { ...config, preset };
}

function presetIn(env: Variables): string | undefined {
  const preset = variable(env, PRESET);
  return preset === undefined ? undefined : checkedPresetName(PRESET, preset);
}

function configIn(env: Variables, readFile: ReadFile): ConfigInput | undefined {
  const text = variable(env, CONFIG);
  if (text === undefined) return undefined;
  if (text.startsWith('{')) return parseConfig(text, 'json', CONFIG);
  if (isPreset(text)) {
    throw wrong(CONFIG, 'must be a config as JSON, or the path of a file', text, `Did you mean ${PRESET}=${text}?`);
  }
  return readFile(CONFIG, text);
}

function isPreset(text: string): boolean {
  return Object.hasOwn(listPresets(), text);
}
