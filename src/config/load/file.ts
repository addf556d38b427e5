import { extname } from 'node:path';
import { configurationError } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { fileTextNow } from './file-text.js';
import { type ConfigFormat, parseConfigText } from './parse.js';
import { CONFIG } from './variables.js';

const FORMATS: ReadonlyMap<string, ConfigFormat> = new Map([
  ['.json', 'json'],
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
]);

/**
 * Reads and checks the config in a file, at once: it is meant for the start of a process.
 *
 * @param path of a `.json`, `.yaml` or `.yml` file; from the working directory where it is relative.
 * @param own presets and strategies that it may name beside the built-in ones.
 * @throws {ConfigurationError} naming everything that is wrong with it, or why it cannot be read.
 */
export function readConfigFile(path: string, own: OwnPresets = {}): ConfigInput {
  if (!isPath(path)) throw configurationError('path', 'must be the path of a file', path);
  return readConfigAs(path, path, createCatalog(own));
}

/** The same under another name in error messages. */
export function readConfigAs(source: string, path: string, catalog: Catalog): ConfigInput {
  const format = formatOf(source, path);
  return parseConfigText(fileTextNow(path, source), format, source, catalog);
}

/** How a file is written, by its name. @throws {ConfigurationError} when the name does not say. */
export function formatOf(source: string, path: string): ConfigFormat {
  const format = FORMATS.get(extname(path).toLowerCase());
  if (format !== undefined) return format;
  const suggestion = source === CONFIG ? "JSON in a variable begins with '{'." : undefined;
  throw configurationError(
    source,
    `must be the path of a file that ends in ${[...FORMATS.keys()].join(', ')}`,
    path,
    suggestion,
  );
}

/** A string with something in it. */
export function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.trim() !== '';
}
