import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call, CallScope } from '../pipeline/index.js';

/**
 * The async scope of a call's function and of the code that it starts. Closed when the function has settled, so that a
 * socket or an interval that it leaves behind neither belongs to a finished call nor keeps it in memory.
 */
class Scope implements CallScope {
  readonly owner: object;
  /** `undefined` once it is closed. */
  call: Call | undefined;
  outer: Scope | undefined;

  constructor(owner: object, call: Call, outer: Scope | undefined) {
    this.owner = owner;
    this.call = call;
    this.outer = outer;
  }

  run(work: (call: Call) => unknown, call: Call): unknown {
    return storage.run(this, work, call);
  }

  close(): void {
    this.call = undefined;
    // An endless sequence of calls that start one another must not build up a chain.
    this.outer = findOpen(this.outer);
  }
}

/** One for all instances, since each one costs time at every promise. A scope belongs to the instance that opened it. */
const storage = new AsyncLocalStorage<Scope>();

/** Finds the innermost scope that is open, from this one outwards; only among those of the owner, if given. */
function findOpen(from: Scope | undefined, owner?: object): Scope | undefined {
  let scope = from;
  while (scope !== undefined && (scope.call === undefined || (owner !== undefined && scope.owner !== owner))) {
    scope = scope.outer;
  }
  return scope;
}

/** Opens the scope of a call, inside that of the code that is running. */
export function openScope(owner: object, call: Call): CallScope {
  return new Scope(owner, call, findOpen(storage.getStore()));
}

/** Finds the call whose function the current code runs in, among those of one owner. */
export function findCallOf(owner: object): Call | undefined {
  return findOpen(storage.getStore(), owner)?.call;
}

/**
 * Returns the call whose function the current code runs in: the innermost one of a `Resilience` with `asyncContext: true`.
 * Functions that `wrap` or `@resilient` calls, which do not receive the call, get the signal of their attempt from it.
 *
 * @example
 * ```ts
 * const resilience = createResilience({ asyncContext: true });
 * const load = resilience.wrap('load', (url: string) => fetch(url, { signal: currentCall()?.signal ?? null }));
 * ```
 *
 * @returns `undefined` outside such a function, and in work that continues after it has settled.
 */
export function currentCall(): Call | undefined {
  return findOpen(storage.getStore())?.call;
}
