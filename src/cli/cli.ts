import { type EnvironmentInput, readEnvironment } from '../environment/index.js';
import { escapeControlCharacters } from '../errors/index.js';
import { didYouMean } from '../input/index.js';
import { type Instruments, processInstruments } from './bench/instruments.js';
import type { CliIo, Command } from './command.js';
import { EXIT, printError, UsageError } from './errors.js';
import { type LazyModules, lazyModules } from './lazy-modules.js';
import { type CommandLine, GLOBAL_OPTIONS, parsePositionals, splitCommandLine } from './parse-args.js';
import { buildCommandHelp, buildGeneralHelp } from './text/help.js';
import { COLOURED, PLAIN, type Style } from './text/style.js';

/** Every command by its name. Each is imported only when it runs, so that `presets` does not wait for what `bench` needs. */
export const COMMANDS: ReadonlyMap<string, () => Promise<Command>> = new Map([
  ['schema', async () => (await import('./commands/schema.js')).schema],
  ['validate', async () => (await import('./commands/validate.js')).validate],
  ['explain', async () => (await import('./commands/explain.js')).explain],
  ['presets', async () => (await import('./commands/presets.js')).presets],
  ['detect', async () => (await import('./commands/detect.js')).detect],
  ['migrate', async () => (await import('./commands/migrate.js')).migrate],
  ['diff', async () => (await import('./commands/diff.js')).diff],
  ['bench', async () => (await import('./commands/bench.js')).bench],
]);

/** What tests replace. */
export interface CliOverrides {
  readonly modules?: LazyModules;
  readonly instruments?: Instruments;
  /** Reads the files and the host that the environment is detected from. */
  readonly readMachine?: (directory: string) => EnvironmentInput;
}

interface Run extends CliOverrides {
  readonly io: CliIo;
  readonly json: boolean;
  readonly style: Style;
}

/**
 * Runs one command line. Touches nothing of the process besides the files that the command line names.
 *
 * @param argv the arguments after `holdfast`.
 * @returns the exit code. Never rejects.
 */
export async function run(argv: readonly string[], io: CliIo, overrides: CliOverrides = {}): Promise<number> {
  // Errors on the command line itself respect --json, too.
  const json = argv.includes('--json');
  try {
    return await dispatch(argv, { io, json, style: chooseStyle(io, json), ...overrides });
  } catch (error) {
    return printError(error, io.stderr, json);
  }
}

function chooseStyle({ env, isTty }: CliIo, json: boolean): Style {
  const { NO_COLOR: noColour = '', TERM: terminal } = env;
  return isTty && !json && noColour === '' && terminal !== 'dumb' ? COLOURED : PLAIN;
}

async function dispatch(argv: readonly string[], context: Run): Promise<number> {
  const at = argv.findIndex((arg) => !arg.startsWith('-'));
  const name = argv[at];
  if (name === undefined) return runWithoutCommand(splitCommandLine(argv, {}), context);
  const rest = [...argv.slice(0, at), ...argv.slice(at + 1)];
  if (name === 'help') return printHelp(splitCommandLine(rest, {}).positionals[0], context);
  const command = await loadCommand(name);
  const line = splitCommandLine(rest, command.options);
  if (line.options.has('help')) return printCommandHelp(command, context);
  if (line.options.has('version')) return printVersion(context);
  return runCommand(command, line, context);
}

async function runCommand(command: Command, line: CommandLine, context: Run): Promise<number> {
  const { io, style, modules = lazyModules, instruments = processInstruments } = context;
  const { readMachine = readEnvironment } = context;
  const environment = (): EnvironmentInput => ({ ...readMachine(io.cwd), env: io.env });
  const outcome = await command.run(parsePositionals(command, line), { io, modules, instruments, environment });
  printResult(context, outcome.json, () => outcome.text(style));
  for (const note of outcome.notes ?? []) io.stderr.write(`${escapeControlCharacters(note)}\n`);
  return outcome.exitCode ?? EXIT.ok;
}

async function runWithoutCommand({ options }: CommandLine, context: Run): Promise<number> {
  if (options.has('version')) return printVersion(context);
  if (options.has('help')) return printHelp(undefined, context);
  throw new UsageError('A command is missing.', `Commands: ${[...COMMANDS.keys()].join(', ')}.`);
}

async function printHelp(name: string | undefined, context: Run): Promise<number> {
  if (name !== undefined) return printCommandHelp(await loadCommand(name), context);
  const commands = await Promise.all([...COMMANDS.values()].map((load) => load()));
  const data = { commands: commands.map(({ name: command, summary }) => ({ name: command, summary })) };
  return printResult(context, { ...data, options: GLOBAL_OPTIONS }, () => buildGeneralHelp(commands, context.style));
}

function printCommandHelp({ run: _, ...command }: Command, context: Run): number {
  const options = { ...command.options, ...GLOBAL_OPTIONS };
  return printResult(context, { ...command, options }, () => buildCommandHelp(command, context.style));
}

function printVersion(context: Run): number {
  const version = context.io.version();
  return printResult(context, { version }, () => version);
}

async function loadCommand(name: string): Promise<Command> {
  const load = COMMANDS.get(name);
  if (load !== undefined) return await load();
  const names = [...COMMANDS.keys()];
  throw new UsageError(`Unknown command '${name}'.`, didYouMean(name, names) ?? `Commands: ${names.join(', ')}.`);
}

function printResult({ io, json }: Run, data: unknown, text: () => string): number {
  io.stdout.write(`${json ? JSON.stringify(data, undefined, 2) : text()}\n`);
  return EXIT.ok;
}
