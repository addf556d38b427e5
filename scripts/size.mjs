/**
 * What each subpath costs its user: minified by esbuild, compressed by gzip. Prints a table, and fails above a limit.
 *
 *   npm run size             the table
 *   npm run size -- --why    and below each subpath the folders and packages that it consists of
 */

import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { build } from 'esbuild';
import { ROOT } from './pack.mjs';

/**
 * Limits in kilobytes (1000 bytes): our files alone, which include opossum and parts of zod, and with all dependencies.
 *
 * @type {Readonly<Record<string, { source: string, file: string, aloneKb: number, withDependenciesKb: number }>>}
 */
export const SUBPATHS = {
  holdfast: { source: 'src/entry/root.ts', file: 'dist/index.js', aloneKb: 105, withDependenciesKb: 106.2 },
  'holdfast/breaker': {
    source: 'src/entry/breaker.ts',
    file: 'dist/breaker/index.js',
    aloneKb: 21.4,
    withDependenciesKb: 21.4,
  },
  'holdfast/retry': {
    source: 'src/entry/retry.ts',
    file: 'dist/retry/index.js',
    aloneKb: 34,
    withDependenciesKb: 35.2,
  },
  'holdfast/config': {
    source: 'src/entry/config.ts',
    file: 'dist/config/index.js',
    aloneKb: 45.7,
    withDependenciesKb: 45.7,
  },
  'holdfast/config/schema': {
    source: 'src/entry/config-schema.ts',
    file: 'dist/config/schema/index.js',
    aloneKb: 25.2,
    withDependenciesKb: 118,
  },
  'holdfast/admin': {
    source: 'src/entry/admin.ts',
    file: 'dist/admin/index.js',
    aloneKb: 5.7,
    withDependenciesKb: 5.7,
  },
  'holdfast/migrate': {
    source: 'src/entry/migrate.ts',
    file: 'dist/migrate/index.js',
    aloneKb: 46.6,
    withDependenciesKb: 46.6,
  },
  'holdfast/telemetry': {
    source: 'src/entry/telemetry.ts',
    file: 'dist/telemetry/index.js',
    aloneKb: 11.5,
    withDependenciesKb: 11.5,
  },
  'holdfast/ai': {
    source: 'src/entry/ai.ts',
    file: 'dist/ai/index.js',
    aloneKb: 37,
    withDependenciesKb: 37,
  },
};

/**
 * @param {string} file an entry of the built package, from the root of the repository
 * @param {{ dependencies: boolean }} options whether its dependencies are counted too
 * @returns {Promise<number>} kilobytes
 */
export async function minifiedAndGzippedKb(file, { dependencies }) {
  const { outputFiles } = await minify(file, dependencies ? 'bundle' : 'external');
  const bytes = outputFiles.reduce((sum, output) => sum + gzipSync(output.contents, { level: 9 }).length, 0);
  return bytes / 1000;
}

/**
 * @param {string} source an entry of `src`
 * @returns {Promise<[part: string, kb: number][]>} the folders of `src` and packages that it consists of, minified, the
 * largest first
 */
async function minifiedPartsKb(source) {
  const { metafile } = await minify(source, 'bundle');
  /** @type {Map<string, number>} */
  const parts = new Map();
  for (const { inputs } of Object.values(metafile.outputs)) {
    for (const [path, { bytesInOutput }] of Object.entries(inputs)) {
      const part = /(?:node_modules\/(?:@[^/]+\/)?|src\/)[^/]+/.exec(path)?.[0].replace('node_modules/', '') ?? path;
      parts.set(part, (parts.get(part) ?? 0) + bytesInOutput / 1000);
    }
  }
  return [...parts].sort(([, a], [, b]) => b - a);
}

/**
 * @param {string} file
 * @param {'bundle' | 'external'} packages
 */
function minify(file, packages) {
  return build({
    absWorkingDir: ROOT,
    entryPoints: [file],
    bundle: true,
    minify: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages,
    metafile: true,
    write: false,
    logLevel: 'error',
  });
}

/** @param {{ why: boolean }} options whether the parts of each subpath are printed */
async function printTable({ why }) {
  for (const [subpath, { source, file, aloneKb, withDependenciesKb }] of Object.entries(SUBPATHS)) {
    const alone = await minifiedAndGzippedKb(file, { dependencies: false });
    const withDependencies = await minifiedAndGzippedKb(file, { dependencies: true });
    console.log(
      `${subpath.padEnd(22)} ${alone.toFixed(1).padStart(5)} KB (limit ${aloneKb})   ` +
        `with dependencies ${withDependencies.toFixed(1).padStart(5)} KB (limit ${withDependenciesKb})`,
    );
    for (const [part, kb] of why ? await minifiedPartsKb(source) : []) {
      console.log(`    ${part.padEnd(18)} ${kb.toFixed(1).padStart(5)} KB before gzip`);
    }
    if (alone > aloneKb || withDependencies > withDependenciesKb) process.exitCode = 1;
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await printTable({ why: process.argv.includes('--why') });
