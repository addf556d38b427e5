#!/usr/bin/env node
import { readFileSync } from 'node:fs';
import { run } from './cli.js';
import { EXIT } from './errors.js';
import { describeFileError } from './files.js';

for (const stream of [process.stdout, process.stderr]) {
  stream.on('error', (error: NodeJS.ErrnoException) => {
    // The reader has closed the pipe, as `head` does: that is not an error.
    if (error.code === 'EPIPE') return;
    // Such as a full disk.
    process.exitCode = EXIT.usage;
    if (stream === process.stdout)
      process.stderr.write(`holdfast: stdout cannot be written: ${describeFileError(error)}.\n`);
  });
}

const code = await run(process.argv.slice(2), {
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  isTty: process.stdout.isTTY === true,
  version: readVersion,
});
// Sets the code instead of exiting, so that a slow reader gets all of the output. A stream that failed has set its own.
process.exitCode ??= code;

/** The version in `package.json`, which is two folders up in the sources as in the build. */
function readVersion(): string {
  const text = readFileSync(new URL('../../package.json', import.meta.url), 'utf8');
  const manifest: { version: string } = JSON.parse(text);
  return manifest.version;
}
