import {
  type Admission,
  type BreakerEvent,
  BreakerOpenError,
  type BreakerOutcome,
  type CircuitBreaker,
  ConfigurationError,
  type ConfigurationIssue,
} from 'holdfast/breaker';

/** Sends a call through for each outcome, one after the other. */
export function settleAll(breaker: CircuitBreaker, ...outcomes: readonly BreakerOutcome[]): void {
  for (const outcome of outcomes) breaker.settle(breaker.admit(), outcome);
}

/** Sends a number of calls with the same outcome through. */
export function settleMany(breaker: CircuitBreaker, count: number, outcome: BreakerOutcome): void {
  for (let sent = 0; sent < count; sent++) breaker.settle(breaker.admit(), outcome);
}

/** Asks for a number of admissions and settles none. */
export function admitMany(breaker: CircuitBreaker, count: number): Admission[] {
  return Array.from({ length: count }, () => breaker.admit());
}

/** What the breaker says to a call that it refuses. */
export function refusalOf(breaker: CircuitBreaker): BreakerOpenError {
  const answer = breaker.tryAdmit();
  if (answer instanceof BreakerOpenError) return answer;
  throw new Error(`expected a refusal while ${breaker.state}`);
}

/** Everything the breaker tells from now on. */
export function eventsOf(breaker: CircuitBreaker): BreakerEvent[] {
  const events: BreakerEvent[] = [];
  breaker.on('*', (event) => {
    events.push(event);
  });
  return events;
}

/** The types of everything the breaker tells from now on. */
export function typesOf(breaker: CircuitBreaker): string[] {
  const types: string[] = [];
  breaker.on('*', ({ type }) => {
    types.push(type);
  });
  return types;
}

/** What is wrong with the input that `work` refuses; nothing when it takes it. */
export function issuesOf(work: () => unknown): readonly ConfigurationIssue[] {
  try {
    work();
    return [];
  } catch (error) {
    if (error instanceof ConfigurationError) return error.issues;
    throw error;
  }
}
