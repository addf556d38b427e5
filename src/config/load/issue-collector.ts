import { ConfigurationError, type ConfigurationIssue } from '../../errors/index.js';

/** Collects the issues of several steps, so that all of them are reported at once. */
export class IssueCollector {
  readonly #issues: ConfigurationIssue[] = [];

  get hasIssues(): boolean {
    return this.#issues.length > 0;
  }

  /**
   * Returns the result of a step, or `undefined` if it throws a `ConfigurationError`, whose issues are kept. Issues at a
   * path that an earlier step has reported are dropped, because the earlier step knows more. Other errors are thrown.
   */
  attempt<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      const reported = new Set(this.#issues.map(({ path }) => path));
      this.#issues.push(...error.issues.filter(({ path }) => !reported.has(path)));
      return undefined;
    }
  }

  /** Adds issues that a step has found. */
  add(issues: readonly ConfigurationIssue[]): void {
    this.#issues.push(...issues);
  }

  toError(): ConfigurationError {
    return new ConfigurationError(this.#issues);
  }
}
