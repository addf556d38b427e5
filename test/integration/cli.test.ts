import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { closeSync, existsSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
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

interface Output {
  readonly closeStdout?: boolean;
  /** A file descriptor for stdout instead of a pipe. */
  readonly stdout?: 'pipe' | number;
}

/** Runs the built command in its own process. */
async function holdfast(argv: readonly string[], { closeStdout = false, stdout = 'pipe' }: Output = {}) {
  const child = spawn(process.execPath, [join(folder, 'main.js'), ...argv], {
    cwd: folder,
    env: { PATH: process.env['PATH'], NODE_ENV: 'production' },
    stdio: ['ignore', stdout, 'pipe'],
  });
  const output = { out: '', err: '' };
  child.stdout?.on('data', (chunk) => {
    output.out += chunk;
  });
  child.stderr?.on('data', (chunk) => {
    output.err += chunk;
  });
  if (closeStdout) child.stdout?.destroy();
  const [code] = await once(child, 'close');
  return { code, ...output };
}

describe('the holdfast command', () => {
  it('starts with a shebang', () => {
    const [first] = readFileSync(join(folder, 'main.js'), 'utf8').split('\n');
    expect(first).toBe('#!/usr/bin/env node');
  });

  it('prints its version', async () => {
    const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8'));
    expect(await holdfast(['--version'])).toEqual({ code: 0, out: `${version}\n`, err: '' });
  });

  it('explains the settings of a service started there, without colour in a pipe', async () => {
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
  ])('given %j exits with %d', async (argv, code) => {
    const ended = await holdfast(argv);
    expect(ended.code).toBe(code);
    // Stdout has the result or nothing.
    expect([ended.out === '', ended.err === '']).toEqual(code === 2 ? [true, false] : [false, true]);
  });

  it('names files in messages as on the command line', async () => {
    const { out } = await holdfast(['validate', 'broken.json']);
    expect(out).toMatch(/^broken\.json: not valid, 1 error\nerror: broken\.json: /);
  });

  it.skipIf(!existsSync('/dev/full'))('reports a full disk without a stack trace', async () => {
    const stdout = openSync('/dev/full', 'w');
    const { code, err } = await holdfast(['presets', '--json'], { stdout });
    closeSync(stdout);
    expect({ code, err }).toEqual({ code: 2, err: 'holdfast: stdout cannot be written: no space left on device.\n' });
  });

  it('ends without an error if the reader closes stdout', async () => {
    const { code, err } = await holdfast(['presets', '--json'], { closeStdout: true });
    expect({ code, err }).toEqual({ code: 0, err: '' });
  });
});

describe('the modules that the holdfast command loads', () => {
  it.each(['presets', 'detect'])('do not include packages beside zod/mini for %s', (command) => {
    const loaded = staticImports([entryOf('src/cli/main.ts'), entryOf(`src/cli/commands/${command}.ts`)]);
    expect(loaded.size).toBeGreaterThan(3);
    const packages = [...loaded].filter((path) => /^(?:zod|yaml|opossum|p-retry)(?:\/|$)/.test(path));
    // The package entry of zod costs 40 ms; zod/mini is bundled by the build, and costs 4 ms.
    expect(packages.filter((path) => !/^zod\/(?:mini|v4\/core)$/.test(path))).toEqual([]);
  });
});

/** The output of a source that is an entry, or that only `import()` imports. */
function entryOf(source: string): string {
  const found = Object.entries(metafile.outputs).find(([, { entryPoint }]) => entryPoint === source);
  if (found === undefined) throw new Error(`${source} is not an entry`);
  return found[0];
}

/** All files and packages that are loaded before the first line runs. */
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
