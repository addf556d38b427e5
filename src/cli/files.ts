import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject, parseShallowJson } from '../input/index.js';
import { UsageError } from './errors.js';

/**
 * The path of a file that the command line names. It stays as it was written if the process finds the file under that
 * name, because error messages repeat it.
 *
 * @throws {UsageError} if there is no such file.
 */
export function resolveFile(cwd: string, file: string): string {
  const path = resolve(cwd, file) === resolve(file) ? file : resolve(cwd, file);
  const isFile = readOrRefuse(file, () => !statSync(path).isDirectory());
  if (!isFile) throw new UsageError(`'${file}' is a folder.`);
  return path;
}

/**
 * The text of a file that the command line names, without a byte order mark.
 *
 * @throws {UsageError} if it cannot be read, or is not UTF-8.
 */
export function readText(cwd: string, file: string): string {
  const path = resolveFile(cwd, file);
  return readOrRefuse(file, () => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
}

/** The JSON object in the text of a file. @throws {UsageError} if it holds anything else. */
export function parseJsonObject(file: string, text: string): object {
  const value = parseJson(file, text);
  if (isObject(value)) return value;
  throw new UsageError(`'${file}' must hold a JSON object.`);
}

function parseJson(file: string, text: string): unknown {
  try {
    return parseShallowJson(text);
  } catch (error) {
    throw new UsageError(`'${file}' is not valid JSON: ${describeFileError(error)}.`);
  }
}

function readOrRefuse<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`'${file}' cannot be read: ${describeFileError(error)}.`);
  }
}

/** Why a file could not be read or written. */
export function describeFileError(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS.get(code) ?? (error instanceof Error ? error.message : String(error));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'no such file or folder'],
  ['ENOTDIR', 'no such folder'],
  ['EACCES', 'permission denied'],
  ['EISDIR', 'it is a folder'],
  ['ENOSPC', 'no space left on device'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'it is not UTF-8 text'],
]);
