import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type CliOverrides, run } from '../../../src/cli/cli.js';
import type { CliIo } from '../../../src/cli/command.js';

/** The exit code and the output of a run. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** Creates a folder with files that is removed after the test. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Runs a command line on a machine without any evidence for an environment. */
export async function ran(
  argv: readonly string[],
  io: Partial<CliIo> = {},
  overrides: CliOverrides = {},
): Promise<Ran> {
  const written = { out: '', err: '' };
  const code = await run(
    argv,
    {
      stdout: { write: (text) => (written.out += text) },
      stderr: { write: (text) => (written.err += text) },
      env: {},
      cwd: '/nowhere',
      isTty: false,
      version: () => '1.2.3',
      ...io,
    },
    { readMachine: () => ({ files: [], hostname: 'x' }), ...overrides },
  );
  return { code, ...written };
}

/** Runs a command line with `--json`, and parses its output. */
export async function dataOf(
  argv: readonly string[],
  io: Partial<CliIo> = {},
  overrides: CliOverrides = {},
): Promise<unknown> {
  const { out } = await ran([...argv, '--json'], io, overrides);
  return JSON.parse(out);
}

/** Stands in for a module that must not be imported. */
export function unexpected(): never {
  throw new Error('this must not be called');
}
