#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './cli.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error) => {
    // The reader has closed the pipe, as `head` does: that is not an error.
    if (!('code' in error && error.code === 'EPIPE')) throw error;
  });
}

// Sets the code instead of exiting, so that a slow reader gets all of the output.
process.exitCode = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTty: process.stdout.isTTY === true,
  version: readVersion,
});

/** The version in `package.json`, which is two folders up in the sources as in the build. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}
