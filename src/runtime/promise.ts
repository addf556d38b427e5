const RESOLVED = Promise.resolve();

/**
 * Runs a function and returns its result as a native promise, whether it is a value, a thenable, a promise of a subclass or a
 * throw. A native promise is returned as it is, since adopting it would cost three ticks.
 */
export function toPromise<T>(work: () => T | PromiseLike<T>): Promise<T> {
  try {
    const result = work();
    if (result instanceof Promise && result.constructor === Promise) return result;
    return new Promise<T>((resolve) => resolve(result));
  } catch (error) {
    return rejectLater(error);
  }
}

/**
 * Returns a promise that rejects one microtask from now. If a promise rejects before it has a handler, Node records an
 * unhandled rejection and takes it back, which costs more than everything else about a rejection.
 */
export function rejectLater(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    void RESOLVED.then(() => reject(error));
  });
}
