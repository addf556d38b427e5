/**
 * Writes what follows from the schema of configs and from the presets: `holdfast.schema.json`, and the tables of two
 * documents.
 *
 *   npm run generate               writes them
 *   npm run generate -- --check    fails when one of them is not current
 */

import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { generatedFiles } from './config/generated.mjs';
import { ROOT } from './pack.mjs';

const ENTRY = `
  export { annotatedSchema, configJsonSchema } from './src/config/json-schema.js';
  export { PRESETS } from './src/config/presets/presets.js';
  export { STRATEGIES } from './src/config/presets/strategies.js';
  export { computeBackoffMs } from './src/retry/backoff.js';
  export { resolveRetrySettings } from './src/retry/resolve-settings.js';
`;
/** Within the repository, so that the packages that the sources import are found from there. */
const BUNDLE = join(ROOT, '.cache/generate-config/sources.mjs');

const arguments_ = process.argv.slice(2);
if (arguments_.some((argument) => argument !== '--check')) {
  console.error('Usage: npm run generate [-- --check]');
  process.exit(2);
}

const current = (/** @type {string} */ path) => readFileSync(join(ROOT, path), 'utf8');
const files = generatedFiles(await sources(), current);
const stale = Object.entries(files).filter(([path, text]) => !isCurrent(path, text));

if (arguments_.includes('--check')) {
  for (const [path] of stale) console.error(`${path} is not current. Run: npm run generate`);
  process.exitCode = stale.length > 0 ? 1 : 0;
} else {
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}

/** @returns {Promise<import('./config/generated.mjs').Sources>} */
async function sources() {
  await build({
    absWorkingDir: ROOT,
    stdin: { contents: ENTRY, resolveDir: ROOT },
    bundle: true,
    packages: 'external',
    format: 'esm',
    platform: 'node',
    target: 'node20',
    outfile: BUNDLE,
    logLevel: 'error',
  });
  return import(pathToFileURL(BUNDLE).href);
}

/**
 * @param {string} path
 * @param {string} text
 */
function isCurrent(path, text) {
  try {
    return current(path) === text;
  } catch {
    return false;
  }
}
