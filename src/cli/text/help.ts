import type { Command } from '../command.js';
import { GLOBAL_OPTIONS, type OptionRule } from '../parse-args.js';
import type { Style } from './style.js';
import { formatTable } from './table.js';

const EXIT_CODES = [
  ['0', 'success'],
  ['1', 'something was found: an invalid config, a regression'],
  ['2', 'the command line is wrong, or a file cannot be read'],
  ['70', 'internal error (please report)'],
];

/** The help on all commands. */
export function buildGeneralHelp(commands: readonly Pick<Command, 'name' | 'summary'>[], style: Style): string {
  const { strong } = style;
  const rows = commands.map(({ name, summary }) => [name, summary]);
  return [
    `${strong('Usage:')} holdfast <command> [options]`,
    'Inspects holdfast configs: validates them, explains their effective settings, and compares them.',
    `${strong('Commands:')}\n${formatTable([{ style: strong }, {}], rows, '  ')}`,
    `${strong('Options:')}\n${formatOptions(GLOBAL_OPTIONS, style)}`,
    `${strong('Exit codes:')}\n${formatTable([{}, {}], EXIT_CODES, '  ')}`,
    "Run 'holdfast <command> --help' for the options of a command.",
  ].join('\n\n');
}

/** The help on one command. */
export function buildCommandHelp(command: Omit<Command, 'run'>, style: Style): string {
  const { name, summary, arguments: rules, options, details, examples } = command;
  const { strong } = style;
  const places = rules.map((rule) => (rule.optional === true ? `[${rule.name}]` : `<${rule.name}>`));
  return [
    `${strong('Usage:')} ${['holdfast', name, ...places, '[options]'].join(' ')}`,
    summary,
    ...(rules.length === 0 ? [] : [`${strong('Arguments:')}\n${formatArguments(command, style)}`]),
    `${strong('Options:')}\n${formatOptions({ ...options, ...GLOBAL_OPTIONS }, style)}`,
    ...details.map(wrapText),
    `${strong('Examples:')}\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ].join('\n\n');
}

function formatArguments({ arguments: rules }: Pick<Command, 'arguments'>, { strong }: Style): string {
  const rows = rules.map(({ name, summary, choices }) => [name, summary + describeChoices(choices)]);
  return formatTable([{ style: strong }, {}], rows, '  ');
}

function formatOptions(options: Readonly<Record<string, OptionRule>>, { strong }: Style): string {
  const rows = Object.entries(options).map(([name, { short, value, summary, choices }]) => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`,
    summary + describeChoices(choices),
  ]);
  return formatTable([{ style: strong }, {}], rows, '  ');
}

function describeChoices(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : ` One of ${choices.join(', ')}.`;
}

const WIDTH = 100;

/** Breaks prose into lines of at most {@link WIDTH} characters, unless a word is longer. */
function wrapText(text: string): string {
  let line = '';
  const lines: string[] = [];
  for (const word of text.split(' ')) {
    const longer = line === '' ? word : `${line} ${word}`;
    if (longer.length <= WIDTH) line = longer;
    else {
      lines.push(line);
      line = word;
    }
  }
  return [...lines, line].join('\n');
}
