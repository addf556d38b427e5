import { spawn } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { build } from 'esbuild';
import { ROOT } from '../../scripts/pack.mjs';
import { providerEnvironment, startExampleProvider } from './example-provider.js';

const EXAMPLES = join(ROOT, 'docs/examples');

/** `<!-- example: file.ts -->` or `<!-- output: file.ts -->`, a region of the file behind `#`, and the block that follows. */
const MARKED = /<!-- (example|output): ([\w-]+\.ts)(?:#([\w-]+))? -->\n```(\w+)\n([\s\S]*?)```/g;
/** The faked timers of `node:test` are experimental in Node 20, which says so on stderr. */
const QUIET = ['--disable-warning=ExperimentalWarning'];
const FENCED = /^```(\w*)\n([\s\S]*?)^```$/gm;

/** The names of all examples. */
export const exampleNames: readonly string[] = readdirSync(EXAMPLES).sort();

/** Every document, by its path from the root. */
export const documents: readonly string[] = ['.', 'bench', ...foldersOf('docs')].flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith('.md'))
    .map((name) => join(folder, name)),
);

export function textOf(document: string): string {
  return readFileSync(join(ROOT, document), 'utf8');
}

/** The document as it should be: each marked block holds its example, or what the example prints. */
export async function filledIn(document: string): Promise<string> {
  const text = textOf(document);
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

/** The examples that a document shows. */
export function shownIn(document: string): readonly string[] {
  return [...textOf(document).matchAll(MARKED)].flatMap(([, , name]) => name ?? []);
}

/** Blocks of TypeScript that are longer than a few lines and come from no example. */
export function unmarkedBlocks(document: string, mostLines: number): readonly string[] {
  const unmarked = textOf(document).replace(MARKED, '');
  return [...unmarked.matchAll(FENCED)].flatMap(([, language, code = '']) =>
    language === 'ts' && code.split('\n').length - 1 > mostLines ? [code] : [],
  );
}

/** Links into this repository that lead nowhere: to no file, or to no heading. */
export function brokenLinks(document: string): readonly string[] {
  const prose = textOf(document)
    .replace(FENCED, '')
    .replace(/`[^`\n]*`/g, '');
  const links = [...prose.matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, link]) => link ?? []);
  return links.filter((link) => {
    if (/^[a-z]+:/.test(link)) return false;
    const [path = '', heading] = link.split('#');
    const target = path === '' ? document : join(dirname(document), path);
    if (!existsSync(join(ROOT, target))) return true;
    return heading !== undefined && !headingsOf(target).includes(heading);
  });
}

/** The cells of every row that a table of the document has, by the first one. */
export function tableRows(document: string): ReadonlyMap<string, readonly string[]> {
  const rows = textOf(document).matchAll(/^\|(.+)\|$/gm);
  const cells = [...rows].map(([, row = '']) => row.split('|').map((cell) => cell.trim()));
  return new Map(cells.map((row) => [row[0] ?? '', row]));
}

/** The names in code, without arguments, that begin the rows of the first table below a heading. */
export function namesInTable(document: string, heading: string): readonly string[] {
  const [, section = ''] = textOf(document).split(new RegExp(`^#+ ${heading.replaceAll(/[()]/g, '\\$&')}$`, 'm'));
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
    return await runIn(name, providerEnvironment(provider));
  } finally {
    await provider.close();
  }
}

interface Run {
  readonly stdout: string;
  readonly stderr: string;
  readonly status: number | null;
}

async function runIn(name: string, environment: Readonly<Record<string, string>>): Promise<Run> {
  const isTest = readFileSync(join(EXAMPLES, name), 'utf8').includes("from 'vitest'");
  const code = isTest ? runByVitest(name) : await bundle(name);
  const child = spawn(process.execPath, [...QUIET, '--input-type=module', '--eval', code], {
    cwd: ROOT,
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
  return found;
}

/** How long something took differs from run to run. */
function withoutTimes(text: string): string {
  return text.replace(/\d+ ms/g, 'some ms');
}

function headingsOf(document: string): readonly string[] {
  if (!document.endsWith('.md')) return [];
  const headings = textOf(document)
    .replace(FENCED, '')
    .matchAll(/^#+ (.+)$/gm);
  return [...headings].map(([, heading = '']) =>
    heading
      .toLowerCase()
      .replace(/[^\w\- ]/g, '')
      .replaceAll(' ', '-'),
  );
}

function foldersOf(folder: string): readonly string[] {
  const inner = readdirSync(join(ROOT, folder), { withFileTypes: true }).filter((entry) => entry.isDirectory());
  return [folder, ...inner.flatMap(({ name }) => foldersOf(join(folder, name)))];
}
