import { dirname, join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../../scripts/pack.mjs';
import { SUBPATHS } from '../../scripts/size.mjs';

/** A piece of TypeScript from a document or from JSDoc. */
export interface Snippet {
  /** Where it stands. */
  readonly place: string;
  readonly text: string;
}

/** A snippet that was compiled. */
export interface Compiled extends Snippet {
  /** What the compiler says of it, with what was missing. */
  readonly errors: readonly string[];
  /** The snippet with the imports that it leaves out; `undefined` if it uses names that only its context gives. */
  readonly runnable: string | undefined;
}

const FOLDER = join(ROOT, 'test/package/snippets');
const CONTEXT = join(ROOT, 'test/package/snippet-context.ts');

/** Every file but the snippets, which stays the same from one program to the next. */
const PARSED = new Map<string, ts.SourceFile>();

const UNKNOWN_NAME: ReadonlySet<number> = new Set([2304, 2503, 2552, 2662, 18004]);
/**
 * Compiles snippets as modules of this repository. A name that a snippet neither declares nor imports is the one that
 * the package exports, or else the one of `snippet-context.ts`.
 */
export function compileSnippets(snippets: readonly Snippet[]): readonly Compiled[] {
  const options = readOptions();
  const entries = Object.entries(SUBPATHS).map(([name, { source }]) => [name, join(ROOT, source)] as const);
  const texts = snippets.map(({ text }) => (isFragment(text) ? `async function shown() {${text}}` : text));
  const bare = texts.map((text) => `export {};\n${text}`);
  const first = buildProgram(bare, options, [CONTEXT, ...entries.map(([, file]) => file)]);
  const exported = new Map<string, string>();
  for (const [specifier, file] of [...entries, ['../snippet-context.js', CONTEXT] as const]) {
    for (const name of listExports(first, file)) if (!exported.has(name)) exported.set(name, specifier);
  }
  const imports = snippets.map((_, index) => findImports(first, index, exported));
  const whole = texts.map((text, index) => `${formatImports(imports[index] ?? new Map())}\n${text}`);
  const second = buildProgram(whole, options, [CONTEXT], first);
  return snippets.map((snippet, index) => {
    const errors = diagnosticsOf(second, index).map((found) => `${snippet.place} ${messageOf(found)}`);
    const needsContext = [...(imports[index]?.values() ?? [])].some((specifier) => specifier.startsWith('.'));
    const runnable = errors.length > 0 || needsContext || isFragment(snippet.text) ? undefined : whole[index];
    return { ...snippet, errors, runnable };
  });
}

function readOptions(): ts.CompilerOptions {
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.json'), (path) => ts.sys.readFile(path));
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, include: [] }, ts.sys, ROOT);
  return {
    ...options,
    isolatedModules: false,
    verbatimModuleSyntax: false,
    noUnusedLocals: false,
    noUnusedParameters: false,
    noImplicitReturns: false,
  };
}

/** Whether a snippet is from the middle of a function: it returns. */
function isFragment(text: string): boolean {
  const returns = (node: ts.Node): boolean =>
    ts.isReturnStatement(node) || (!ts.isFunctionLike(node) && ts.forEachChild(node, returns) === true);
  return returns(ts.createSourceFile('snippet.ts', text, ts.ScriptTarget.Latest));
}

function fileOf(index: number): string {
  return join(FOLDER, `snippet-${index}.ts`);
}

function buildProgram(
  texts: readonly string[],
  options: ts.CompilerOptions,
  roots: readonly string[],
  before?: ts.Program,
): ts.Program {
  const host = ts.createCompilerHost(options);
  const virtual = new Map(texts.map((text, index) => [fileOf(index), text]));
  const { fileExists, getSourceFile, directoryExists } = host;
  host.fileExists = (path) => virtual.has(path) || fileExists(path);
  host.directoryExists = (path) => path === FOLDER || (directoryExists?.(path) ?? true);
  host.getSourceFile = (path, language, ...others) => {
    const text = virtual.get(path);
    if (text !== undefined) return ts.createSourceFile(path, text, language);
    const file = PARSED.get(path) ?? getSourceFile(path, language, ...others);
    if (file !== undefined) PARSED.set(path, file);
    return file;
  };
  return ts.createProgram([...virtual.keys(), ...roots], options, host, before);
}

function diagnosticsOf(program: ts.Program, index: number): readonly ts.Diagnostic[] {
  const file = program.getSourceFile(fileOf(index));
  return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
}

function listExports(program: ts.Program, path: string): readonly string[] {
  const file = program.getSourceFile(path);
  const checker = program.getTypeChecker();
  const module = file && checker.getSymbolAtLocation(file);
  if (module === undefined) throw new Error(`${relative(ROOT, path)} exports nothing`);
  return checker.getExportsOfModule(module).map(({ name }) => name);
}

function findImports(program: ts.Program, index: number, exported: ReadonlyMap<string, string>): Map<string, string> {
  const missing = diagnosticsOf(program, index).filter(({ code }) => UNKNOWN_NAME.has(code));
  return new Map(
    missing.flatMap(({ file, start = 0, length = 0 }) => {
      const name = file?.text.slice(start, start + length) ?? '';
      const specifier = exported.get(name);
      return specifier === undefined ? [] : [[name, specifier] as const];
    }),
  );
}

/** On one line, so that the lines of a snippet keep their distance. */
function formatImports(imports: ReadonlyMap<string, string>): string {
  const list = [...imports].map(([name, specifier]) => `import { ${name} } from '${specifier}';`);
  return `${list.join(' ')} export {};`;
}

function messageOf({ file, start, messageText }: ts.Diagnostic): string {
  const line = file === undefined || start === undefined ? 0 : file.getLineAndCharacterOfPosition(start).line;
  return `line ${line}: ${ts.flattenDiagnosticMessageText(messageText, ' ')}`;
}

/** Where the files that a snippet reads are. */
export function folderOf(place: string): string {
  const [document = ''] = place.split(':');
  return join(ROOT, '.cache/documents', dirname(document), document.replaceAll(/[/.]/g, '-'));
}
