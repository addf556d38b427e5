import { parseArgs } from 'node:util';
import { didYouMean } from '../input/index.js';
import { UsageError } from './errors.js';

/** One positional argument of a command. */
export interface ArgumentRule {
  readonly name: string;
  readonly summary: string;
  /** Default `false`. */
  readonly optional?: boolean;
  /** The only words that are accepted. */
  readonly choices?: readonly string[];
}

/** One option of a command. */
export interface OptionRule {
  readonly summary: string;
  /** The name of its value in the help. An option without one is a switch. */
  readonly value?: string;
  /** The only words that are accepted as its value. */
  readonly choices?: readonly string[];
  /** Its single letter. */
  readonly short?: string;
}

type OptionRules = Readonly<Record<string, OptionRule>>;

/** The options of every command. */
export const GLOBAL_OPTIONS: OptionRules = {
  json: { summary: 'Print the result as JSON, without colour.' },
  help: { short: 'h', summary: 'Print how the command is used.' },
  version: { short: 'v', summary: 'Print the version of holdfast.' },
};

/** The values of each option that was given, in their order; a switch has none. */
export type OptionValues = ReadonlyMap<string, readonly string[]>;

/** A command line without the name of the command. */
export interface CommandLine {
  readonly positionals: readonly string[];
  readonly options: OptionValues;
}

/** The arguments and options of one command, checked against its rules. */
export class ParsedArgs {
  readonly #arguments: ReadonlyMap<string, string>;
  readonly #options: OptionValues;

  constructor(positionals: ReadonlyMap<string, string>, options: OptionValues) {
    this.#arguments = positionals;
    this.#options = options;
  }

  /** An optional argument by its name. */
  argument(name: string): string | undefined {
    return this.#arguments.get(name);
  }

  /** A required argument by its name. @throws {UsageError} if it is missing. */
  required(name: string): string {
    const value = this.#arguments.get(name);
    if (value === undefined) throw new UsageError(`<${name}> is missing.`);
    return value;
  }

  /** Whether a switch is on. */
  has(option: string): boolean {
    return this.#options.has(option);
  }

  /** The value of an option; the last one if it was given several times. */
  value(option: string): string | undefined {
    return this.#options.get(option)?.at(-1);
  }

  /** All values of an option. */
  values(option: string): readonly string[] {
    return this.#options.get(option) ?? [];
  }

  /** The value of an option as a whole number. @throws {UsageError} if it is not one, or out of bounds. */
  wholeNumber(option: string, min: number, max: number): number | undefined {
    const text = this.value(option);
    if (text === undefined) return undefined;
    const number = /^\d{1,15}$/.test(text) ? Number(text) : Number.NaN;
    if (number >= min && number <= max) return number;
    throw new UsageError(`--${option} must be a whole number from ${min} to ${max}; received '${text}'.`);
  }
}

/**
 * Splits a command line into positionals and options.
 *
 * @throws {UsageError} if an option is unknown, lacks its value, or has a value that it does not accept.
 */
export function splitCommandLine(args: readonly string[], ownOptions: OptionRules): CommandLine {
  const rules: OptionRules = { ...ownOptions, ...GLOBAL_OPTIONS };
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, toNodeOption(rule)])),
    allowPositionals: true,
    // Errors are reported below, with suggestions.
    strict: false,
    tokens: true,
  });
  const positionals: string[] = [];
  const options = new Map<string, readonly string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const value = parseValue(findRule(rules, token.name, token.rawName), token);
    options.set(token.name, [...(options.get(token.name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  return { positionals, options };
}

/**
 * Checks positionals against the arguments of a command.
 *
 * @throws {UsageError} if one is missing, is one too many, or is not among the choices.
 */
export function parsePositionals(
  { name: command, arguments: rules }: { readonly name: string; readonly arguments: readonly ArgumentRule[] },
  { positionals, options }: CommandLine,
): ParsedArgs {
  const extra = positionals[rules.length];
  if (extra !== undefined) {
    const most = rules.length === 0 ? 'no argument' : `at most ${rules.map(({ name }) => `<${name}>`).join(' ')}`;
    throw new UsageError(`'${extra}' is one argument too many; ${command} takes ${most}.`);
  }
  const values = new Map<string, string>();
  for (const [index, { name, optional = false, choices }] of rules.entries()) {
    const value = positionals[index];
    if (value === undefined && !optional) throw new UsageError(`<${name}> is missing.`);
    if (value === undefined) continue;
    checkChoice(`<${name}>`, value, choices);
    values.set(name, value);
  }
  return new ParsedArgs(values, options);
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function parseValue(rule: OptionRule, { rawName, value, inlineValue }: OptionToken): string | undefined {
  if (rule.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value; received '${value}'.`);
    return undefined;
  }
  const isNextOption = inlineValue === false && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value === undefined || value === '' || isNextOption) throw new UsageError(`${rawName} needs a <${rule.value}>.`);
  checkChoice(rawName, value, rule.choices);
  return value;
}

function findRule(rules: OptionRules, name: string, rawName: string): OptionRule {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule !== undefined) return rule;
  throw new UsageError(`Unknown option '${rawName}'.`, didYouMean(name, Object.keys(rules), '--'));
}

function checkChoice(what: string, value: string, choices: readonly string[] | undefined): void {
  if (choices === undefined || choices.includes(value)) return;
  throw new UsageError(
    `${what} must be one of ${choices.join(', ')}; received '${value}'.`,
    didYouMean(value, choices),
  );
}

function toNodeOption({ value, short }: OptionRule): { type: 'string' | 'boolean'; short?: string } {
  return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}
