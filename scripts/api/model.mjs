import { readFileSync } from 'node:fs';
import { basename, join, relative } from 'node:path';
import ts from 'typescript';
import { ROOT } from '../pack.mjs';

/**
 * One piece of JSDoc.
 *
 * @typedef {object} Doc
 * @property {string} text
 * @property {readonly string[]} examples
 * @property {readonly { readonly error: string, readonly when: string }[]} throws `error` is empty if the error is not ours
 * @property {readonly { readonly name: string, readonly text: string }[]} parameters of the function or its type
 * @property {string} returns
 */

/**
 * A field of an interface or class.
 *
 * @typedef {object} Field
 * @property {string} name
 * @property {string} type
 * @property {boolean} isOptional
 * @property {string} text without the default
 * @property {string} byDefault as the JSDoc has it, without the word; empty if it names none
 */

/**
 * @typedef {object} Method
 * @property {string} name
 * @property {readonly string[]} signatures
 * @property {Doc} doc
 * @property {readonly string[]} mentions names of exported declarations that the signatures mention
 */

/**
 * @typedef {object} Declaration
 * @property {string} name
 * @property {'function' | 'class' | 'error' | 'value' | 'type'} kind
 * @property {readonly string[]} signatures
 * @property {Doc} doc
 * @property {readonly Field[]} fields
 * @property {readonly Method[]} methods
 * @property {readonly string[]} mentions names of exported declarations that the signatures mention
 */

/**
 * A published subpath, with the declarations that no earlier one exports.
 *
 * @typedef {object} Subpath
 * @property {string} name such as `holdfast/breaker`
 * @property {string} text what it is for
 * @property {readonly Declaration[]} declarations
 * @property {readonly string[]} again names that it exports too, and that an earlier one explains
 */

const NOT_PUBLIC = ts.ModifierFlags.Private | ts.ModifierFlags.Protected;
const PRINTER = ts.createPrinter({ removeComments: true });

/**
 * Reads the public API from the sources: what each file in `src/entry` exports, in the order of `entries`.
 *
 * @param {Readonly<Record<string, string>>} entries the file of each subpath, from the root, by its name
 * @returns {readonly Subpath[]}
 */
export function readApi(entries) {
  const files = Object.values(entries).map((file) => join(ROOT, file));
  const config = ts.readConfigFile(join(ROOT, 'tsconfig.build.json'), ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent({ ...config.config, files, include: [] }, ts.sys, ROOT);
  return new Reader(ts.createProgram(files, { ...options, types: [] })).subpaths(entries);
}

class Reader {
  #checker;
  #program;
  /** The name under which each declaration is exported first. */
  #names = /** @type {Map<ts.Symbol, string>} */ (new Map());
  /** The names that are exported as types, classes that users do not make themselves among them. */
  #types = /** @type {Set<string>} */ (new Set());

  /** @param {ts.Program} program */
  constructor(program) {
    this.#program = program;
    this.#checker = program.getTypeChecker();
  }

  /**
   * @param {Readonly<Record<string, string>>} entries
   * @returns {readonly Subpath[]}
   */
  subpaths(entries) {
    const exported = Object.entries(entries).map(([name, path]) => ({ name, path, symbols: this.#exportsOf(path) }));
    for (const { symbols } of exported) {
      for (const [name, symbol] of symbols) if (!this.#names.has(symbol)) this.#names.set(symbol, name);
    }
    const explained = new Set();
    return exported.map(({ name, path, symbols }) => {
      const isNew = symbols.map(([, symbol]) => !explained.has(symbol));
      for (const [, symbol] of symbols) explained.add(symbol);
      return {
        name,
        text: packageText(path),
        declarations: symbols.filter((_, index) => isNew[index]).map(([own, symbol]) => this.#declaration(own, symbol)),
        again: symbols.filter((_, index) => !isNew[index]).map(([own]) => own),
      };
    });
  }

  /**
   * @param {string} path
   * @returns {readonly (readonly [name: string, symbol: ts.Symbol])[]}
   */
  #exportsOf(path) {
    const file = this.#program.getSourceFile(join(ROOT, path));
    const module = file && this.#checker.getSymbolAtLocation(file);
    if (module === undefined) throw new Error(`${path} exports nothing`);
    return this.#checker.getExportsOfModule(module).map((symbol) => {
      const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
      if (isAlias && symbol.declarations?.some(ts.isTypeOnlyImportOrExportDeclaration)) this.#types.add(symbol.name);
      return [symbol.name, isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol];
    });
  }

  /**
   * @param {string} name
   * @param {ts.Symbol} symbol
   * @returns {Declaration}
   */
  #declaration(name, symbol) {
    const nodes = ownNodes(symbol);
    const [node] = nodes;
    const none = { name, doc: docOf(nodes), fields: [], methods: [] };
    if (ts.isFunctionDeclaration(node)) {
      return { ...none, kind: 'function', ...this.#signatures(nodes.filter(ts.isFunctionDeclaration)) };
    }
    if (ts.isVariableDeclaration(node)) {
      const signatures = [`const ${name}: ${printed(node.type)}`];
      return { ...none, kind: 'value', signatures, mentions: this.#mentions(node.type) };
    }
    if (ts.isInterfaceDeclaration(node) || ts.isClassDeclaration(node)) {
      return { ...none, ...this.#shape(name, node), ...this.#members(node, symbol, this.#kindOf(name, node)) };
    }
    if (!ts.isTypeAliasDeclaration(node))
      throw new Error(`${name} is a kind of declaration that the reference does not support`);
    const text = dedentedText(node.getText(), indentOf(node))
      .replace(/^export /, '')
      .replace(/;$/, '');
    return { ...none, kind: 'type', signatures: [text], mentions: this.#mentions(node) };
  }

  /**
   * @param {string} name
   * @param {ts.InterfaceDeclaration | ts.ClassDeclaration} node
   * @returns {'type' | 'error' | 'class'}
   */
  #kindOf(name, node) {
    if (this.#types.has(name)) return 'type';
    const base = node.heritageClauses?.[0]?.types[0]?.expression.getText() ?? '';
    return base.endsWith('Error') ? 'error' : 'class';
  }

  /**
   * The head of an interface or class. A base that users cannot name is left out: its members are listed with the others.
   *
   * @param {string} name
   * @param {ts.InterfaceDeclaration | ts.ClassDeclaration} node
   */
  #shape(name, node) {
    const kind = this.#kindOf(name, node);
    const isAbstract = (ts.getCombinedModifierFlags(node) & ts.ModifierFlags.Abstract) !== 0;
    const word = kind === 'type' ? 'interface' : isAbstract ? 'abstract class' : 'class';
    const parameters = (node.typeParameters ?? []).map(printed).join(', ');
    const clauses = node.heritageClauses ?? [];
    const mentions = this.#mentions(...clauses);
    const heritage = kind === 'type' && mentions.length === 0 ? [] : clauses.map((clause) => ` ${printed(clause)}`);
    return {
      kind,
      signatures: [`${word} ${name}${parameters && `<${parameters}>`}${heritage.join('')}`],
      mentions,
    };
  }

  /**
   * @param {ts.InterfaceDeclaration | ts.ClassDeclaration} node
   * @param {ts.Symbol} symbol
   * @param {Declaration['kind']} kind
   */
  #members(node, symbol, kind) {
    const own = this.#checker.getPropertiesOfType(this.#checker.getDeclaredTypeOfSymbol(symbol));
    const ofClass = this.#checker.getPropertiesOfType(this.#checker.getTypeOfSymbol(symbol));
    const statics = kind === 'type' ? [] : ofClass;
    const members = [...statics, ...own].flatMap((member) => {
      const nodes = (member.declarations ?? []).filter((each) => isOurs(each) && isPublic(each));
      const [first] = nodes;
      return first === undefined || member.name.startsWith('__@') ? [] : [{ member, first, nodes }];
    });
    const fields = members.flatMap(({ member, first }) => (isMethod(first) ? [] : [this.#field(member, first)]));
    const methods = members.flatMap(({ member, nodes }) => {
      const overloads = nodes.filter(isMethod);
      const name = statics.includes(member) ? `static ${member.name}` : member.name;
      return overloads.length === 0 ? [] : [this.#method(name, overloads)];
    });
    const constructors = kind === 'class' ? [...node.members].filter(ts.isConstructorDeclaration) : [];
    if (constructors.length > 0) methods.unshift(this.#method('constructor', constructors));
    return { fields, methods };
  }

  /**
   * @param {string} name
   * @param {readonly (ts.MethodSignature | ts.MethodDeclaration | ts.ConstructorDeclaration)[]} nodes
   * @returns {Method}
   */
  #method(name, nodes) {
    return { name, doc: docOf(nodes), ...this.#signatures(nodes) };
  }

  /**
   * @param {ts.Symbol} symbol
   * @param {ts.Declaration} node
   * @returns {Field}
   */
  #field(symbol, node) {
    const isOptional = (symbol.flags & ts.SymbolFlags.Optional) !== 0;
    const written = 'type' in node ? printed(/** @type {ts.TypeNode | undefined} */ (node.type)) : '';
    const inferred = () => this.#checker.typeToString(this.#checker.getTypeOfSymbol(symbol)).replaceAll('"', "'");
    const type = written === '' ? inferred() : written;
    const { text, byDefault } = splitDefault(docOf([node]).text);
    return {
      name: symbol.name,
      type: isOptional ? type.replace(/ \| undefined$/, '') : type,
      isOptional,
      text,
      byDefault,
    };
  }

  /** @param {readonly ts.SignatureDeclaration[]} nodes overloads, the implementation last if there is one */
  #signatures(nodes) {
    const overloads = nodes.length === 1 ? nodes : nodes.filter((node) => !('body' in node && node.body !== undefined));
    return {
      signatures: overloads.map(signatureText),
      mentions: this.#mentions(...overloads.flatMap((node) => [...node.parameters, ...(node.type ? [node.type] : [])])),
    };
  }

  /** @param {readonly (ts.Node | undefined)[]} nodes */
  #mentions(...nodes) {
    /** @type {Set<string>} */
    const found = new Set();
    const visit = (/** @type {ts.Node} */ node) => {
      const symbol = ts.isIdentifier(node) ? this.#checker.getSymbolAtLocation(node) : undefined;
      if (symbol !== undefined) {
        const isAlias = (symbol.flags & ts.SymbolFlags.Alias) !== 0;
        const name = this.#names.get(isAlias ? this.#checker.getAliasedSymbol(symbol) : symbol);
        if (name !== undefined) found.add(name);
      }
      ts.forEachChild(node, visit);
    };
    for (const node of nodes) if (node !== undefined) visit(node);
    return [...found];
  }
}

/**
 * The declarations of an exported name that are not merged in from elsewhere.
 *
 * @param {ts.Symbol} symbol
 * @returns {readonly [ts.Declaration, ...ts.Declaration[]]}
 */
function ownNodes(symbol) {
  const [first, ...others] = (symbol.declarations ?? []).filter(isOurs);
  if (first === undefined) throw new Error(`${symbol.name} is declared nowhere in src`);
  return [first, ...others];
}

/** @param {ts.Node} node */
function isOurs(node) {
  return relative(join(ROOT, 'src'), node.getSourceFile().fileName).startsWith('..') === false;
}

/**
 * @param {ts.Declaration} node
 * @returns {node is ts.MethodSignature | ts.MethodDeclaration}
 */
function isMethod(node) {
  return ts.isMethodSignature(node) || ts.isMethodDeclaration(node);
}

/**
 * Whether a member is for users: neither private nor internal, nor an override of an inherited one that adds no text.
 *
 * @param {ts.Declaration} node
 */
function isPublic(node) {
  const flags = ts.getCombinedModifierFlags(node);
  if ((flags & ts.ModifierFlags.Override) !== 0 && isMethod(node) && docOf([node]).text === '') return false;
  const isInternal = ts.getJSDocTags(node).some(({ tagName }) => tagName.text === 'internal');
  const hasPrivateName = ts.isClassElement(node) && node.name !== undefined && ts.isPrivateIdentifier(node.name);
  return !isInternal && !hasPrivateName && (flags & NOT_PUBLIC) === 0;
}

/**
 * The JSDoc of the first declaration that has any.
 *
 * @param {readonly ts.Declaration[]} nodes
 * @returns {Doc}
 */
function docOf(nodes) {
  const doc = nodes.flatMap((node) => ts.getJSDocCommentsAndTags(node)).find(ts.isJSDoc);
  const tags = doc?.tags ?? [];
  const textsOf = (/** @type {string} */ name) =>
    tags.filter(({ tagName }) => tagName.text === name).map(({ comment }) => ts.getTextOfJSDocComment(comment) ?? '');
  return {
    text: ts.getTextOfJSDocComment(doc?.comment) ?? '',
    examples: doc === undefined ? [] : examplesIn(doc.getText()),
    throws: tags.flatMap((tag) => (ts.isJSDocThrowsTag(tag) ? [thrownBy(tag)] : [])),
    parameters: tags
      .filter((tag) => ts.isJSDocParameterTag(tag) || ts.isJSDocTemplateTag(tag) || tag.tagName.text === 'typeParam')
      .map(parameterText),
    returns: joined(textsOf('returns').join(' ')),
  };
}

/**
 * The blocks of code behind `@example`, by the text of a JSDoc, since TypeScript takes a decorator in one for a tag.
 *
 * @param {string} jsDoc
 * @returns {readonly string[]}
 */
function examplesIn(jsDoc) {
  const text = jsDoc.replace(/^[ \t]*\*(?!\/) ?/gm, '');
  const found = [...text.matchAll(/^@example\n(```\w+\n[\s\S]*?\n```)/gm)].map(([, block = '']) => block);
  if (found.length !== text.split(/^@example/gm).length - 1)
    throw new Error(`An @example without a block of code: ${text}`);
  return found;
}

/** @param {ts.JSDocThrowsTag} tag */
function thrownBy({ typeExpression, comment }) {
  return { error: typeExpression?.type.getText() ?? '', when: joined(ts.getTextOfJSDocComment(comment) ?? '') };
}

/** @param {ts.JSDocTag} tag */
function parameterText(tag) {
  const text = joined(ts.getTextOfJSDocComment(tag.comment) ?? '');
  if (ts.isJSDocParameterTag(tag)) return { name: tag.name.getText(), text };
  const [name = '', ...words] = text.split(' ');
  return { name, text: words.join(' ') };
}

/**
 * Takes the sentence that begins with "Default" out of a text.
 *
 * @param {string} text
 */
function splitDefault(text) {
  const whole = joined(text);
  const match = /(?:^|\s)Default:? (.+?)\.(?=\s|$)/.exec(whole);
  if (match === null) return { text: whole, byDefault: '' };
  return { text: whole.replace(match[0], '').trim(), byDefault: match[1] ?? '' };
}

/** @param {ts.SignatureDeclaration} node */
function signatureText(node) {
  const body = 'body' in node ? node.body : undefined;
  const whole = body ? node.getText().slice(0, body.pos - node.getStart()) : node.getText();
  return dedentedText(
    whole
      .replace(/^(?:export )?(?:async )?(?:override )?/, '')
      .replace(/(\w+): ([^=]+?) = (?:[A-Z_]+|\{\})(?=[,)])/g, '$1?: $2'),
    indentOf(node),
  )
    .replace(/;$/, '')
    .trim();
}

/**
 * A node on one line, without comments.
 *
 * @param {ts.Node | undefined} node
 */
function printed(node) {
  if (node === undefined) return '';
  return joined(PRINTER.printNode(ts.EmitHint.Unspecified, node, node.getSourceFile())).replace(/; \}/g, ' }');
}

/**
 * @param {string} text
 * @param {number} indent
 */
function dedentedText(text, indent) {
  return text.replaceAll(`\n${' '.repeat(indent)}`, '\n');
}

/** @param {ts.Node} node */
function indentOf(node) {
  return ts.getLineAndCharacterOfPosition(node.getSourceFile(), node.getStart()).character;
}

/** @param {string} text */
function joined(text) {
  return text.replace(/\s*\n\s*/g, ' ').trim();
}

/** @param {string} path of an entry, whose first comment says what it is for */
function packageText(path) {
  const [, comment] = /^\/\*\*\n([\s\S]*?)\n \*\//.exec(readFileSync(join(ROOT, path), 'utf8')) ?? [];
  if (comment === undefined) throw new Error(`${basename(path)} has no comment on its purpose`);
  return comment
    .replace(/^ \* ?/gm, '')
    .replace('@packageDocumentation', '')
    .trim();
}
