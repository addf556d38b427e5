#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './cli.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    // Whoever was reading has seen enough, as `head` has: no reason to complain.
    if (!('code' in error && error.code === 'EPIPE')) throw error;
  });
}

// The code is set, and the process is left to end by itself, so that a slow reader gets all that was written.
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTty: process.stdout.isTTY === true,
  version,
});

/** The version in `package.json`, which lies two folders up, in the sources as in the build. */
function version(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}
