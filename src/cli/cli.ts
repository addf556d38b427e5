import { type EnvironmentInput, readEnvironment } from '../environment/index.js';
import { ConfigurationError } from '../errors/index.js';
import { didYouMean } from '../input/index.js';
import { type Instruments, instruments as ofThisProcess } from './bench/instruments.js';
import type { Command } from './command.js';
import { COMMANDS } from './commands.js';
import { type Doors, doors as ownDoors } from './doors.js';
import { EXIT } from './exit-codes.js';
import type { Host } from './host.js';
import { given, type Written, written } from './parse.js';
import { tellFailure } from './tell-failure.js';
import { commandHelp, generalHelp } from './text/help.js';
import { type Paint, paintFor } from './text/paint.js';
import { escapeControlCharacters } from './text/printable.js';
import { UsageError } from './usage-error.js';

export type { Host } from './host.js';

/** What can be put in the place of what a run uses otherwise. */
export interface Parts {
  readonly doors?: Doors;
  readonly instruments?: Instruments;
  /** Looks at the machine. */
  readonly look?: (directory: string) => EnvironmentInput;
}

/**
 * Runs one command line. Nothing of the process is touched besides the files that the command line names.
 *
 * @param argv what stands behind `holdfast`.
 * @returns what the process should end with. Never rejects.
 */
export async function run(argv: readonly string[], host: Host, parts: Parts = {}): Promise<number> {
  // Until the command line is understood, its word is as good as any.
  const json = argv.includes('--json');
  const paint = paintFor({
    coloured: host.isTty && !json && !isSet(host.env['NO_COLOR']) && host.env['TERM'] !== 'dumb',
  });
  try {
    return await dispatch(argv, host, { json, paint, ...parts });
  } catch (error) {
    tellFailure(error, host.stderr, json);
    if (error instanceof UsageError) return EXIT.usage;
    return ConfigurationError.is(error) ? EXIT.finding : EXIT.internal;
  }
}

interface Manner extends Parts {
  readonly json: boolean;
  readonly paint: Paint;
}

async function dispatch(argv: readonly string[], host: Host, manner: Manner): Promise<number> {
  const at = argv.findIndex((arg) => !arg.startsWith('-'));
  const word = argv[at];
  if (word === undefined) return withoutCommand(written(argv, {}), host, manner);
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
  if (word === 'help') return help(written(rest, {}).positionals[0], host, manner);
  const command = await commandNamed(word);
  const own = written(rest, command.options);
  if (own.options.has('help')) return say(host, commandHelp(command, manner.paint));
  if (own.options.has('version')) return say(host, host.version());
  return perform(command, own, host, manner);
}

async function perform(command: Command, own: Written, host: Host, manner: Manner): Promise<number> {
  const { doors = ownDoors, instruments = ofThisProcess, look = readEnvironment, json, paint } = manner;
  const environment = (): EnvironmentInput => ({ ...look(host.cwd), env: host.env });
  const outcome = await command.run(given(command, own), { host, doors, instruments, environment });
  host.stdout.write(`${json ? JSON.stringify(outcome.json, undefined, 2) : outcome.text(paint)}\n`);
  for (const note of outcome.notes ?? []) host.stderr.write(`${escapeControlCharacters(note)}\n`);
  return outcome.exitCode ?? EXIT.ok;
}

async function withoutCommand({ options }: Written, host: Host, manner: Manner): Promise<number> {
  if (options.has('version')) return say(host, host.version());
  if (options.has('help')) return help(undefined, host, manner);
  throw new UsageError('A command is missing.', `There are: ${[...COMMANDS.keys()].join(', ')}.`);
}

async function help(name: string | undefined, host: Host, { paint }: Manner): Promise<number> {
  if (name !== undefined) return say(host, commandHelp(await commandNamed(name), paint));
  const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
  return say(host, generalHelp(commands, paint));
}

async function commandNamed(name: string): Promise<Command> {
  const load = COMMANDS.get(name);
  if (load !== undefined) return await load();
  const names = [...COMMANDS.keys()];
  throw new UsageError(`There is no command '${name}'.`, didYouMean(name, names) ?? `There are: ${names.join(', ')}.`);
}

function say(host: Host, text: string): number {
  host.stdout.write(`${text}\n`);
  return EXIT.ok;
}

function isSet(value: string | undefined): boolean {
  return value !== undefined && value !== '';
}
