// @ts-check
import { readFileSync } from 'node:fs';
import { cpus } from 'node:os';

/**
 * Where and with what the figures were taken.
 * @typedef {{ at: string, node: string, cpu: string, cores: number, versions: Record<string, string> }} Environment
 */

/** @returns {Environment} */
export function environment() {
  return {
    at: new Date().toISOString(),
    node: process.version,
    cpu: cpus()[0]?.model.trim() ?? 'unknown',
    cores: cpus().length,
    versions: Object.fromEntries(
      ['holdfast', 'opossum', 'cockatiel', 'p-retry'].map((name) => [name, versionOf(name)]),
    ),
  };
}

/** @param {string} name */
function versionOf(name) {
  const ours = new URL('../../package.json', import.meta.url);
  const theirs = new URL(`../../node_modules/${name}/package.json`, import.meta.url);
  /** @type {unknown} */
  const parsed = JSON.parse(readFileSync(name === 'holdfast' ? ours : theirs, 'utf8'));
  const isPackage = typeof parsed === 'object' && parsed !== null && 'version' in parsed;
  return isPackage ? String(parsed.version) : 'unknown';
}
