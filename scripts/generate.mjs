/**
 * Writes the files that are derived from the sources: `holdfast.schema.json` and the tables of three documents from the
 * schema of configs and the presets, the reference of the API from the JSDoc, and `llms.txt` from all documents.
 *
 *   npm run generate               writes them
 *   npm run generate -- --check    fails if one of them is not current
 */

import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { build } from 'esbuild';
import { readApi } from './api/model.mjs';
import { API_FOLDER, apiPages } from './api/pages.mjs';
import { generatedFiles } from './config/generated.mjs';
import { listDocuments } from './documents.mjs';
import { llmsText } from './llms.mjs';
import { ROOT } from './pack.mjs';
import { SUBPATHS } from './size.mjs';

const ENTRY = `
  export { annotatedSchema, configJsonSchema } from './src/config/json-schema.js';
  export { PRESETS } from './src/config/presets/presets.js';
  export { STRATEGIES } from './src/config/presets/strategies.js';
  export { computeBackoffMs } from './src/retry/backoff.js';
  export { resolveRetrySettings } from './src/retry/resolve-settings.js';
`;
/** Within the repository, so that the packages that the sources import are found from there. */
const BUNDLE = join(ROOT, '.cache/generate/sources.mjs');

const arguments_ = process.argv.slice(2);
if (arguments_.some((argument) => argument !== '--check')) {
  console.error('Usage: npm run generate [-- --check]');
  process.exit(2);
}

const current = (/** @type {string} */ path) => readFileSync(join(ROOT, path), 'utf8');
const files = await allFiles();
const stale = Object.entries(files).filter(([path, text]) => !isCurrent(path, text));
const orphans = listDocuments(ROOT).filter((path) => path.startsWith(`${API_FOLDER}/`) && !Object.hasOwn(files, path));

if (arguments_.includes('--check')) {
  for (const path of [...stale.map(([path]) => path), ...orphans]) {
    console.error(`${path} is not current. Run: npm run generate`);
    process.exitCode = 1;
  }
} else {
  for (const path of orphans) {
    rmSync(join(ROOT, path));
    console.log(`removed ${path}`);
  }
  for (const [path, text] of stale) {
    mkdirSync(dirname(join(ROOT, path)), { recursive: true });
    writeFileSync(join(ROOT, path), text);
    console.log(`wrote ${path}`);
  }
}

/** @returns {Promise<Readonly<Record<string, string>>>} the text of each file, by path from the root */
async function allFiles() {
  const entries = Object.entries(SUBPATHS).map(([name, { source }]) => [name, source]);
  const generated = {
    ...generatedFiles(await sources(), current),
    ...apiPages(readApi(Object.fromEntries(entries))),
  };
  const written = listDocuments(ROOT).filter((path) => !path.startsWith(`${API_FOLDER}/`));
  const documents = [...new Set([...written, ...Object.keys(generated).filter((path) => path.endsWith('.md'))])].sort();
  const manifest = JSON.parse(current('package.json'));
  return { ...generated, 'llms.txt': llmsText(manifest, documents, (path) => generated[path] ?? current(path)) };
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
