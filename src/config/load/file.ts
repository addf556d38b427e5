import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { extname, resolve } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import { configurationError } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { buildTooLargeError, type ConfigFormat, LARGEST_BYTES, parseConfigText } from './parse.js';

const FORMATS: ReadonlyMap<string, ConfigFormat> = new Map([
  ['.json', 'json'],
  ['.yaml', 'yaml'],
  ['.yml', 'yaml'],
]);

const REASONS: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EACCES', 'is not readable by this process'],
  ['EPERM', 'is not readable by this process'],
  ['ELOOP', 'is a link that leads to itself'],
]);

/**
 * Reads and checks a config file. Synchronous, because it is meant for the start of a process.
 *
 * @param path of a `.json`, `.yaml` or `.yml` file, relative to the working directory.
 * @param own presets and strategies that it may name besides the built-in ones.
 * @throws {ConfigurationError} listing everything that is wrong with the config, or why it cannot be read.
 *
 * @example
 * ```ts
 * const resilience = createResilience({ config: readConfigFile('holdfast.yaml') });
 * ```
 */
export function readConfigFile(path: string, own?: OwnPresets): ConfigInput {
  if (!isPath(path)) throw configurationError('path', 'must be the path of a file', path);
  return readConfigAs(path, path, createCatalog(own));
}

/**
 * Reads and checks a config file under another name.
 *
 * @param source names the file in error messages.
 * @param suggestion for a path without a known extension.
 */
export function readConfigAs(source: string, path: string, catalog: Catalog, suggestion?: string): ConfigInput {
  const format = resolveFormat(source, path, suggestion);
  return parseConfigText(readTextSync(path, source), format, source, catalog);
}

/**
 * Returns the format that the extension of a path denotes.
 *
 * @throws {ConfigurationError} if the extension is not known.
 */
export function resolveFormat(source: string, path: string, suggestion?: string): ConfigFormat {
  const format = FORMATS.get(extname(path).toLowerCase());
  if (format !== undefined) return format;
  const message = `must be the path of a file that ends in ${[...FORMATS.keys()].join(', ')}`;
  throw configurationError(source, message, path, suggestion);
}

/**
 * Reads the text of a file.
 *
 * @param source names the file in error messages.
 * @throws {ConfigurationError} if it cannot be read or is not text in UTF-8.
 */
export function readTextSync(path: string, source: string): string {
  try {
    assertReadable(path, source, statSync(path));
    return decodeText(path, source, readFileSync(path));
  } catch (error) {
    throw toConfigurationError(path, source, error);
  }
}

/** Like {@link readTextSync}, without blocking. Rejects with the same errors. */
export async function readText(path: string, source: string): Promise<string> {
  try {
    assertReadable(path, source, await stat(path));
    return decodeText(path, source, await readFile(path));
  } catch (error) {
    throw toConfigurationError(path, source, error);
  }
}

/** Returns whether a value is a string that is not blank. */
export function isPath(path: unknown): path is string {
  return typeof path === 'string' && path.trim() !== '';
}

/** Checked before reading: a pipe would never end, and a file that is too large need not be read. */
function assertReadable(path: string, source: string, stats: Stats): void {
  if (stats.isDirectory()) {
    throw configurationError(source, 'must be the path of a file, but this is a directory', path);
  }
  if (!stats.isFile()) throw configurationError(source, 'must be the path of a file that holds text', path);
  if (stats.size > LARGEST_BYTES) throw buildTooLargeError(source);
}

function decodeText(path: string, source: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configurationError(source, 'must be text in UTF-8', path);
  }
}

function toConfigurationError(path: string, source: string, error: unknown): ConfigurationError {
  if (ConfigurationError.is(error)) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  const reason = REASONS.get(code) ?? `fails with ${String(code)}`;
  const message = `must be a file that can be read, but this ${reason}`;
  // The path may be relative, and long paths are truncated in `received`.
  return configurationError(source, message, path, `Looked for ${resolve(path)}.`);
}
