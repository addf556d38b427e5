import { existsSync } from 'node:fs';
// The whole module: webpack would follow an imported `createRequire`, and the usual banner of esbuild declares that name.
import Module from 'node:module';
import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { buildIssue, ConfigurationError } from '../../errors/index.js';
import { DEEPEST_TEXT } from '../../input/index.js';

/**
 * Aliases within aliases multiply: a short text may grow into millions of values. Keys count as well, so this is enough
 * for 500 operations that share 40 settings.
 */
const MOST_REPEATED = 50_000;

/** While the parser is in a scalar, its stack holds the document, the levels around the scalar, and the scalar itself. */
const BESIDE_LEVELS = 2;

const LONGEST_REASON = 200;

const OPTIONS = {
  version: '1.2',
  // Set explicitly, so that no directive in the text can choose YAML 1.1, in which `off` is a boolean and `010` is eight.
  schema: 'core',
  resolveKnownTags: false,
  stringKeys: true,
  // `<<: *base` is how people share settings between operations.
  merge: true,
  // The check of the package compares all keys with each other: a megabyte would take more than a minute.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const satisfies Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions;

interface YamlProblem {
  readonly message: string;
  readonly offset: number;
}

/**
 * Parses YAML; `null` if the text is empty. Keys are strings.
 *
 * @throws {ConfigurationError} with line and column if the text is not YAML, is nested too deep, or uses what no config
 * needs: a custom tag, a second document, a repeated key, aliases that multiply.
 */
export function parseYaml(source: string, text: string): unknown {
  const yaml = loadYaml(source);
  const lines = new yaml.LineCounter();
  const refuse = ({ message, offset }: YamlProblem): ConfigurationError => {
    const { line, col } = lines.linePos(offset);
    return buildYamlError(source, `${truncate(message)} (line ${line}, column ${col})`, text);
  };
  try {
    const [document, second] = new yaml.Composer(OPTIONS).compose(parseTokens(yaml, text, lines, refuse));
    if (document === undefined) return null;
    const problem = findProblem(yaml, document, second);
    if (problem !== undefined) throw refuse(problem);
    return document.toJS({ maxAliasCount: -1 });
  } catch (error) {
    // The package throws some errors only when it builds the value, such as a merge of something that is not a mapping.
    throw ConfigurationError.is(error) ? error : buildYamlError(source, describeError(error), text);
  }
}

/**
 * The tokens of a text. The composer recurses into a complete document, so the depth is bounded here, before that: V8
 * aborts the process if the stack overflows while it compiles a regular expression, and the composer uses many.
 */
function* parseTokens(
  yaml: typeof Yaml,
  text: string,
  lines: Yaml.LineCounter,
  refuse: (problem: YamlProblem) => ConfigurationError,
): Generator<Yaml.CST.Token, void> {
  lines.addNewLine(0);
  const parser = new yaml.Parser(lines.addNewLine);
  for (const lexeme of new yaml.Lexer().lex(text)) {
    const { offset } = parser;
    yield* parser.next(lexeme);
    if (parser.stack.length > DEEPEST_TEXT + BESIDE_LEVELS) throw refuse({ message: TOO_DEEP, offset });
  }
  yield* parser.end();
}

const TOO_DEEP = `it is nested deeper than ${DEEPEST_TEXT} levels`;

function findProblem(
  yaml: typeof Yaml,
  document: Yaml.Document,
  second: Yaml.Document | undefined,
): YamlProblem | undefined {
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) return { message: first.message, offset: first.pos[0] };
  if (second !== undefined) return { message: 'there is a second document', offset: second.range?.[0] ?? 0 };
  return findRepeatedKey(yaml, document) ?? new DocumentMeter(yaml).findProblem(document);
}

function findRepeatedKey(yaml: typeof Yaml, document: Yaml.Document): YamlProblem | undefined {
  let problem: YamlProblem | undefined;
  yaml.visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!yaml.isScalar(key)) continue;
        if (keys.has(key.value)) {
          problem = { message: 'this key is repeated', offset: key.range?.[0] ?? 0 };
          return yaml.visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return problem;
}

/** The size of a node, with all of its aliases expanded. */
interface Extent {
  readonly values: number;
  readonly levels: number;
}

const SCALAR: Extent = { values: 1, levels: 0 };

/** Measures a document before any of its aliases is followed. */
class DocumentMeter {
  readonly #yaml: typeof Yaml;
  readonly #anchored = new Map<string, Extent>();
  #repeated = 0;
  #problem: YamlProblem | undefined;

  constructor(yaml: typeof Yaml) {
    this.#yaml = yaml;
  }

  /** Finds where a document is nested too deep, or grows too large by its aliases. */
  findProblem({ contents }: Yaml.Document): YamlProblem | undefined {
    this.#measure(contents, 0);
    return this.#problem;
  }

  #measure(node: unknown, depth: number): Extent {
    const extent = this.#readExtent(node, depth);
    const message = this.#findExcess(depth + extent.levels);
    const offset = this.#yaml.isNode(node) ? node.range?.[0] : undefined;
    if (message !== undefined) this.#problem ??= { message, offset: offset ?? 0 };
    return extent;
  }

  #readExtent(node: unknown, depth: number): Extent {
    if (this.#yaml.isAlias(node)) {
      const extent = this.#anchored.get(node.source) ?? SCALAR;
      this.#repeated += extent.values;
      return extent;
    }
    const extent = this.#yaml.isCollection(node) ? this.#measureItems(node.items, depth + 1) : SCALAR;
    if (this.#yaml.isNode(node) && node.anchor !== undefined) this.#anchored.set(node.anchor, extent);
    return extent;
  }

  #measureItems(items: readonly unknown[], depth: number): Extent {
    let { values, levels } = SCALAR;
    for (const item of items) {
      for (const node of this.#yaml.isPair(item) ? [item.key, item.value] : [item]) {
        const extent = this.#measure(node, depth);
        values += extent.values;
        levels = Math.max(levels, extent.levels);
      }
    }
    return { values, levels: levels + 1 };
  }

  #findExcess(levels: number): string | undefined {
    if (levels > DEEPEST_TEXT) return TOO_DEEP;
    return this.#repeated > MOST_REPEATED ? `its aliases repeat more than ${MOST_REPEATED} values` : undefined;
  }
}

/** Only programs with YAML pay for the parser. Synchronous, because nothing else is running yet at the start. */
function loadYaml(source: string): typeof Yaml {
  const reasons: unknown[] = [];
  for (const place of findPlaces()) {
    try {
      const yaml: typeof Yaml = Module.createRequire(place)('yaml');
      return yaml;
    } catch (error) {
      reasons.push(error);
    }
  }
  const message = 'needs the package yaml, which cannot be loaded';
  const suggestion = "Run 'npm install yaml', also where a bundle runs, or write the config as JSON.";
  throw new ConfigurationError([buildIssue(source, message, describeError(reasons[0]), suggestion)]);
}

/**
 * The files that `yaml` is resolved from: this one, if a file with its name exists. Some bundlers drop the name, or keep
 * the one from the build machine. Then the program and the working directory are tried, because platforms such as AWS
 * Lambda load a bundle from their own program.
 */
function findPlaces(): readonly string[] {
  const here: string | undefined = import.meta.filename;
  if (here !== undefined && existsSync(here)) return [here];
  const [, program] = process.argv;
  return [program, join(process.cwd(), 'program.js')].filter((place) => place !== undefined);
}

function buildYamlError(source: string, reason: string, text: string): ConfigurationError {
  const message = `must be YAML that holds one config: ${reason}`;
  return new ConfigurationError([buildIssue(source, message, `a text of ${text.length} characters`)]);
}

function describeError(error: unknown): string {
  return error instanceof Error ? truncate(error.message) : String(error);
}

/** The parser quotes what it finds, however long that is. */
function truncate(message: string): string {
  const line = message.split('\n', 1).join('');
  return line.length <= LONGEST_REASON ? line : `${line.slice(0, LONGEST_REASON - 1)}…`;
}
