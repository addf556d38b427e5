import { AsyncLocalStorage } from 'node:async_hooks';
import type { Call, CallScope } from '../pipeline/index.js';

/**
 * What a call's function, the code that it awaits and whatever it starts run in. Closed when the function has settled: then a
 * socket or an interval that it leaves behind neither belongs to a call that is over nor keeps it in memory.
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
    // Calls that start one another without end leave no chain behind.
    this.outer = findOpen(this.outer);
  }
}

/** One for all instances, since Node pays for each one at every promise. A scope belongs to the instance that opened it. */
const storage = new AsyncLocalStorage<Scope>();

/** Finds the innermost scope that is open, from this one outwards; only those of the owner, if one is given. */
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

/** Finds the call in whose function the code is running, among those of one owner. */
export function findCallOf(owner: object): Call | undefined {
  return findOpen(storage.getStore(), owner)?.call;
}

/**
 * Returns the call in whose function the code is running: the innermost one of a `Resilience` with `asyncContext: true`. It
 * gives a function that `wrap` or `@resilient` calls with its own arguments alone the signal of its attempt.
 *
 * @example
 * ```ts
 * const resilience = createResilience({ asyncContext: true });
 * const load = resilience.wrap('load', (url: string) => fetch(url, { signal: currentCall()?.signal ?? null }));
 * ```
 *
 * @returns `undefined` outside such a function, and in work that goes on after it has settled.
 */
export function currentCall(): Call | undefined {
  return findOpen(storage.getStore())?.call;
}
