import { type ConfigurationIssue, issueOf } from '../../errors/index.js';
import { shown } from './shown.js';

/** Enough to mend a config by; who sends worse gets no longer answer for it. */
const MOST_OF_A_KIND = 100;

/** Collects what is found in a config from outside. */
export class Findings {
  readonly errors: ConfigurationIssue[] = [];
  readonly warnings: ConfigurationIssue[] = [];

  /** Notes what must not be. */
  refuse(path: string, message: string, received: unknown, suggestion?: string): void {
    add(this.errors, issueOf(path, message, shown(received), suggestion));
  }

  /** Notes that something is too large, in words of the caller: it must not be looked at any closer. */
  refuseSize(path: string, message: string, received: string, suggestion: string): void {
    add(this.errors, issueOf(path, message, received, suggestion));
  }

  /** Notes what may be and is odd. */
  warn(path: string, message: string, received: unknown, suggestion?: string): void {
    add(this.warnings, issueOf(path, message, shown(received), suggestion));
  }

  /** True when there is no use in looking on. */
  get isFull(): boolean {
    return this.errors.length >= MOST_OF_A_KIND;
  }
}

function add(to: ConfigurationIssue[], issue: ConfigurationIssue): void {
  if (to.length < MOST_OF_A_KIND) to.push(issue);
}
