/**
 * Writes into package-lock.json the packages of other platforms that npm left out of it, which it does when the registry
 * in use does not have them or when node_modules was there already. `npm ci` refuses a lock file that lacks them.
 *
 *   npm run lockfile            completes it
 *   npm run lockfile -- --check fails when something is missing
 */

import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ROOT } from './pack.mjs';

/** @typedef {{ version?: string, dev?: boolean, optional?: boolean, os?: string[], cpu?: string[], libc?: string[], optionalDependencies?: Record<string, string> }} Entry */

const PATH = join(ROOT, 'package-lock.json');
const SYSTEMS = ['aix', 'android', 'darwin', 'freebsd', 'linux', 'netbsd', 'openbsd', 'openharmony', 'sunos', 'win32'];
const PROCESSORS = ['arm', 'arm64', 'ia32', 'loong64', 'mips64el', 'ppc64', 'riscv64', 's390x', 'wasm32', 'x64'];

/** @type {{ packages: Record<string, Entry> }} */
const lock = JSON.parse(readFileSync(PATH, 'utf8'));
const missing = missingPackages();

for (const [path] of missing) console.log(`package-lock.json lacks ${path}`);
if (process.argv.includes('--check')) process.exitCode = missing.length > 0 ? 1 : 0;
else if (missing.length > 0) {
  const packages = [...Object.entries(lock.packages), ...missing].sort(([a], [b]) => a.localeCompare(b, 'en'));
  writeFileSync(PATH, `${JSON.stringify({ ...lock, packages: Object.fromEntries(packages) }, null, 2)}\n`);
  console.log(`${missing.length} packages of other platforms added`);
}

/** @returns {[path: string, entry: Entry][]} */
function missingPackages() {
  /** @type {Map<string, Entry>} */
  const found = new Map();
  for (const [parent, { dev, optionalDependencies = {} }] of Object.entries(lock.packages)) {
    for (const [name, version] of Object.entries(optionalDependencies)) {
      if (isLocked(parent, name, version)) continue;
      const hoisted = `node_modules/${name}`;
      const taken = lock.packages[hoisted] ?? found.get(hoisted);
      const path = taken === undefined || taken.version === version ? hoisted : `${parent}/${hoisted}`;
      found.set(path, { version, ...platformOf(name), ...(dev === true && { dev }), optional: true });
    }
  }
  return [...found];
}

/**
 * Whether the lock file has the package that Node would find for `name` from `parent`. Packages of platforms are named
 * with their exact version.
 *
 * @param {string} parent
 * @param {string} name
 * @param {string} version
 */
function isLocked(parent, name, version) {
  const exact = /^\d/.test(version);
  const folders = parent.split('/node_modules/');
  for (let depth = folders.length; depth >= 0; depth -= 1) {
    const at = folders.slice(0, depth).join('/node_modules/');
    const entry = lock.packages[at === '' ? `node_modules/${name}` : `${at}/node_modules/${name}`];
    if (entry !== undefined) return !exact || entry.version === version;
  }
  return false;
}

/**
 * Such packages are named after the platform that they are for.
 *
 * @param {string} name
 */
function platformOf(name) {
  const words = name.split(/[-/]/).map((word) => word.replace(/^arm(?:eabi|v7)?$/, 'arm'));
  const os = SYSTEMS.filter((system) => words.includes(system));
  const cpu = PROCESSORS.filter((processor) => words.includes(processor));
  if (os.length === 0 && cpu.length === 0) throw new Error(`${name} is missing, and its name contains no platform`);
  const libc = ['musl', 'gnu'].filter((library) => words.some((word) => word.startsWith(library)));
  return {
    ...(cpu.length > 0 && { cpu }),
    ...(libc.length > 0 && os.includes('linux') && { libc: libc.map((library) => library.replace('gnu', 'glibc')) }),
    ...(os.length > 0 && { os }),
  };
}
