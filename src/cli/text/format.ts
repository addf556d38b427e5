import type { Origin } from '../../config/layers.js';
import { type ConfigurationIssue, escapeControlCharacters } from '../../errors/index.js';
import type { Style } from './style.js';

export { escapeControlCharacters };

/** A number and what it counts: `1 error`, `2 errors`. */
export function pluralize(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? '' : 's'}`;
}

/** The value of a setting, as it is written in a config; `-` if there is none. */
export function formatValue(value: unknown): string {
  if (typeof value === 'string') return escapeControlCharacters(value);
  return value === undefined ? '-' : escapeControlCharacters(JSON.stringify(value));
}

/** Where a setting comes from: its layer, and the preset or strategy in it. */
export function formatOrigin({ layer, name }: Origin): string {
  return name === undefined ? layer : `${layer} ${escapeControlCharacters(name)}`;
}

/** Errors of a config, one line each, with a second line for what was probably meant. */
export function formatIssues(issues: readonly ConfigurationIssue[], style: Style): string {
  return issues
    .map(({ path, message, received, suggestion }) =>
      formatFinding(style.bad('error'), `${path}: ${message}; received ${received}`, suggestion),
    )
    .join('\n');
}

/** Something that is allowed but probably not intended. */
export interface Warning {
  readonly path: string;
  readonly message: string;
  readonly suggestion?: string;
}

/** Warnings about a config, in the same form as its errors. */
export function formatWarnings(warnings: readonly Warning[], style: Style): string {
  return warnings
    .map(({ path, message, suggestion }) => formatFinding(style.warning('warning'), `${path}: ${message}`, suggestion))
    .join('\n');
}

/** Something to write instead. */
export interface Suggestion {
  readonly path: string;
  readonly text: string;
}

/** The suggestions that no error and no warning contains already. */
export function formatSuggestions(suggestions: readonly Suggestion[], shown: readonly Partial<Warning>[]): string {
  return suggestions
    .filter(({ path, text }) => !shown.some((each) => each.path === path && each.suggestion === text))
    .map(({ path, text }) => formatFinding('suggestion', `${path}: ${text}`))
    .join('\n');
}

function formatFinding(label: string, text: string, suggestion?: string): string {
  const first = `${label}: ${escapeControlCharacters(text)}`;
  return suggestion === undefined ? first : `${first}\n  ${escapeControlCharacters(suggestion)}`;
}
