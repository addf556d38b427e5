import type { Command, OptionRule } from '../command.js';
import { GLOBAL_OPTIONS } from '../global-options.js';
import type { Paint } from './paint.js';
import { table } from './table.js';

/** How the whole is used. */
export function generalHelp(commands: readonly Pick<Command, 'name' | 'summary'>[], paint: Paint): string {
  return sections([
    `${paint.strong('Usage:')} holdfast <command> [options]`,
    'Looks at configurations of holdfast: what they say, what they come to, and whether they are right.',
    `${paint.strong('Commands:')}\n${table(
      [{ paint: paint.strong }, {}],
      commands.map(({ name, summary }) => [name, summary]),
      '  ',
    )}`,
    `${paint.strong('Options:')}\n${optionTable(GLOBAL_OPTIONS, paint)}`,
    `${paint.strong('Exit codes:')}\n${table([{}, {}], EXIT_CODES, '  ')}`,
    'holdfast <command> --help tells more.',
  ]);
}

/** How one command is used. */
export function commandHelp(command: Command, paint: Paint): string {
  const { name, summary, arguments: wanted, options, details, examples } = command;
  const places = wanted.map((each) => (each.optional === true ? `[${each.name}]` : `<${each.name}>`));
  return sections([
    `${paint.strong('Usage:')} ${['holdfast', name, ...places, '[options]'].join(' ')}`,
    summary,
    ...(wanted.length === 0 ? [] : [`${paint.strong('Arguments:')}\n${argumentTable(command, paint)}`]),
    `${paint.strong('Options:')}\n${optionTable({ ...options, ...GLOBAL_OPTIONS }, paint)}`,
    ...details.map(wrapped),
    `${paint.strong('Examples:')}\n${examples.map((example) => `  ${example}`).join('\n')}`,
  ]);
}

const EXIT_CODES = [
  ['0', 'all is well'],
  ['1', 'something was found: an invalid config, a regression'],
  ['2', 'the command line is wrong, or a file cannot be read'],
  ['70', 'a fault of holdfast itself'],
];

function argumentTable({ arguments: wanted }: Command, paint: Paint): string {
  const rows = wanted.map(({ name, summary, choices }) => [name, summary + choicesText(choices)]);
  return table([{ paint: paint.strong }, {}], rows, '  ');
}

function optionTable(options: Readonly<Record<string, OptionRule>>, paint: Paint): string {
  const rows = Object.entries(options).map(([name, { short, value, summary, choices }]) => [
    `${short === undefined ? '    ' : `-${short}, `}--${name}${value === undefined ? '' : ` <${value}>`}`,
    summary + choicesText(choices),
  ]);
  return table([{ paint: paint.strong }, {}], rows, '  ');
}

function choicesText(choices: readonly string[] | undefined): string {
  return choices === undefined ? '' : ` One of ${choices.join(', ')}.`;
}

const WIDTH = 100;

/** Prose in lines of at most {@link WIDTH} characters, as far as its words are no longer. */
function wrapped(text: string): string {
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

function sections(parts: readonly string[]): string {
  return parts.join('\n\n');
}
