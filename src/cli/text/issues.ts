import type { ConfigurationIssue } from '../../errors/index.js';
import type { Paint } from './paint.js';
import { escapeControlCharacters } from './printable.js';

/** Something that is allowed and probably not meant. */
export interface Remark {
  readonly path: string;
  readonly message: string;
  /** A better value, where there is one that can be told. */
  readonly suggestion?: string;
}

/** Something to write instead. */
export interface Suggestion {
  readonly path: string;
  readonly text: string;
}

/** What is wrong, one line for each, and a second one for what was probably meant. */
export function issueLines(issues: readonly ConfigurationIssue[], paint: Paint): string {
  return issues
    .map(({ path, message, received, suggestion }) =>
      lines(paint.bad('error'), `${path}: ${message}; received ${received}`, suggestion),
    )
    .join('\n');
}

/** What is probably not meant, in the same form. */
export function remarkLines(remarks: readonly Remark[], paint: Paint): string {
  return remarks
    .map(({ path, message, suggestion }) => lines(paint.doubtful('warning'), `${path}: ${message}`, suggestion))
    .join('\n');
}

/** What to write instead, as far as no error and no warning has said so. */
export function suggestionLines(suggestions: readonly Suggestion[], told: readonly Partial<Remark>[]): string {
  return suggestions
    .filter(({ path, text }) => !told.some((each) => each.path === path && each.suggestion === text))
    .map(({ path, text }) => lines('suggestion', `${path}: ${text}`))
    .join('\n');
}

function lines(label: string, text: string, suggestion?: string): string {
  const first = `${label}: ${escapeControlCharacters(text)}`;
  return suggestion === undefined ? first : `${first}\n  ${escapeControlCharacters(suggestion)}`;
}
