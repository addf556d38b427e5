/** Looks at the packed tarball as a bundler, Node and TypeScript would: publint, then attw. */

import { spawnSync } from 'node:child_process';
import { inTemporaryFolder, pack, ROOT } from './pack.mjs';

/** @type {[command: string, ...args: string[]][]} */
const TOOLS = [
  ['publint', '--strict'],
  ['attw', '--format', 'table-flipped'],
];

process.exitCode = inTemporaryFolder((folder) => {
  const { tarball } = pack(folder);
  for (const [command, ...args] of TOOLS) {
    const { status, error } = spawnSync(command, [...args, tarball], { cwd: ROOT, stdio: 'inherit' });
    if (error !== undefined) throw error;
    if (status !== 0) return 1;
  }
  return 0;
});
