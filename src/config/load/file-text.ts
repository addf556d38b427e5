import { readFileSync, type Stats, statSync } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { resolve } from 'node:path';
import { ConfigurationError } from '../../errors/index.js';
import { configurationError } from '../../input/index.js';
import { LARGEST_BYTES, tooLarge } from './parse.js';

const WHY: ReadonlyMap<unknown, string> = new Map([
  ['ENOENT', 'does not exist'],
  ['ENOTDIR', 'does not exist'],
  ['EACCES', 'must not be read by this process'],
  ['EPERM', 'must not be read by this process'],
  ['ELOOP', 'is a link that leads to itself'],
]);

/**
 * The text of a file.
 *
 * @param source what it is called in error messages.
 * @throws {ConfigurationError} when it cannot be read, or is no text.
 */
export function fileTextNow(path: string, source: string): string {
  return guarded(path, source, () => {
    assertFile(path, source, statSync(path));
    return decoded(path, source, readFileSync(path));
  });
}

/** The same for those who must not hold up others. Rejects with the same errors. */
export async function fileText(path: string, source: string): Promise<string> {
  try {
    assertFile(path, source, await stat(path));
    return decoded(path, source, await readFile(path));
  } catch (error) {
    throw refusal(path, source, error);
  }
}

function guarded(path: string, source: string, read: () => string): string {
  try {
    return read();
  } catch (error) {
    throw refusal(path, source, error);
  }
}

/** Looks before it reads: a pipe would never end, and what is too large need not be read to say so. */
function assertFile(path: string, source: string, stats: Stats): void {
  if (stats.isDirectory())
    throw configurationError(source, 'must be the path of a file, and this is a directory', path);
  if (!stats.isFile()) throw configurationError(source, 'must be the path of a file that holds text', path);
  if (stats.size > LARGEST_BYTES) throw tooLarge(source);
}

function decoded(path: string, source: string, bytes: Uint8Array): string {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    throw configurationError(source, 'must be text in UTF-8', path);
  }
}

function refusal(path: string, source: string, error: unknown): ConfigurationError {
  if (ConfigurationError.is(error)) return error;
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  return configurationError(
    source,
    `must be a file that can be read, and this ${WHY.get(code) ?? `fails with ${String(code)}`}`,
    path,
    // What was received may be relative, and is shown in part where it is long.
    `Looked for ${resolve(path)}.`,
  );
}
