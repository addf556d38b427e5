import { readdirSync } from 'node:fs';
import { join } from 'node:path';

/**
 * The path of every document from the root: those in the root, those of the benches, and all in `docs`.
 *
 * @param {string} root
 * @returns {readonly string[]}
 */
export function listDocuments(root) {
  return ['.', 'bench', ...foldersOf(root, 'docs')].flatMap((folder) =>
    readdirSync(join(root, folder))
      .filter((name) => name.endsWith('.md'))
      .sort()
      .map((name) => join(folder, name)),
  );
}

/**
 * @param {string} root
 * @param {string} folder
 * @returns {readonly string[]} itself and those within it
 */
function foldersOf(root, folder) {
  const inner = readdirSync(join(root, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inner.flatMap(({ name }) => foldersOf(root, join(folder, name)))];
}
