import type { EnvironmentInput } from '../environment/index.js';
import type { Instruments } from './bench/instruments.js';
import type { DoneCode } from './errors.js';
import type { LazyModules } from './lazy-modules.js';
import type { ArgumentRule, OptionRule, ParsedArgs } from './parse-args.js';
import type { Style } from './text/style.js';

/** A stream for text, such as `process.stdout`. */
export interface TextStream {
  write(text: string): unknown;
}

/** The process that the command line runs in. */
export interface CliIo {
  /** Gets the result and nothing else. */
  readonly stdout: TextStream;
  /** Gets notes on the result, and errors. */
  readonly stderr: TextStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The base of relative paths. */
  readonly cwd: string;
  /** Whether stdout is a terminal. Nothing else gets colour. */
  readonly isTty: boolean;
  /** Reads the version of the package. */
  readonly version: () => string;
}

/** What a command works with. */
export interface CommandContext {
  readonly io: Pick<CliIo, 'env' | 'cwd'>;
  readonly modules: LazyModules;
  readonly instruments: Instruments;
  /** Reads what the environment is detected from: the files and the host of this machine, and the variables. */
  readonly environment: () => EnvironmentInput;
}

/** The result of a command. */
export interface Outcome {
  /** For machines: printed with `--json`. */
  readonly json: unknown;
  /** For people. */
  readonly text: (style: Style) => string;
  /** Notes for stderr. */
  readonly notes?: readonly string[];
  /** Default `0`. */
  readonly exitCode?: DoneCode;
}

/** One command, as data. */
export interface Command {
  readonly name: string;
  /** What it does, in one sentence. */
  readonly summary: string;
  readonly arguments: readonly ArgumentRule[];
  readonly options: Readonly<Record<string, OptionRule>>;
  /** Further paragraphs of the help. */
  readonly details: readonly string[];
  /** Command lines to copy. */
  readonly examples: readonly string[];
  readonly run: (args: ParsedArgs, context: CommandContext) => Outcome | Promise<Outcome>;
}
