import type { ConfigurationIssue } from '../../errors/index.js';

/** Something that is allowed, and probably not what was meant. */
export interface ConfigWarning {
  /** The rule that speaks, such as `attempts-open-breaker`. */
  readonly rule: string;
  /** Where it was written: `config.operations.chat.retry.maxAttempts`. */
  readonly path: string;
  /** What is wrong with it, in one sentence. */
  readonly message: string;
  /** What stands there. */
  readonly value: unknown;
  /** A better value, where there is one that can be told. */
  readonly suggestion?: string;
}

/** A better value for one field. */
export interface ConfigSuggestion {
  readonly path: string;
  readonly text: string;
}

/** What there is to say of a config. */
export interface ValidationResult {
  /** Whether there are no errors. */
  readonly valid: boolean;
  /** Everything that is wrong. With any of these the config is refused wherever it is given. */
  readonly errors: readonly ConfigurationIssue[];
  /** What is allowed, and probably not what was meant. Looked for where there are no errors. */
  readonly warnings: readonly ConfigWarning[];
  /** What to write instead: all that errors and warnings suggest, and what is worth a thought besides. */
  readonly suggestions: readonly ConfigSuggestion[];
}

/** Puts a result together. */
export function resultOf(
  errors: readonly ConfigurationIssue[],
  warnings: readonly ConfigWarning[] = [],
  hints: readonly ConfigSuggestion[] = [],
): ValidationResult {
  const suggestions = [...suggestedBy(errors), ...suggestedBy(warnings), ...hints];
  return { valid: errors.length === 0, errors, warnings, suggestions: withoutRepeats(suggestions) };
}

/** What to write or do instead, of all that suggest it. */
export function suggestedBy(
  findings: readonly { readonly path: string; readonly suggestion?: string }[],
): readonly ConfigSuggestion[] {
  return findings.flatMap(({ path, suggestion }) => (suggestion === undefined ? [] : [{ path, text: suggestion }]));
}

function withoutRepeats(suggestions: readonly ConfigSuggestion[]): ConfigSuggestion[] {
  const each = new Map(suggestions.map((one) => [JSON.stringify([one.path, one.text]), one]));
  return [...each.values()];
}
