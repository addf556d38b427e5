import { parseArgs } from 'node:util';
import { didYouMean } from '../input/index.js';
import type { Command, OptionRule } from './command.js';
import { Given } from './given.js';
import { GLOBAL_OPTIONS } from './global-options.js';
import { UsageError } from './usage-error.js';

type Rules = Readonly<Record<string, OptionRule>>;

/** Options and arguments as they were written. */
export interface Written {
  readonly positionals: readonly string[];
  readonly options: ReadonlyMap<string, readonly string[]>;
}

/**
 * Reads a command line by the options that are known.
 *
 * @throws {UsageError} for an option that is not known, that lacks its value, or has one that it cannot have.
 */
export function written(args: readonly string[], own: Rules): Written {
  const rules: Rules = { ...own, ...GLOBAL_OPTIONS };
  const { tokens } = parseArgs({
    args: [...args],
    options: Object.fromEntries(Object.entries(rules).map(([name, rule]) => [name, kindOf(rule)])),
    allowPositionals: true,
    // What is wrong is told below, in our words and with what was probably meant.
    strict: false,
    tokens: true,
  });
  const positionals: string[] = [];
  const options = new Map<string, readonly string[]>();
  for (const token of tokens) {
    if (token.kind === 'positional') positionals.push(token.value);
    if (token.kind !== 'option') continue;
    const rule = ruleOf(rules, token.name, token.rawName);
    const value = checkedValue(rule, token);
    options.set(token.name, [...(options.get(token.name) ?? []), ...(value === undefined ? [] : [value])]);
  }
  return { positionals, options };
}

/**
 * Puts each argument in its place.
 *
 * @throws {UsageError} for one that is missing, that nobody asked for, or that is not among the choices.
 */
export function given(command: Command, { positionals, options }: Written): Given {
  const { arguments: wanted } = command;
  const extra = positionals[wanted.length];
  if (extra !== undefined) {
    const most = wanted.length === 0 ? 'no argument' : `at most ${wanted.map(({ name }) => `<${name}>`).join(' ')}`;
    throw new UsageError(`'${extra}' is one argument too many; ${command.name} takes ${most}.`);
  }
  const inPlace = new Map<string, string>();
  for (const [index, { name, optional = false, choices }] of wanted.entries()) {
    const value = positionals[index];
    if (value === undefined && !optional) throw new UsageError(`<${name}> is missing.`);
    if (value === undefined) continue;
    assertChoice(`<${name}>`, value, choices);
    inPlace.set(name, value);
  }
  return new Given(inPlace, options);
}

interface OptionToken {
  readonly rawName: string;
  readonly value: string | undefined;
  readonly inlineValue: boolean | undefined;
}

function checkedValue(rule: OptionRule, { rawName, value, inlineValue }: OptionToken): string | undefined {
  if (rule.value === undefined) {
    if (value !== undefined) throw new UsageError(`${rawName} takes no value; received '${value}'.`);
    return undefined;
  }
  const isNextOption = inlineValue === false && value !== undefined && value.length > 1 && value.startsWith('-');
  if (value === undefined || value === '' || isNextOption) throw new UsageError(`${rawName} needs a <${rule.value}>.`);
  assertChoice(rawName, value, rule.choices);
  return value;
}

function ruleOf(rules: Rules, name: string, rawName: string): OptionRule {
  const rule = Object.hasOwn(rules, name) ? rules[name] : undefined;
  if (rule !== undefined) return rule;
  throw new UsageError(`The option '${rawName}' is not known.`, didYouMean(name, Object.keys(rules), '--'));
}

function assertChoice(what: string, value: string, choices: readonly string[] | undefined): void {
  if (choices === undefined || choices.includes(value)) return;
  throw new UsageError(
    `${what} must be one of ${choices.join(', ')}; received '${value}'.`,
    didYouMean(value, choices),
  );
}

function kindOf({ value, short }: OptionRule): { type: 'string' | 'boolean'; short?: string } {
  return { type: value === undefined ? 'boolean' : 'string', ...(short === undefined ? {} : { short }) };
}
