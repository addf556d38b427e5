import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

/** The root of the repository. */
export const ROOT = fileURLToPath(new URL('..', import.meta.url));

/**
 * Packs what is in `dist` as it would be published.
 *
 * @param {string} folder where the tarball goes
 * @returns {{ tarball: string, files: string[], sizeBytes: number }} its path and size, and the paths of the files in it
 */
export function pack(folder) {
  mkdirSync(folder, { recursive: true });
  const answer = execFileSync('npm', ['pack', '--json', '--ignore-scripts', '--pack-destination', folder], {
    cwd: ROOT,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  /** @type {{ filename: string, size: number, files: { path: string }[] }[]} */
  const packages = JSON.parse(answer);
  const packed = packages[0];
  if (packed === undefined) throw new Error(`npm pack named no tarball: ${answer}`);
  const files = packed.files.map((file) => file.path).sort();
  return { tarball: join(folder, packed.filename), files, sizeBytes: packed.size };
}

/**
 * Runs `work` in a new temporary folder, and removes the folder afterwards.
 *
 * @template T
 * @param {(folder: string) => T} work
 * @returns {T}
 */
export function inTemporaryFolder(work) {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
