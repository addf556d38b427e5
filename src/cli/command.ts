import type { EnvironmentInput } from '../environment/index.js';
import type { Instruments } from './bench/instruments.js';
import type { Doors } from './doors.js';
import type { DoneCode } from './exit-codes.js';
import type { Given } from './given.js';
import type { Host } from './host.js';
import type { Paint } from './text/paint.js';

/** One argument that a command takes by its place. */
export interface ArgumentRule {
  readonly name: string;
  readonly summary: string;
  /** Default `false`. */
  readonly optional?: boolean;
  /** The only words that it can be. */
  readonly choices?: readonly string[];
}

/** One option of a command. */
export interface OptionRule {
  readonly summary: string;
  /** What its value is called in the help. Without one it is a switch. */
  readonly value?: string;
  /** The only words that the value can be. */
  readonly choices?: readonly string[];
  /** Its single letter. */
  readonly short?: string;
}

/** What a command needs to do its work. */
export interface Surroundings {
  readonly host: Pick<Host, 'env' | 'cwd'>;
  readonly doors: Doors;
  readonly instruments: Instruments;
  /** What the environment is detected from: the files and the host of this machine, and the variables of this run. */
  readonly environment: () => EnvironmentInput;
}

/** What a command comes to. */
export interface Outcome {
  /** The result for machines, as it is printed with `--json`. */
  readonly json: unknown;
  /** The result for people. */
  readonly text: (paint: Paint) => string;
  /** What is worth knowing besides, for stderr. */
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
  /** What else there is to know, a paragraph each. */
  readonly details: readonly string[];
  /** Command lines to copy. */
  readonly examples: readonly string[];
  readonly run: (given: Given, surroundings: Surroundings) => Outcome | Promise<Outcome>;
}
