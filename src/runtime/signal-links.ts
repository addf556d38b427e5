type Hear = (reason: unknown) => void;

interface Hub {
  readonly hears: Set<Hear>;
  readonly onAbort: () => void;
}

/**
 * Listens to callers' signals: one listener a signal, however many calls share it, gone with the last of them.
 *
 * A listener per call would cost O(n) each on a shared signal, and Node warns of a leak from the eleventh on.
 */
export class SignalLinks {
  readonly #hubs = new WeakMap<AbortSignal, Hub>();

  /** Calls `hear` once with the reason when the signal aborts. The signal must not be aborted yet. */
  link(signal: AbortSignal, hear: Hear): void {
    const known = this.#hubs.get(signal);
    if (known !== undefined) {
      known.hears.add(hear);
      return;
    }
    const hears = new Set([hear]);
    const onAbort = () => {
      this.#hubs.delete(signal);
      for (const each of hears) each(signal.reason);
    };
    this.#hubs.set(signal, { hears, onAbort });
    signal.addEventListener('abort', onAbort, { once: true });
  }

  /** Takes a link back; with the last one the signal is left without a trace. */
  unlink(signal: AbortSignal, hear: Hear): void {
    const hub = this.#hubs.get(signal);
    if (hub === undefined) return;
    hub.hears.delete(hear);
    if (hub.hears.size > 0) return;
    this.#hubs.delete(signal);
    signal.removeEventListener('abort', hub.onAbort);
  }
}
