import type { OptionRule } from './command.js';

/** Options of every command. */
export const GLOBAL_OPTIONS: Readonly<Record<string, OptionRule>> = {
  json: { summary: 'Print the result as JSON, without colour.' },
  help: { short: 'h', summary: 'Print how the command is used.' },
  version: { short: 'v', summary: 'Print the version of holdfast.' },
};
