import type { AttemptOutcome, DeferredOutcome, Lane, Stage, StageAttempt } from '../../src/pipeline/index.js';
import { startTimer, stopTimer } from '../../src/runtime/index.js';

/** Launches a second attempt when the first has no value after `afterMs`; the first value wins, and ends the other. */
export function hedgeStage(afterMs: number): Stage {
  return (next) => (attempt) =>
    new Promise((resolve, reject) => {
      const attempts: StageAttempt[] = [];
      const errors: unknown[] = [];
      const launch = (leg: StageAttempt) => {
        attempts.push(leg);
        next(leg).then(
          (value) => {
            stopTimer(timer);
            const superseded = new Error('another attempt was faster');
            for (const other of attempts) if (other !== leg) other.interrupt({ by: 'superseded', error: superseded });
            resolve(value);
          },
          (error: unknown) => {
            errors.push(error);
            if (errors.length < attempts.length) return;
            stopTimer(timer);
            reject(error);
          },
        );
      };
      const timer = startTimer(afterMs, () => launch(attempt.call.nextAttempt({ lane: attempt.lane })));
      launch(attempt);
    });
}

/** Tries one lane after the other, until one succeeds. */
export function targetsStage(lanes: readonly [Lane, ...Lane[]]): Stage {
  return (next) => async (attempt) => {
    const [first, ...others] = lanes;
    attempt.moveTo(first);
    let value = next(attempt);
    for (const lane of others) {
      value = value.catch(() => next(attempt.call.nextAttempt({ lane })));
    }
    return value;
  };
}

/** Takes the value of every attempt for a stream that is read later: its outcome comes when the test says so. */
export function streamStage(onStream: (outcome: DeferredOutcome, attempt: StageAttempt) => void): Stage {
  return (next) => (attempt) => {
    onStream(attempt.deferOutcome(), attempt);
    return next(attempt);
  };
}

/** Notes what every attempt ended with, and what was seen of the provider meanwhile. */
export function notingStage(notes: string[]): Stage {
  return (next) => (attempt) => {
    const name = `${attempt.target?.name ?? attempt.key ?? attempt.operation}#${attempt.attempt}`;
    attempt.onObservation(({ headers, usage }) => {
      const remaining = headers !== undefined && typeof headers['get'] === 'function' ? headers['get']('x-left') : '';
      notes.push(`${name} saw ${remaining} left, ${usage?.outputTokens ?? 0} tokens`);
    });
    attempt.onOutcome((outcome) => notes.push(`${name} ${textOf(outcome)}`));
    return next(attempt);
  };
}

function textOf(outcome: AttemptOutcome): string {
  if (!('error' in outcome)) return outcome.status;
  return `${outcome.status}: ${outcome.error instanceof Error ? outcome.error.message : String(outcome.error)}`;
}
