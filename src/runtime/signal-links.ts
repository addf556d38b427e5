type AbortListener = (reason: unknown) => void;

interface AbortListeners {
  readonly listeners: Set<AbortListener>;
  readonly onAbort: () => void;
}

/**
 * Listens to callers' signals: one listener a signal, however many calls share it, gone with the last of them.
 *
 * A listener per call would cost O(n) each on a shared signal, and Node warns of a leak from the eleventh on.
 */
export class SignalLinks {
  readonly #hubs = new WeakMap<AbortSignal, AbortListeners>();

  /** Calls `hear` once with the reason when the signal aborts. The signal must not be aborted yet. */
  link(signal: AbortSignal, hear: AbortListener): void {
    const known = this.#hubs.get(signal);
    if (known !== undefined) {
      known.listeners.add(hear);
      return;
    }
    const listeners = new Set([hear]);
    const onAbort = () => {
      this.#hubs.delete(signal);
      for (const each of listeners) each(signal.reason);
    };
    this.#hubs.set(signal, { listeners, onAbort });
    signal.addEventListener('abort', onAbort, { once: true });
  }

  /** Takes a link back; with the last one the signal is left without a trace. */
  unlink(signal: AbortSignal, hear: AbortListener): void {
    const hub = this.#hubs.get(signal);
    if (hub === undefined) return;
    hub.listeners.delete(hear);
    if (hub.listeners.size > 0) return;
    this.#hubs.delete(signal);
    signal.removeEventListener('abort', hub.onAbort);
  }
}
