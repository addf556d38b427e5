const RESOLVED = Promise.resolve();

/**
 * Runs a function and calls one of the handlers with its value or error, in a later microtask. Does not adopt a native
 * promise, which would cost three ticks.
 *
 * Until the handlers are attached it calls only built-ins, which still run when the stack is full: the function may have
 * thrown a stack overflow.
 */
export function runWork<T, A>(
  work: (argument: A) => T | PromiseLike<T>,
  argument: A,
  onValue: (value: T) => void,
  onError: (error: unknown) => void,
): void {
  let promise: Promise<T>;
  try {
    const result = work(argument);
    const isPlain =
      result instanceof Promise && result.constructor === Promise && result.then === Promise.prototype.then;
    promise = isPlain ? result : new Promise<T>((resolve) => resolve(result));
  } catch (error) {
    void RESOLVED.then(() => onError(error));
    return;
  }
  void promise.then(onValue, onError);
}

/** A promise with the functions that settle it. */
export interface Deferred<T> {
  readonly promise: Promise<T>;
  readonly resolve: (value: T) => void;
  readonly reject: (error: unknown) => void;
}

/** Returns a promise to be settled from outside. */
export function defer<T>(): Deferred<T> {
  let resolve: Deferred<T>['resolve'] = doNothing;
  let reject: Deferred<T>['reject'] = doNothing;
  const promise = new Promise<T>((onValue, onError) => {
    resolve = onValue;
    reject = onError;
  });
  if (resolve !== doNothing) return { promise, resolve, reject };
  // The stack is full: the promise was rejected before the function above ran.
  void promise.then(undefined, doNothing);
  throw new RangeError('Maximum call stack size exceeded');
}

function doNothing(): void {
  // Never settles the promise.
}

/**
 * Returns a promise that rejects one microtask from now. If a promise rejects before it has a handler, Node records an
 * unhandled rejection and revokes it, which costs more than the rest of a rejection.
 */
export function rejectLater(error: unknown): Promise<never> {
  return new Promise((_, reject) => {
    void RESOLVED.then(() => reject(error));
  });
}
