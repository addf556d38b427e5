import { spawn } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { build, transform } from 'esbuild';
import { ROOT } from '../../scripts/pack.mjs';
import { providerEnvironment, startExampleProvider } from './example-provider.js';

const EXAMPLES = join(ROOT, 'docs/examples');

/** `<!-- example: file.ts -->` or `<!-- output: file.ts -->`, a region of the file behind `#`, and the block that follows. */
const MARKED = /<!-- (example|output): ([\w-]+\.ts)(?:#([\w-]+))? -->\n```(\w+)\n([\s\S]*?)```/g;
/** The faked timers of `node:test` are experimental in Node 20, which says so on stderr. */
const QUIET = ['--disable-warning=ExperimentalWarning'];
const FENCED = /^( *)```(\w*)[^\n]*\n([\s\S]*?)^\1```$/gm;

/** The names of all examples. */
export const exampleNames: readonly string[] = readdirSync(EXAMPLES).sort();

/** A fenced block of a document. */
export interface Block {
  /** Where it begins: `README.md:12`. */
  readonly place: string;
  readonly language: string;
  readonly text: string;
  /** Whether it shows an example or what one prints. */
  readonly isMarked: boolean;
}

/** A document, read from a copy of the repository or from the repository itself. */
export function readDocument(document: string, root: string = ROOT): string {
  return readFileSync(join(root, document), 'utf8');
}

/** The document as it should be: each marked block holds its example, or what the example prints. */
export async function filledIn(text: string): Promise<string> {
  const printed = new Map<string, string>();
  for (const [, kind, name = ''] of text.matchAll(MARKED)) {
    if (kind === 'output') printed.set(name, await outputOf(name));
  }
  return text.replace(MARKED, (block, kind: string, name: string, region: string | undefined, language, before) => {
    const found = kind === 'example' ? exampleText(name, region) : printed.get(name);
    if (found === undefined || withoutTimes(found) === withoutTimes(before)) return block;
    const marker = region === undefined ? name : `${name}#${region}`;
    return `<!-- ${kind}: ${marker} -->\n\`\`\`${language}\n${found}\`\`\``;
  });
}

/** Every fenced block of a document. */
export function listBlocks(document: string, root: string = ROOT): readonly Block[] {
  const text = readDocument(document, root);
  const marked = [...text.matchAll(MARKED)].map(({ index, 0: whole }) => ({ from: index, to: index + whole.length }));
  return [...text.matchAll(FENCED)].map(({ index, 1: indent = '', 2: language = '', 3: inner = '' }) => ({
    place: `${document}:${text.slice(0, index).split('\n').length}`,
    language,
    text: inner.replaceAll(new RegExp(`^${indent}`, 'gm'), ''),
    isMarked: marked.some(({ from, to }) => index > from && index < to),
  }));
}

/** The document without its fenced blocks. */
export function proseOf(text: string): string {
  return text.replace(FENCED, '');
}

/** The cells of every row that a table of the document has, by the first one. */
export function tableRows(document: string): ReadonlyMap<string, readonly string[]> {
  const rows = readDocument(document).matchAll(/^\|(.+)\|$/gm);
  const cells = [...rows].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
  return new Map(cells.map((row) => [row[0] ?? '', row]));
}

/** The names in code, without arguments, that begin the rows of the first table below a heading. */
export function namesInTable(document: string, heading: string): readonly string[] {
  const [, section = ''] = readDocument(document).split(new RegExp(`^#+ ${heading.replaceAll(/[()]/g, '\\$&')}$`, 'm'));
  const [table = ''] = section.match(/(?:^\|.*\|\n)+/m) ?? [];
  const firstCells = table.split('\n').map((row) => row.split('|')[1] ?? '');
  return firstCells.flatMap((cell) => [...cell.matchAll(/`([\w.]+)(?:\(.*?\))?`/g)].flatMap(([, name]) => name ?? []));
}

/** An example runs once, whatever asks for it: what it prints, and how it ends. */
const runs = new Map<string, Promise<Run>>();

/**
 * Runs an example against the built package, as it stands, in a process of its own. The SDKs in it talk to a provider on
 * loopback.
 */
export function run(name: string): Promise<Run> {
  const known = runs.get(name) ?? runWithProvider(name);
  runs.set(name, known);
  return known;
}

async function runWithProvider(name: string): Promise<Run> {
  const provider = await startExampleProvider(name);
  try {
    const isTest = readFileSync(join(EXAMPLES, name), 'utf8').includes("from 'vitest'");
    return await runScript(isTest ? runByVitest(name) : await bundle(name), ROOT, providerEnvironment(provider));
  } finally {
    await provider.close();
  }
}

async function bundle(name: string): Promise<string> {
  const { outputFiles } = await build({
    absWorkingDir: ROOT,
    entryPoints: [join(EXAMPLES, name)],
    bundle: true,
    packages: 'external',
    format: 'esm',
    target: 'es2022',
    write: false,
    // Not ours: it would lead from the name of the package to its sources.
    tsconfigRaw: '{}',
  });
  return outputFiles.map(({ text }) => text).join('');
}

/** A module that runs one example as a test file, without the configuration of this repository. */
function runByVitest(name: string): string {
  const include = [join('docs/examples', name)];
  const options = { config: false, watch: false, cache: false, include, reporters: ['tap-flat'] };
  return `import { startVitest } from 'vitest/node'; await startVitest('test', [], ${JSON.stringify(options)});`;
}

/** Runs TypeScript against the built package, in a folder within the repository. */
export async function runText(text: string, folder: string): Promise<Run> {
  mkdirSync(folder, { recursive: true });
  const { code } = await transform(text, { loader: 'ts', format: 'esm', target: 'es2022' });
  return runScript(code, folder);
}

/** What a process has written, and how it has ended. */
export interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

async function runScript(
  code: string,
  folder: string,
  environment: Readonly<Record<string, string>> = {},
): Promise<Run> {
  const child = spawn(process.execPath, [...QUIET, '--input-type=module', '--eval', code], {
    cwd: folder,
    // As in a folder of which nothing is known, and not as in this repository.
    env: { PATH: process.env['PATH'], HOLDFAST_PRESET: 'simple', ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const [stdout, stderr, status] = await Promise.all([
    textFrom(child.stdout),
    textFrom(child.stderr),
    new Promise<number | null>((resolve) => child.on('close', resolve)),
  ]);
  return { stdout, stderr, status };
}

async function outputOf(name: string): Promise<string> {
  const { stdout, stderr, status } = await run(name);
  if (status !== 0) throw new Error(`${name} ended with ${status}: ${stderr}`);
  return stdout;
}

async function textFrom(stream: AsyncIterable<unknown>): Promise<string> {
  let text = '';
  for await (const chunk of stream) text += String(chunk);
  return text;
}

function exampleText(name: string, region: string | undefined): string {
  const text = readFileSync(join(EXAMPLES, name), 'utf8');
  if (region === undefined) return text.replace(/^\/\/ #(?:end)?region.*\n\n?/gm, '');
  const [, found] = text.match(new RegExp(`^// #region ${region}\\n([\\s\\S]*?)^// #endregion$`, 'm')) ?? [];
  if (found === undefined) throw new Error(`${name} has no region "${region}"`);
  return found.replace(/\n+$/, '\n');
}

/** How long something took differs from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, 'some ms');
}
