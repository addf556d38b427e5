import { createSlugger } from '../config/markdown.mjs';

/**
 * @typedef {import('./model.mjs').Subpath} Subpath
 * @typedef {import('./model.mjs').Declaration} Declaration
 * @typedef {import('./model.mjs').Method} Method
 * @typedef {import('./model.mjs').Field} Field
 * @typedef {import('./model.mjs').Doc} Doc
 */

export const API_FOLDER = 'docs/reference/api';

const NOTE = '<!-- Generated from the JSDoc of the sources by `npm run generate`. -->';

/** @type {readonly (readonly [kind: Declaration['kind'], heading: string])[]} */
const SECTIONS = [
  ['function', 'Functions'],
  ['class', 'Classes'],
  ['error', 'Errors'],
  ['value', 'Values'],
  ['type', 'Types'],
];

/**
 * The reference of the API, a page for each subpath and one that lists them.
 *
 * @param {readonly Subpath[]} subpaths
 * @returns {Readonly<Record<string, string>>} by path from the root
 */
export function apiPages(subpaths) {
  const anchors = new Map(subpaths.flatMap((subpath) => listAnchors(subpath)));
  const pages = subpaths.map((subpath) => /** @type {const} */ ([pathOf(subpath), new Page(subpath, anchors).text()]));
  return Object.fromEntries([[`${API_FOLDER}/README.md`, overview(subpaths, anchors)], ...pages]);
}

/** @param {Subpath} subpath */
function pathOf(subpath) {
  return `${API_FOLDER}/${fileOf(subpath)}`;
}

/** @param {Subpath} subpath */
function fileOf({ name }) {
  return `${name.replace(/^holdfast\//, '').replaceAll('/', '-')}.md`;
}

/**
 * @param {readonly Subpath[]} subpaths
 * @param {ReadonlyMap<string, string>} anchors
 */
function overview(subpaths, anchors) {
  const entries = subpaths.map((subpath) => {
    const names = inSections(subpath).filter(({ kind }) => kind !== 'type' && kind !== 'error');
    const links = names.map(({ name }) => `[\`${name}\`](${anchors.get(name)})`);
    return [`## [${subpath.name}](${fileOf(subpath)})`, subpath.text, links.join(' · ')].filter(Boolean).join('\n\n');
  });
  const about =
    'Everything that the package exports, by subpath. A declaration that several subpaths export is explained once, on the first page.';
  return `${NOTE}\n\n# API reference\n\n${about}\n\n${entries.join('\n\n')}\n`;
}

/**
 * The declarations in the order of the page.
 *
 * @param {Subpath} subpath
 */
function inSections({ declarations }) {
  return SECTIONS.flatMap(([kind]) => ofKind(declarations, kind));
}

/**
 * @param {readonly Declaration[]} declarations
 * @param {Declaration['kind']} kind
 */
function ofKind(declarations, kind) {
  return declarations.filter((each) => each.kind === kind).sort((a, b) => (a.name < b.name ? -1 : 1));
}

/**
 * Where each declaration and method is explained.
 *
 * @param {Subpath} subpath
 * @returns {readonly (readonly [name: string, link: string])[]}
 */
function listAnchors(subpath) {
  const slug = createSlugger();
  slug(subpath.name);
  return SECTIONS.flatMap(([kind, heading]) => {
    const section = ofKind(subpath.declarations, kind);
    if (section.length > 0) slug(heading);
    return section.flatMap(({ name, methods }) => {
      const own = /** @type {const} */ ([name, `${fileOf(subpath)}#${slug(name)}`]);
      const ofMethods = methods.filter(needsSection).map((method) => {
        const title = titleOf(name, method);
        return /** @type {const} */ ([`${name}.${method.name}`, `${fileOf(subpath)}#${slug(title)}`]);
      });
      return [own, ...ofMethods];
    });
  });
}

/**
 * Whether the documentation of a method does not fit into a row.
 *
 * @param {Method} method
 */
function needsSection({ name, signatures, doc }) {
  const { text, examples, throws, parameters } = doc;
  if (name === 'constructor' || signatures.length > 1 || signatures.some((signature) => signature.includes('\n')))
    return true;
  return text.includes('\n\n') || examples.length + throws.length + parameters.length > 0;
}

/**
 * @param {string} owner
 * @param {Method} method
 */
function titleOf(owner, { name }) {
  return name === 'constructor' ? `new ${owner}()` : `${owner}.${name.replace('static ', '')}()`;
}

class Page {
  #subpath;
  #anchors;

  /**
   * @param {Subpath} subpath
   * @param {ReadonlyMap<string, string>} anchors
   */
  constructor(subpath, anchors) {
    this.#subpath = subpath;
    this.#anchors = anchors;
  }

  text() {
    const { name, text, again, declarations } = this.#subpath;
    const sections = SECTIONS.flatMap(([kind, heading]) => {
      const section = ofKind(declarations, kind);
      return section.length === 0 ? [] : [`## ${heading}`, ...section.map((each) => this.#declaration(each))];
    });
    const lists = SECTIONS.flatMap(([kind, heading]) => {
      const links = ofKind(declarations, kind).map((each) => this.#link(each.name));
      return links.length === 0 ? [] : [`**${heading}:** ${links.join(' · ')}`];
    });
    if (again.length > 0)
      lists.push(
        `**Exported here, too:** ${[...again]
          .sort()
          .map((each) => this.#link(each))
          .join(' · ')}`,
      );
    return `${[NOTE, `# ${name}`, text, ...lists, ...sections].join('\n\n')}\n`;
  }

  /** @param {Declaration} declaration */
  #declaration({ name, kind, signatures, doc, fields, methods, mentions }) {
    const isBare = kind === 'type' && signatures.length === 1 && signatures[0] === `interface ${name}`;
    return paragraphs(
      `### ${name}`,
      this.#prose(doc.text, name),
      isBare ? '' : codeBlock(signatures.join('\n')),
      this.#details(doc, name),
      this.#fields(fields, name),
      this.#mentioned(mentions, name),
      ...doc.examples,
      this.#brief(
        methods.filter((method) => !needsSection(method)),
        name,
      ),
      ...methods.filter(needsSection).map((method) => this.#method(name, method)),
    );
  }

  /**
   * @param {string} owner
   * @param {Method} method
   */
  #method(owner, { name, signatures, doc, mentions }) {
    const own =
      name === 'constructor' ? signatures.map((text) => text.replace('constructor', `new ${owner}`)) : signatures;
    return paragraphs(
      `#### ${titleOf(owner, { name, signatures, doc, mentions })}`,
      this.#prose(doc.text, owner),
      codeBlock(own.join('\n')),
      this.#details(doc, owner),
      this.#mentioned(mentions, owner),
      ...doc.examples,
    );
  }

  /**
   * A table of the methods that need no section.
   *
   * @param {readonly Method[]} methods
   * @param {string} owner
   */
  #brief(methods, owner) {
    if (methods.length === 0) return '';
    const rows = methods.map(({ signatures, doc }) =>
      [this.#type(signatures.join(' ')), escapePipes(this.#prose(doc.text.replaceAll('\n', ' '), owner))].join(' | '),
    );
    return ['| Method | Meaning |', '| --- | --- |', ...rows.map((row) => `| ${row} |`)].join('\n');
  }

  /**
   * Parameters, what is returned, and what is thrown.
   *
   * @param {Doc} doc
   * @param {string} owner
   */
  #details({ parameters, returns, throws }, owner) {
    const lines = parameters.map(({ name, text }) => `- \`${name}\`: ${this.#prose(text, owner)}`);
    if (returns !== '') lines.push(`- Returns ${this.#prose(returns, owner)}`);
    for (const { error, when } of throws) {
      lines.push(`- Throws ${[error && this.#link(error), this.#prose(when, owner)].filter(Boolean).join(' ')}`);
    }
    return lines.join('\n');
  }

  /**
   * @param {readonly Field[]} fields
   * @param {string} owner
   */
  #fields(fields, owner) {
    if (fields.length === 0) return '';
    const hasDefaults = fields.some(({ byDefault }) => byDefault !== '');
    const columns = (/** @type {readonly [string, string, string, string]} */ [name, type, byDefault, meaning]) =>
      `| ${[name, type, ...(hasDefaults ? [byDefault] : []), meaning].join(' | ')} |`;
    return [
      columns(['Field', 'Type', 'Default', 'Meaning']),
      columns(['---', '---', '---', '---']),
      ...fields.map(({ name, type, isOptional, text, byDefault }) =>
        columns([
          `\`${name}${isOptional ? '?' : ''}\``,
          this.#type(type),
          escapePipes(this.#prose(byDefault, owner)),
          escapePipes(this.#prose(text, owner)),
        ]),
      ),
    ].join('\n');
  }

  /**
   * A type as code, in which exported names are links.
   *
   * @param {string} type
   */
  #type(type) {
    const pieces = [''];
    for (const piece of type.split(/(?<!')\b([A-Z]\w*)\b/)) {
      if (this.#anchors.has(piece)) pieces.push(piece, '');
      else pieces.push(pieces.pop() + piece);
    }
    const linked = pieces.map((piece, index) =>
      index % 2 === 1 ? this.#link(piece) : piece.replace(/\S(?:.*\S)?/, '`$&`'),
    );
    return escapePipes(linked.join(''));
  }

  /**
   * @param {readonly string[]} names
   * @param {string} owner
   */
  #mentioned(names, owner) {
    const others = names.filter((name) => name !== owner);
    return others.length === 0 ? '' : `See ${others.map((name) => this.#link(name)).join(', ')}.`;
  }

  /**
   * A text in which `{@link name}` is a link.
   *
   * @param {string} text
   * @param {string} owner
   */
  #prose(text, owner) {
    return text.replace(/\{@link ([\w.]+)(?:\s*\|\s*([^}]*))?\}/g, (_, /** @type {string} */ name) => {
      const full = this.#anchors.has(`${owner}.${name}`) ? `${owner}.${name}` : name;
      return this.#link(full, name);
    });
  }

  /**
   * @param {string} name
   * @param {string} [shown]
   */
  #link(name, shown = name) {
    const target = this.#anchors.get(name);
    if (target === undefined) return `\`${shown}\``;
    const own = `${fileOf(this.#subpath)}#`;
    return `[\`${shown}\`](${target.startsWith(own) ? target.slice(own.length - 1) : target})`;
  }
}

/** @param {readonly string[]} parts */
function paragraphs(...parts) {
  return parts.filter((part) => part !== '').join('\n\n');
}

/** @param {string} code */
function codeBlock(code) {
  return `\`\`\`ts\n${code}\n\`\`\``;
}

/** @param {string} text */
function escapePipes(text) {
  return text.replaceAll('|', '\\|');
}
