import { readFileSync } from 'node:fs';
import { dirname, resolve } from 'node:path';
import ts from 'typescript';

interface Declared {
  readonly text: string;
  readonly isType: boolean;
}

/**
 * The public types of one entry as one text: every exported declaration and what it refers to, sorted by name. In which
 * chunk the build put a declaration leaves no trace, so the text changes when the API does, and only then.
 */
export function publicTypes(entry: string): string {
  const files = reachable(resolve(entry));
  const declared = declarations(files);
  const exported = exportedNames(files, declared);
  const shown = new Map<string, string>();
  const open = exported.map(({ declaredAs }) => declaredAs);
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    const text = declared.get(name)?.text;
    if (text === undefined || shown.has(name)) continue;
    shown.set(name, text);
    open.push(...(text.match(/[A-Za-z_$][\w$]*/g) ?? []));
  }
  const list = exported.map(({ name, declaredAs }) => {
    const declaration = declared.get(declaredAs);
    if (declaration === undefined) throw new Error(`${entry} exports ${name}, which is declared nowhere`);
    if (declaredAs !== name) return `${declaredAs} as ${name}`;
    return declaration.isType ? `type ${name}` : name;
  });
  const texts = [...shown].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, text]) => text);
  return `export {\n${list
    .sort()
    .map((name) => `  ${name},\n`)
    .join('')}};\n\n${texts.join('\n\n')}\n`;
}

/** The declaration file and those that it imports, itself first. */
function reachable(entry: string): readonly ts.SourceFile[] {
  const found = new Map<string, ts.SourceFile>();
  const open = [entry];
  for (let path = open.pop(); path !== undefined; path = open.pop()) {
    if (found.has(path)) continue;
    const file = ts.createSourceFile(path, readFileSync(path, 'utf8'), ts.ScriptTarget.Latest, true);
    found.set(path, file);
    for (const { fileName } of ts.preProcessFile(file.text).importedFiles) {
      if (fileName.startsWith('.')) open.push(resolve(dirname(path), fileName.replace(/\.(c?)js$/, '.d.$1ts')));
    }
  }
  return [...found.values()];
}

/** Every top-level declaration by its name; overloads and merged declarations stand together. */
function declarations(files: readonly ts.SourceFile[]): ReadonlyMap<string, Declared> {
  const found = new Map<string, Declared>();
  for (const statement of files.flatMap((file) => [...file.statements])) {
    const text = statement.getFullText().trim();
    const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
    for (const name of declaredNames(statement)) {
      const before = found.get(name);
      if (before === undefined) found.set(name, { text, isType });
      else if (before.text !== text) {
        found.set(name, { text: `${before.text}\n${text}`, isType: before.isType && isType });
      }
    }
  }
  return found;
}

function declaredNames(statement: ts.Statement): readonly string[] {
  if (ts.isVariableStatement(statement)) {
    return statement.declarationList.declarations.map(({ name }) => name.getText());
  }
  const named =
    ts.isClassDeclaration(statement) ||
    ts.isInterfaceDeclaration(statement) ||
    ts.isTypeAliasDeclaration(statement) ||
    ts.isFunctionDeclaration(statement);
  return named && statement.name !== undefined ? [statement.name.text] : [];
}

/** What is exported, and as what it is declared: chunks shorten names on their way (`A as Admission`), entries rename them. */
function exportedNames(
  [entry, ...chunks]: readonly ts.SourceFile[],
  declared: ReadonlyMap<string, Declared>,
): readonly { readonly name: string; readonly declaredAs: string }[] {
  return exportsOf(entry).map(({ name, local, from }) => {
    if (declared.has(name)) return { name, declaredAs: name };
    const chunk = chunks.find(({ fileName }) => from !== undefined && fileName.includes(from));
    const inChunk = exportsOf(chunk).find((each) => each.name === local)?.local;
    return { name, declaredAs: inChunk ?? local };
  });
}

interface Exported {
  readonly name: string;
  /** What it is called before this file gives it its public name. */
  readonly local: string;
  /** The name of the chunk that it comes from, without its ending. */
  readonly from: string | undefined;
}

function exportsOf(file: ts.SourceFile | undefined): readonly Exported[] {
  return (file?.statements ?? []).flatMap((statement) => {
    if (!ts.isExportDeclaration(statement)) return [];
    const clause = statement.exportClause;
    if (clause === undefined || !ts.isNamedExports(clause)) throw new Error(`unnamed export: ${statement.getText()}`);
    const { moduleSpecifier } = statement;
    const from =
      moduleSpecifier !== undefined && ts.isStringLiteral(moduleSpecifier)
        ? moduleSpecifier.text.replace(/^(?:\.\.?\/)+/, '').replace(/\.c?js$/, '')
        : undefined;
    return clause.elements.map(({ name, propertyName }) => ({
      name: name.text,
      local: (propertyName ?? name).text,
      from,
    }));
  });
}
