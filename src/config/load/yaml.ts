import { existsSync } from 'node:fs';
// The whole module: webpack would follow an imported `createRequire`, and the usual banner of esbuild declares that name.
import Module from 'node:module';
import { join } from 'node:path';
import type * as Yaml from 'yaml';
import { buildIssue, ConfigurationError } from '../../errors/index.js';

/** Aliases within aliases multiply: beyond this a short text may grow into millions of values. */
const MOST_ALIASES = 500;

const LONGEST_REASON = 200;

const OPTIONS = {
  version: '1.2',
  // Named, so that no directive in the text can choose YAML 1.1, in which `off` is a boolean and `010` is eight.
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
 * @throws {ConfigurationError} with line and column if the text is not YAML, or uses what no config needs: a custom tag,
 * a second document, a repeated key, aliases that multiply.
 */
export function parseYaml(source: string, text: string): unknown {
  const yaml = loadYaml(source);
  const lines = new yaml.LineCounter();
  try {
    const [document, second] = yaml.parseAllDocuments(text, { ...OPTIONS, lineCounter: lines });
    if (document === undefined) return null;
    const problem = findProblem(yaml, document, second);
    if (problem === undefined) return document.toJS({ maxAliasCount: MOST_ALIASES });
    const { line, col } = lines.linePos(problem.offset);
    throw buildYamlError(source, `${truncate(problem.message)} (line ${line}, column ${col})`, text);
  } catch (error) {
    // The parser throws for too many aliases, and overflows the stack on extreme nesting.
    throw ConfigurationError.is(error) ? error : buildYamlError(source, describeError(error), text);
  }
}

function findProblem(
  yaml: typeof Yaml,
  document: Yaml.Document,
  second: Yaml.Document | undefined,
): YamlProblem | undefined {
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) return { message: first.message, offset: first.pos[0] };
  if (second !== undefined) return { message: 'there is a second document', offset: second.range?.[0] ?? 0 };
  return findRepeatedKey(yaml, document);
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
 * The files that `yaml` is resolved from: this one, if it exists by the name it is known by. Some bundlers drop the name, or
 * keep that of the machine that built the bundle. Then the program is tried, and the working directory, because platforms
 * such as AWS Lambda load a bundle from a program of their own.
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
