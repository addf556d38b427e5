import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach } from 'vitest';
import { type Host, type Parts, run } from '../../../src/cli/cli.js';

/** What a run has left behind. */
export interface Ran {
  readonly code: number;
  readonly out: string;
  readonly err: string;
}

const folders: string[] = [];

afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A folder with some files, until the test is over. */
export function folderWith(files: Readonly<Record<string, string | Uint8Array>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'holdfast-cli-'));
  folders.push(folder);
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  return folder;
}

/** Runs a command line on a machine of which nothing is known. */
export async function ran(argv: readonly string[], host: Partial<Host> = {}, parts: Parts = {}): Promise<Ran> {
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
      ...host,
    },
    { look: () => ({ files: [], hostname: 'x' }), ...parts },
  );
  return { code, ...written };
}

/** The same with `--json`: what machines read. */
export async function dataOf(argv: readonly string[], host: Partial<Host> = {}, parts: Parts = {}): Promise<unknown> {
  const { out } = await ran([...argv, '--json'], host, parts);
  return JSON.parse(out);
}

/** A door of which a test only knows that nobody goes through it. */
export function closed(): never {
  throw new Error('nobody should come here');
}
