import type { Rule } from './rule.js';

const SDK_REQUESTS = 3;
const SHARE_OF_DEADLINE = 3;

/** A rule whose message is a suggestion. */
interface Hint extends Rule {
  /** At how many places it is given at most. */
  readonly most: number;
}

/** What is worth a thought, and nothing to warn of. */
export const HINTS: readonly Hint[] = [
  {
    id: 'sdk-retries',
    most: 1,
    paths: ['retry.maxAttempts'],
    when: (judged) => (judged.number('retry.maxAttempts') ?? 0) > SDK_REQUESTS,
    message: (judged) => {
      const attempts = judged.number('retry.maxAttempts') ?? 0;
      return `Switch the retries of your SDK off: where it retries twice by itself, these are ${attempts * SDK_REQUESTS} requests.`;
    },
  },
  {
    id: 'attempt-takes-all',
    most: Infinity,
    paths: ['deadlineMs'],
    when: (judged) => {
      const deadlineMs = judged.number('deadlineMs') ?? Infinity;
      const retries = (judged.number('retry.maxAttempts') ?? 1) > 1;
      return retries && (judged.number('attemptTimeoutMs') ?? Infinity) >= deadlineMs && deadlineMs < Infinity;
    },
    message: (judged) => {
      const thirdMs = Math.ceil((judged.number('deadlineMs') ?? 0) / SHARE_OF_DEADLINE);
      return `Set attemptTimeoutMs as well, such as ${thirdMs}: an attempt that hangs takes all of the time, and there is no retry.`;
    },
  },
];
