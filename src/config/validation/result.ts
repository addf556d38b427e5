import type { ConfigurationIssue } from '../../errors/index.js';

/** Something that is allowed, but probably not what was meant. */
export interface ConfigWarning {
  /** The rule that gave the warning, such as `attempts-open-breaker`. */
  readonly rule: string;
  /** Where the value is written: `config.operations.chat.retry.maxAttempts`. */
  readonly path: string;
  /** What is wrong with it, in one sentence. */
  readonly message: string;
  /** The value at that place. */
  readonly value: unknown;
  /** What to write instead, if there is a better value. */
  readonly suggestion?: string;
}

/** A better value for one field. */
export interface ConfigSuggestion {
  readonly path: string;
  readonly text: string;
}

/** The result of validating a config or a preset. */
export interface ValidationResult {
  /** True if there are no errors. */
  readonly valid: boolean;
  /** Everything that is wrong. A config with errors is refused wherever it is given. */
  readonly errors: readonly ConfigurationIssue[];
  /** What is allowed, but probably not what was meant. Empty if there are errors. */
  readonly warnings: readonly ConfigWarning[];
  /** What to write instead: the suggestions of all errors and warnings, and further advice. */
  readonly suggestions: readonly ConfigSuggestion[];
}

/** Builds a result, with each suggestion once. */
export function buildResult(
  errors: readonly ConfigurationIssue[],
  warnings: readonly ConfigWarning[] = [],
  hints: readonly ConfigSuggestion[] = [],
): ValidationResult {
  const all = [...collectSuggestions(errors), ...collectSuggestions(warnings), ...hints];
  const suggestions = [...new Map(all.map((each) => [JSON.stringify([each.path, each.text]), each])).values()];
  return { valid: errors.length === 0, errors, warnings, suggestions };
}

/** Returns the suggestions of issues and warnings. */
export function collectSuggestions(
  findings: readonly { readonly path: string; readonly suggestion?: string }[],
): readonly ConfigSuggestion[] {
  return findings.flatMap(({ path, suggestion }) => (suggestion === undefined ? [] : [{ path, text: suggestion }]));
}
