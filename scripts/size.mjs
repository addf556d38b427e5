/** What each subpath costs its user: minified by esbuild, compressed by gzip. Prints a table, fails over a limit. */

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './pack.mjs';

/**
 * Limits in kilobytes (1000 bytes): what we publish, the parts of zod/mini that it uses included; and the same with opossum,
 * p-retry and, for the schema, the user's zod.
 *
 * @type {Readonly<Record<string, { file: string, aloneKb: number, withDependenciesKb: number }>>}
 */
export const SUBPATHS = {
  holdfast: { file: 'dist/index.js', aloneKb: 55, withDependenciesKb: 60.5 },
  'holdfast/breaker': { file: 'dist/breaker/index.js', aloneKb: 15, withDependenciesKb: 19 },
  'holdfast/retry': { file: 'dist/retry/index.js', aloneKb: 30, withDependenciesKb: 31 },
  'holdfast/config': { file: 'dist/config/index.js', aloneKb: 48, withDependenciesKb: 48 },
  'holdfast/config/schema': { file: 'dist/config/schema/index.js', aloneKb: 22, withDependenciesKb: 116 },
  'holdfast/admin': { file: 'dist/admin/index.js', aloneKb: 8, withDependenciesKb: 8 },
  'holdfast/migrate': { file: 'dist/migrate/index.js', aloneKb: 48, withDependenciesKb: 48 },
  'holdfast/telemetry': { file: 'dist/telemetry/index.js', aloneKb: 20, withDependenciesKb: 20 },
};

/**
 * @param {string} file an entry of the built package, from the root of the repository
 * @param {{ dependencies: boolean }} options whether its dependencies are counted too
 * @returns {Promise<number>} kilobytes
 */
export async function minifiedAndGzippedKb(file, { dependencies }) {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: dependencies ? 'bundle' : 'external',
    write: false,
    logLevel: 'error',
  });
  const bytes = outputFiles.reduce((sum, output) => sum + gzipSync(output.contents, { level: 9 }).length, 0);
  return bytes / 1000;
}

async function printTable() {
  for (const [subpath, { file, aloneKb, withDependenciesKb }] of Object.entries(SUBPATHS)) {
    const alone = await minifiedAndGzippedKb(file, { dependencies: false });
    const withDependencies = await minifiedAndGzippedKb(file, { dependencies: true });
    console.log(
      `${subpath.padEnd(18)} ${alone.toFixed(1).padStart(5)} KB (limit ${aloneKb})   ` +
        `with dependencies ${withDependencies.toFixed(1).padStart(5)} KB (limit ${withDependenciesKb})`,
    );
    if (alone > aloneKb || withDependencies > withDependenciesKb) process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await printTable();
