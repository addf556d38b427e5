import { HoldfastError } from './holdfast-error.js';
import { escapeControlCharacters } from './printable.js';

/** One thing that is wrong with given options, arguments or settings. Its texts are safe to print, each on one line. */
export interface ConfigurationIssue {
  /** Where it is, as a path from the outermost value: `config.operations.chat.deadlineMs`. */
  readonly path: string;
  /** What is allowed there. */
  readonly message: string;
  /** A description of what was received. */
  readonly received: string;
  /** What was probably meant. */
  readonly suggestion?: string;
}

/** Bad input. Lists every issue, the first 100 in its message. The input has had no effect. */
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

/** Builds one issue. Escapes its texts: names of files and keys in them can contain any character. */
export function buildIssue(path: string, message: string, received: string, suggestion?: string): ConfigurationIssue {
  const issue = {
    path: escapeControlCharacters(path),
    message: escapeControlCharacters(message),
    received: escapeControlCharacters(received),
  };
  return suggestion === undefined ? issue : { ...issue, suggestion: escapeControlCharacters(suggestion) };
}

/** A longer message would not be read; `issues` has all of them. */
const MAX_SHOWN = 100;

function joinSentences(issues: readonly ConfigurationIssue[]): string {
  const shown = issues.slice(0, MAX_SHOWN).map(buildSentence);
  if (issues.length > MAX_SHOWN) shown.push(`… and ${issues.length - MAX_SHOWN} more`);
  return shown.join('\n');
}

function buildSentence({ path, message, received, suggestion }: ConfigurationIssue): string {
  return `${path}: ${message}; received ${received}${suggestion === undefined ? '' : `. ${suggestion}`}`;
}
