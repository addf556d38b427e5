import type { UsageAlert, UsageAlertChange, UsageFinding } from './alert.js';
import { Ring } from './ring.js';

/** How many alerts are active at most, and how many of those that are over are kept. */
const MOST_ALERTS = 50;

/** Which alerts are active. What goes on being wrong is one alert that lasts, and not one for each event. */
export class AlertBoard {
  /** By rule and preset, in the order in which they were raised. */
  readonly #active = new Map<string, UsageAlert>();
  readonly #over = new Ring<UsageAlert>(MOST_ALERTS);
  readonly #onChange: (change: UsageAlertChange) => void;

  constructor(onChange: (change: UsageAlertChange) => void) {
    this.#onChange = onChange;
  }

  /**
   * Takes in what a rule has found.
   *
   * @param seen whether an event has brought it up. Time alone ends alerts and raises none.
   */
  put({ rule, preset, trouble }: UsageFinding, nowMs: number, seen = true): void {
    const key = keyOf(rule, preset);
    const known = this.#active.get(key);
    if (trouble === undefined) {
      if (known !== undefined) this.#clear(key, known, nowMs);
      return;
    }
    if (!seen) return;
    if (known === undefined) {
      this.#raise(key, { rule, preset, ...trouble, at: nowMs, lastAt: nowMs, occurrences: 1, clearedAt: undefined });
    } else {
      const { occurrences } = known;
      this.#active.set(key, Object.freeze({ ...known, ...trouble, lastAt: nowMs, occurrences: occurrences + 1 }));
    }
  }

  /** Those that hold, the latest raised first. */
  active(): UsageAlert[] {
    return [...this.#active.values()].reverse();
  }

  /** Those that hold and those that did, the latest raised first; at most 50. */
  recent(): UsageAlert[] {
    const all = [...this.#over.items().reverse(), ...this.active()];
    return all.sort((one, other) => other.at - one.at).slice(0, MOST_ALERTS);
  }

  /** Forgets what was last seen at a moment or before. */
  forget(momentMs: number): void {
    this.#over.dropWhile(({ lastAt }) => lastAt <= momentMs);
    for (const [key, alert] of this.#active) {
      if (alert.lastAt <= momentMs) this.#clear(key, alert, alert.lastAt);
    }
  }

  #raise(key: string, alert: UsageAlert): void {
    this.#active.set(key, Object.freeze(alert));
    this.#tell({ type: 'alert.raised', alert });
    if (this.#active.size <= MOST_ALERTS) return;
    const [oldest] = this.#active;
    if (oldest !== undefined) this.#clear(...oldest, alert.at);
  }

  #clear(key: string, alert: UsageAlert, nowMs: number): void {
    const cleared = Object.freeze({ ...alert, clearedAt: nowMs });
    this.#active.delete(key);
    this.#over.push(cleared);
    this.#tell({ type: 'alert.cleared', alert: cleared });
  }

  #tell(change: UsageAlertChange): void {
    try {
      this.#onChange(change);
    } catch {
      // Whoever listens cannot disturb what is being recorded.
    }
  }
}

function keyOf(rule: string, preset: string | undefined): string {
  // Names hold no line ends.
  return preset === undefined ? rule : `${rule}\n${preset}`;
}
