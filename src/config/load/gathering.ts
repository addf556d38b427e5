import { ConfigurationError, type ConfigurationIssue } from '../../errors/index.js';

/** Collects what several steps refuse, so that all of it is told at once. */
export class Gathering {
  readonly #issues: ConfigurationIssue[] = [];

  get isClean(): boolean {
    return this.#issues.length === 0;
  }

  /**
   * What a step gives; `undefined` when it refuses its input. What it says of a path of which an earlier step has
   * spoken is left out: the first one knows more.
   */
  from<T>(step: () => T): T | undefined {
    try {
      return step();
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      const spokenOf = new Set(this.#issues.map(({ path }) => path));
      this.#issues.push(...error.issues.filter(({ path }) => !spokenOf.has(path)));
      return undefined;
    }
  }

  /** Everything that was refused, as one error. */
  error(): ConfigurationError {
    return new ConfigurationError(this.#issues);
  }
}
