import { createRequire } from 'node:module';
import type * as Yaml from 'yaml';
import { ConfigurationError } from '../../errors/index.js';
import { lineAndColumn } from './line-and-column.js';

/** More aliases than this, nested ones multiplied, and the text is one that grows into millions of values. */
const MOST_ALIASES = 500;

const LONGEST_FAULT = 200;

const OPTIONS = {
  version: '1.2',
  // Named, so that no directive in the text chooses another one, in which `off` is a boolean and `010` is eight.
  schema: 'core',
  resolveKnownTags: false,
  stringKeys: true,
  // `<<: *base` is how people share settings between operations.
  merge: true,
  // Its own check compares every key with every other: a megabyte takes more than a minute.
  uniqueKeys: false,
  prettyErrors: false,
  logLevel: 'silent',
} as const satisfies Yaml.ParseOptions & Yaml.DocumentOptions & Yaml.SchemaOptions;

interface Fault {
  readonly message: string;
  readonly offset: number;
}

/**
 * The value of YAML text; `null` when there is none in it. Keys are strings.
 *
 * @throws {ConfigurationError} with the line and the column where it is no YAML, or has what no config needs: a tag of
 * its own, a second document, a key that stands twice, aliases upon aliases.
 */
export function parseYaml(source: string, text: string): unknown {
  const yaml = load(source);
  try {
    const [document, second] = yaml.parseAllDocuments(text, OPTIONS);
    if (document === undefined) return null;
    const fault = faultIn(yaml, document, second);
    if (fault !== undefined) {
      throw refusal(source, `${shortened(fault.message)} (${lineAndColumn(text, fault.offset)})`, text);
    }
    return document.toJS({ maxAliasCount: MOST_ALIASES });
  } catch (error) {
    // What is nested too deep overflows the stack, and too many aliases are thrown.
    throw ConfigurationError.is(error) ? error : refusal(source, messageOf(error), text);
  }
}

function faultIn(yaml: typeof Yaml, document: Yaml.Document, second: Yaml.Document | undefined): Fault | undefined {
  const [first] = [...document.errors, ...document.warnings];
  if (first !== undefined) return { message: first.message, offset: first.pos[0] };
  if (second !== undefined) return { message: 'there is a second document', offset: second.range?.[0] ?? 0 };
  return repeatedKey(yaml, document);
}

function repeatedKey(yaml: typeof Yaml, document: Yaml.Document): Fault | undefined {
  let fault: Fault | undefined;
  yaml.visit(document, {
    Map: (_, { items }) => {
      const keys = new Set<unknown>();
      for (const { key } of items) {
        if (!yaml.isScalar(key)) continue;
        if (keys.has(key.value)) {
          fault = { message: 'this key stands there already', offset: key.range?.[0] ?? 0 };
          return yaml.visit.BREAK;
        }
        keys.add(key.value);
      }
      return undefined;
    },
  });
  return fault;
}

function refusal(source: string, why: string, text: string): ConfigurationError {
  return new ConfigurationError([
    {
      path: source,
      message: `must be YAML that holds one config: ${why}`,
      received: `a text of ${text.length} characters`,
    },
  ]);
}

/** Only those who have YAML pay for its parser, and at start there is nobody yet to wait for it. */
function load(source: string): typeof Yaml {
  try {
    const yaml: typeof Yaml = createRequire(import.meta.url)('yaml');
    return yaml;
  } catch (error) {
    throw new ConfigurationError([
      {
        path: source,
        message: 'needs the package yaml, which cannot be loaded',
        received: messageOf(error),
        suggestion: "Run 'npm install yaml', keep it out of the bundle, or write the config as JSON.",
      },
    ]);
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? shortened(error.message) : String(error);
}

/** The parser quotes what it finds, however long that is. */
function shortened(message: string): string {
  const line = message.split('\n', 1).join('');
  return line.length <= LONGEST_FAULT ? line : `${line.slice(0, LONGEST_FAULT - 1)}…`;
}
