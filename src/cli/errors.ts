import { ConfigurationError } from '../errors/index.js';
import { escapeControlCharacters, formatIssues } from './text/format.js';
import { PLAIN } from './text/style.js';

/** The exit codes of the process. */
export const EXIT: { readonly ok: 0; readonly finding: 1; readonly usage: 2; readonly internal: 70 } = {
  ok: 0,
  /** The work is done and something was found: an invalid config, a regression, a difference that was asked for. */
  finding: 1,
  /** Nothing was done: the command line is wrong, or a file cannot be read. */
  usage: 2,
  /** A bug in holdfast. */
  internal: 70,
};

/** The exit codes of a command that has done its work. */
export type DoneCode = typeof EXIT.ok | typeof EXIT.finding;

/** The command line is wrong, or a file that it names cannot be used. */
export class UsageError extends Error {
  override readonly name = 'UsageError';
  /** What was probably meant. */
  readonly suggestion: string | undefined;

  constructor(message: string, suggestion?: string) {
    super(message);
    this.suggestion = suggestion;
  }
}

/** Prints why there is no result, as text or as one line of JSON, and returns the exit code. */
export function printError(error: unknown, stderr: { write(text: string): unknown }, json: boolean): number {
  stderr.write(`${json ? JSON.stringify({ error: toData(error) }) : toText(error)}\n`);
  if (error instanceof UsageError) return EXIT.usage;
  return ConfigurationError.is(error) ? EXIT.finding : EXIT.internal;
}

function toText(error: unknown): string {
  if (error instanceof UsageError) {
    const { message, suggestion } = error;
    const more = suggestion === undefined ? '' : `\n  ${escapeControlCharacters(suggestion)}`;
    return `holdfast: ${escapeControlCharacters(message)}${more}`;
  }
  if (ConfigurationError.is(error)) return formatIssues(error.issues, PLAIN);
  // No input is to blame, so the report needs the stack.
  const where = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return `holdfast: internal error (please report)\n${where}`;
}

function toData(error: unknown): object {
  if (error instanceof UsageError) {
    const { message, suggestion } = error;
    return { code: 'USAGE', message, ...(suggestion === undefined ? {} : { suggestion }) };
  }
  if (ConfigurationError.is(error)) return { code: error.code, issues: error.issues };
  return { code: 'INTERNAL', message: error instanceof Error ? error.message : String(error) };
}
