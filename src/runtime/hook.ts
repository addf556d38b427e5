import { types } from 'node:util';

const NATIVE_THEN = Promise.prototype.then;

/**
 * Calls a user's hook and ignores its value. Passes what it throws or rejects with to `onError`, which must not throw.
 * Never throws.
 */
export function callHook<Args extends readonly unknown[]>(
  hook: ((...args: Args) => unknown) | undefined,
  args: Args,
  onError: (error: unknown) => void,
): void {
  try {
    followAnswer(hook?.(...args), onError);
  } catch (error) {
    onError(error);
  }
}

/**
 * Returns true if the answer of a hook is a promise of any library or realm, and passes its rejection to `onError`.
 * Its `then` is called exactly once, which starts a lazy one such as a database query. Never throws.
 */
export function followAnswer(answer: unknown, onError: (error: unknown) => void): boolean {
  if ((typeof answer !== 'object' && typeof answer !== 'function') || answer === null) return false;
  let then: unknown;
  try {
    then = Reflect.get(answer, 'then');
  } catch (error) {
    onError(error);
    return true;
  }
  if (typeof then !== 'function') return false;
  const follow = then;
  const answered = new Promise((resolve, reject) => {
    // A subclass may have a `then` that drops the handlers, and an asynchronous `then` is a second promise that can reject.
    const catchNative = (value: unknown) => {
      if (types.isPromise(value)) void Reflect.apply(NATIVE_THEN, value, [undefined, reject]);
    };
    catchNative(answer);
    if (follow === NATIVE_THEN && types.isPromise(answer)) return;
    catchNative(Reflect.apply(follow, answer, [resolve, reject]));
  });
  void answered.then(undefined, onError);
  return true;
}

/**
 * Returns the answer of a hook that must answer synchronously.
 *
 * @throws {TypeError} if it is a promise, whose rejection is then ignored.
 */
export function requireAnswer(hook: string, answer: unknown): unknown {
  if (followAnswer(answer, () => undefined))
    throw new TypeError(`${hook} must answer synchronously, not with a promise`);
  return answer;
}

/** Emits a process warning about a hook that threw or rejected, where no event can report it. Never throws. */
export function warnOfHook(hook: string, error: unknown): void {
  process.emitWarning(`${hook} has thrown: ${readText(error)}`, { code: 'HOLDFAST_HOOK_FAILED' });
}

/** Not everything that can be thrown can be converted to a string. */
function readText(error: unknown): string {
  try {
    return String(error);
  } catch {
    return 'an error that cannot be read';
  }
}
