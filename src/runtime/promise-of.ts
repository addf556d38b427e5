import { rejectLater } from './rejected.js';

/**
 * Runs a function and gives its result as a native promise: a value, a thenable, a promise of a subclass, or a throw.
 * A native promise is passed on as it is, since adopting it would cost three ticks.
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
