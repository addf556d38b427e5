import { execFile } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { build } from 'esbuild';
import { expect, it, onTestFinished } from 'vitest';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** Watches, waits for one change, and then has nothing left to do while the watch is still open. */
const PROGRAM = `
  import { renameSync, writeFileSync } from 'node:fs';
  import { watchConfig } from './src/config/watch/index.ts';
  const path = process.env.WATCHED;
  const waiting = setInterval(() => {}, 1_000);
  const configure = ({ defaults }) => {
    console.log(defaults.deadlineMs);
    if (defaults.deadlineMs === 2_000) clearInterval(waiting);
  };
  watchConfig({ configure }, path, { settleMs: 10, pollMs: 20 });
  writeFileSync(path + '.new', '{ "defaults": { "deadlineMs": 2000 } }');
  renameSync(path + '.new', path);
`;

it('watchConfig does not keep the process alive', async () => {
  const directory = mkdtempSync(join(tmpdir(), 'holdfast-watch-'));
  onTestFinished(() => rmSync(directory, { recursive: true }));
  const WATCHED = join(directory, 'holdfast.json');
  writeFileSync(WATCHED, '{ "defaults": { "deadlineMs": 1000 } }');
  // Inside the repository, where the packages are found that the program imports.
  const outfile = join(ROOT, `.cache/watch-${process.pid}.mjs`);
  onTestFinished(() => rmSync(outfile, { force: true }));
  await build({
    stdin: { contents: PROGRAM, resolveDir: ROOT, loader: 'ts' },
    absWorkingDir: ROOT,
    bundle: true,
    packages: 'external',
    platform: 'node',
    format: 'esm',
    outfile,
  });
  const { stdout, stderr } = await promisify(execFile)(process.execPath, [outfile], {
    env: { PATH: process.env['PATH'], WATCHED },
    timeout: 30_000,
  });
  expect({ stdout, stderr }).toEqual({ stdout: '1000\n2000\n', stderr: '' });
});
