import { readFileSync, statSync } from 'node:fs';
import { resolve } from 'node:path';
import { isObject } from '../input/index.js';
import { UsageError } from './usage-error.js';

/**
 * Where a file lies that the command line names: as it is named, where the process itself would find it so, since error
 * messages repeat it.
 *
 * @throws {UsageError} when there is no such file.
 */
export function fileAt(cwd: string, file: string): string {
  const path = resolve(cwd, file) === resolve(file) ? file : resolve(cwd, file);
  const isFile = trying(file, () => !statSync(path).isDirectory());
  if (!isFile) throw new UsageError(`'${file}' is a folder.`);
  return path;
}

/**
 * What stands in a file that the command line names, without a byte order mark.
 *
 * @throws {UsageError} when it cannot be read, or is not text in UTF-8.
 */
export function textOf(cwd: string, file: string): string {
  const path = fileAt(cwd, file);
  return trying(file, () => new TextDecoder('utf-8', { fatal: true }).decode(readFileSync(path)));
}

/** The JSON object that a file holds. @throws {UsageError} when it holds anything else. */
export function objectIn(file: string, text: string): object {
  const value = parsed(file, text);
  if (isObject(value)) return value;
  throw new UsageError(`'${file}' must hold a JSON object.`);
}

function parsed(file: string, text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new UsageError(`'${file}' is no JSON: ${reasonOf(error)}.`);
  }
}

function trying<T>(file: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new UsageError(`'${file}' cannot be read: ${reasonOf(error)}.`);
  }
}

/** Why a file could not be read or written, in words. */
export function reasonOf(error: unknown): string {
  const code = error instanceof Error && 'code' in error ? String(error.code) : '';
  return REASONS.get(code) ?? (error instanceof Error ? error.message : String(error));
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ENOENT', 'there is no such file'],
  ['ENOTDIR', 'there is no such folder'],
  ['EACCES', 'it may not be accessed'],
  ['EISDIR', 'it is a folder'],
  ['ERR_ENCODING_INVALID_ENCODED_DATA', 'it is not text in UTF-8'],
]);
