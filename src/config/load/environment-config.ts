import { configurationError } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { listPresets } from '../presets/registry.js';
import { readConfigAs } from './file.js';
import { Gathering } from './gathering.js';
import { parseConfig } from './parse.js';
import { checkedPresetName } from './preset-name.js';
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
export function environmentConfig(env: Variables): ConfigInput | undefined {
  if (typeof env !== 'object' || env === null) throw configurationError('env', 'must be an object of strings', env);
  const gathering = new Gathering();
  const preset = gathering.from(() => presetIn(env));
  const config = gathering.from(() => configIn(env));
  if (!gathering.isClean) throw gathering.error();
  return preset === undefined ? config : { ...config, preset };
}

function presetIn(env: Variables): string | undefined {
  const preset = variable(env, PRESET);
  return preset === undefined ? undefined : checkedPresetName(PRESET, preset);
}

function configIn(env: Variables): ConfigInput | undefined {
  const text = variable(env, CONFIG);
  if (text === undefined) return undefined;
  if (text.startsWith('{')) return parseConfig(text, 'json', CONFIG);
  if (isPreset(text)) {
    throw configurationError(
      CONFIG,
      'must be a config as JSON, or the path of a file',
      text,
      `Did you mean ${PRESET}=${text}?`,
    );
  }
  return readConfigAs(CONFIG, text);
}

function isPreset(text: string): boolean {
  return Object.hasOwn(listPresets(), text);
}
