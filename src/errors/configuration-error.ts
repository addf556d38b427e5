import { HoldfastError } from './holdfast-error.js';
import { escapeControlCharacters } from './printable.js';

/** One thing that is wrong with given options, arguments or settings. Its texts are safe to print, each on one line. */
export interface ConfigurationIssue {
  /** Where it stands, as a path from the outermost value: `config.operations.chat.deadlineMs`. */
  readonly path: string;
  /** What is allowed there. */
  readonly message: string;
  /** What was given, in words. */
  readonly received: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** Bad input. Lists everything that is wrong at once, the first 100 in its message; nothing of the input has taken effect. */
export class ConfigurationError extends HoldfastError {
  override readonly name = 'ConfigurationError';
  override readonly code = 'HOLDFAST_CONFIGURATION';
  /** Every issue found, in the order of the input. */
  readonly issues: readonly ConfigurationIssue[];

  constructor(issues: readonly ConfigurationIssue[]) {
    super(joinSentences(issues));
    this.issues = issues;
  }

  static override is(error: unknown): error is ConfigurationError {
    return HoldfastError.is(error) && error.code === 'HOLDFAST_CONFIGURATION';
  }
}

/** Builds one issue. Paths and messages may hold names of files and keys, which may hold anything. */
export function buildIssue(path: string, message: string, received: string, suggestion?: string): ConfigurationIssue {
  const issue = {
    path: escapeControlCharacters(path),
    message: escapeControlCharacters(message),
    received: escapeControlCharacters(received),
  };
  return suggestion === undefined ? issue : { ...issue, suggestion: escapeControlCharacters(suggestion) };
}

/** More of them in one message would not be read; `issues` has them all. */
const MAX_SHOWN = 100;

function joinSentences(issues: readonly ConfigurationIssue[]): string {
  const shown = issues.slice(0, MAX_SHOWN).map(buildSentence);
  if (issues.length > MAX_SHOWN) shown.push(`… and ${issues.length - MAX_SHOWN} more`);
  return shown.join('\n');
}

function buildSentence({ path, message, received, suggestion }: ConfigurationIssue): string {
  return `${path}: ${message}; received ${received}${suggestion === undefined ? '' : `. ${suggestion}`}`;
}
