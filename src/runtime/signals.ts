import { callHook, followAnswer } from './hook.js';

/** True for anything that works like an `AbortSignal`, including those of other realms and polyfills. */
export function isSignal(value: unknown): value is AbortSignal {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (!('aborted' in value && 'addEventListener' in value && 'removeEventListener' in value)) return false;
    const { aborted, addEventListener, removeEventListener } = value;
    const works = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
    return typeof aborted === 'boolean' && works;
  } catch {
    return false;
  }
}

type AbortListener = (reason: unknown) => void;

interface AbortListeners {
  readonly listeners: Set<AbortListener>;
  readonly onAbort: () => void;
}

/**
 * Links to callers' signals. Adds one listener to each signal, however many calls share it, and removes it with the last
 * link.
 *
 * A listener for each call would cost O(n) each on a shared signal, and Node warns of a leak from the eleventh on.
 */
export class SignalLinks {
  readonly #bySignal = new WeakMap<AbortSignal, AbortListeners>();
  /** Created when first needed. Removes links whose holder has been garbage collected. */
  #collected: FinalizationRegistry<() => void> | undefined;

  /** Calls `listener` once with the reason when the signal aborts. The signal must not have aborted yet. */
  link(signal: AbortSignal, listener: AbortListener): void {
    const known = this.#bySignal.get(signal);
    if (known !== undefined) {
      known.listeners.add(listener);
      return;
    }
    const listeners = new Set([listener]);
    const onAbort = () => {
      this.#bySignal.delete(signal);
      for (const each of listeners) each(signal.reason);
    };
    const added: unknown = signal.addEventListener('abort', onAbort, { once: true });
    // A non-native signal may return a promise. Only a synchronous throw refuses the call.
    followAnswer(added, () => undefined);
    this.#bySignal.set(signal, { listeners, onAbort });
  }

  /**
   * Like {@link link}, for as long as `holder` lives, unless the signal has aborted. The listener must not refer to the
   * holder. Never throws: a non-native signal that throws is not followed.
   */
  linkWhileAlive(holder: object, signal: AbortSignal, listener: AbortListener): void {
    try {
      if (signal.aborted) return;
      this.link(signal, listener);
    } catch {
      return;
    }
    this.#collected ??= new FinalizationRegistry((unlink) => unlink());
    this.#collected.register(holder, () => this.unlink(signal, listener));
  }

  /** Removes a link. With the last link, the listener is removed from the signal. */
  unlink(signal: AbortSignal, listener: AbortListener): void {
    const known = this.#bySignal.get(signal);
    if (known === undefined) return;
    known.listeners.delete(listener);
    if (known.listeners.size > 0) return;
    this.#bySignal.delete(signal);
    // A non-native signal may throw or reject. A listener that is not removed finds no links when it runs.
    callHook(
      () => signal.removeEventListener('abort', known.onAbort),
      [],
      () => undefined,
    );
  }
}
