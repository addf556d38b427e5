import { ConfigurationError, type ConfigurationIssue, type HoldfastEvent, type Resilience } from 'holdfast';

/** Work that never settles, whatever its signal says. */
export function never(): Promise<never> {
  return new Promise(() => undefined);
}

/** A promise, and the two ways to settle it from outside. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Makes a promise that the test settles when it likes. */
export function deferred<T = void>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = () => undefined;
  let reject: Deferred<T>['reject'] = () => undefined;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  return { promise, resolve, reject };
}

/** What a promise rejects with. A promise that resolves fails the test. */
export function errorOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    () => {
      throw new Error('should have been rejected, and was resolved');
    },
    (error: unknown) => error,
  );
}

/** What a function throws. A function that returns fails the test. */
export function thrownBy(work: () => unknown): unknown {
  try {
    work();
  } catch (error) {
    return error;
  }
  throw new Error('should have thrown, and returned');
}

/** Calls that fail with this error, one after the other. */
export async function fail(resilience: Resilience, times: number, operation = 'chat', key?: string): Promise<void> {
  const options = key === undefined ? {} : { key };
  for (let call = 0; call < times; call++) {
    await errorOf(resilience.execute(operation, () => Promise.reject(new Error('down')), options));
  }
}

/** The issues of an error that must be a `ConfigurationError`. */
export function issuesIn(error: unknown): readonly ConfigurationIssue[] {
  if (error instanceof ConfigurationError) return error.issues;
  throw new Error(`should have been a ConfigurationError, and was ${String(error)}`);
}

/** Everything that is told from now on, in its order. */
export function recorded(resilience: Resilience): HoldfastEvent[] {
  const events: HoldfastEvent[] = [];
  resilience.on('*', (event) => events.push(event));
  return events;
}

/** The types of some events. */
export function typesOf(events: readonly HoldfastEvent[]): string[] {
  return events.map(({ type }) => type);
}

/** The doors as those find them who have no compiler: they take anything. */
export function untyped(resilience: Resilience) {
  const through =
    (door: keyof Resilience) =>
    (...given: readonly unknown[]): unknown =>
      Reflect.apply(resilience[door], resilience, given);
  return {
    execute: async (...given: readonly unknown[]): Promise<unknown> => through('execute')(...given),
    inspect: async (...given: readonly unknown[]): Promise<unknown> => through('inspect')(...given),
    group: async (...given: readonly unknown[]): Promise<unknown> => through('group')(...given),
    wrap: through('wrap'),
    operation: through('operation'),
    breaker: through('breaker'),
    stats: through('stats'),
    resetStats: through('resetStats'),
    on: through('on'),
  };
}
