import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build, type Metafile } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const ROOT = fileURLToPath(new URL('../../', import.meta.url));
// Two folders below the root, as in the package, so that it finds the manifest, and the packages that it imports.
const cache = join(ROOT, '.cache');

let folder: string;
let metafile: Metafile;

beforeAll(async () => {
  mkdirSync(cache, { recursive: true });
  folder = mkdtempSync(join(cache, 'cli-'));
  ({ metafile } = await build({
    absWorkingDir: ROOT,
    entryPoints: ['src/cli/main.ts'],
    bundle: true,
    splitting: true,
    format: 'esm',
    platform: 'node',
    target: 'node20',
    packages: 'external',
    outdir: folder,
    metafile: true,
    logLevel: 'error',
  }));
  writeFileSync(join(folder, 'broken.json'), '{ "preset": ');
});

afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs the real thing, in a process of its own. */
async function holdfast(argv: readonly string[], { nobodyReads = false } = {}) {
  const child = spawn(process.execPath, [join(folder, 'main.js'), ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const said = { out: '', err: '' };
  child.stdout.on('data', (chunk) => {
    said.out += chunk;
  });
  child.stderr.on('data', (chunk) => {
    said.err += chunk;
  });
  if (nobodyReads) child.stdout.destroy();
  const [code] = await once(child, 'close');
  return { code, ...said };
}

describe('the holdfast command', () => {
  it('can be started by its name', () => {
    const [first] = readFileSync(join(folder, 'main.js'), 'utf8').split('\n');
    expect(first).toBe('#!/usr/bin/env node');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await holdfast(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('explains what a service started there would have, without colour into a pipe', async () => {
    const { code, out, err } = await holdfast(['explain']);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    expect(out).toMatch(/^retry\.maxAttempts +5 +preset production$/m);
    expect(out).not.toContain('\u001b');
  });

  it.each([
    [['presets', 'simple', '--json'], 0],
    [['validate', 'broken.json'], 1],
    [['frobnicate'], 2],
    [['validate', 'none.json'], 2],
  ])('%j ends with %d', async (argv, code) => {
    const ended = await holdfast(argv);
    expect(ended.code).toBe(code);
    // Whoever reads stdout finds a result there, or nothing.
    expect([ended.out === '', ended.err === '']).toEqual(code === 2 ? [true, false] : [false, true]);
  });

  it('calls files what they are called on the command line', async () => {
    const { out } = await holdfast(['validate', 'broken.json']);
    expect(out).toMatch(/^broken\.json: not valid, 1 error\nerror: broken\.json: /);
  });

  it('does not complain when nobody reads on', async () => {
    const { code, err } = await holdfast(['presets', '--json'], { nobodyReads: true });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('what is loaded', () => {
  it.each(['presets', 'detect'])('for %s is neither all of zod, which takes 40 ms, nor yaml', (command) => {
    const loaded = staticImports([entryOf('src/cli/main.ts'), entryOf(`src/cli/commands/${command}.ts`)]);
    expect(loaded.size).toBeGreaterThan(3);
    expect([...loaded].filter((path) => /^(?:zod(?:\/v4)?|(?:yaml|opossum|p-retry)(?:\/.*)?)$/.test(path))).toEqual([]);
  });
});

/** Where a source is built to that is an entry, or imported by nobody but by `import()`. */
function entryOf(source: string): string {
  const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`${source} is no entry`);
  return found[0];
}

/** Everything that is loaded before the first line runs, packages among it. */
function staticImports(files: readonly string[], seen: Set<string> = new Set()): Set<string> {
  for (const file of files) {
    if (seen.has(file)) continue;
    seen.add(file);
    const imports = metafile.outputs[file]?.imports ?? [];
    const paths = imports.filter(({ kind }) => kind === 'import-statement').map(({ path }) => path);
    staticImports(paths, seen);
  }
  return seen;
}
