import { computePrecedence, LAYERS, type Setting, type SettingTable } from './layers.js';

/** The shorter of two times, and the one that must not be shorter. */
const ORDERED = [
  { short: 'minDelayMs', long: 'maxDelayMs' },
  { short: 'openMs', long: 'openMaxMs' },
];

const ELAPSED = 'retry.maxElapsedMs';

/**
 * Reconciles bounds of different layers: where a minimum is above a maximum, the weaker of the two takes the value of the
 * stronger. A config that contradicts itself is left as it is, for the check to refuse.
 *
 * @param table the merged steps, which is changed.
 * @param steps what was merged, the weakest first. One step may hold several layers.
 */
export function reconcileBounds(table: Map<string, Setting>, steps: readonly SettingTable[]): void {
  const room = new Reconciler(table, steps);
  for (const path of table.keys()) {
    for (const { short, long } of ORDERED) {
      if (path.endsWith(`.${short}`)) room.adjust(path, path.slice(0, -short.length) + long);
    }
  }
  for (const path of table.keys()) {
    if (!isWait(path)) continue;
    room.reconcileElapsed(path);
    room.reconcileJitter(path.slice(0, -'minDelayMs'.length));
  }
}

class Reconciler {
  readonly #table: Map<string, Setting>;
  readonly #steps: readonly SettingTable[];
  /** From a path that follows another one to that other one. */
  readonly #follows = new Map<string, string>();

  constructor(table: Map<string, Setting>, steps: readonly SettingTable[]) {
    this.#table = table;
    this.#steps = steps;
  }

  /** The weaker of two times takes the value of the stronger, if the shorter one is longer. */
  adjust(short: string, long: string): void {
    const difference = this.#excess(short, long);
    if (difference > 0) this.#follow(long, short);
    if (difference < 0) this.#follow(short, long);
  }

  /** A limit of elapsed time below the shortest wait allows no retry. Where the wait is meant, the limit follows the waits. */
  reconcileElapsed(wait: string): void {
    const difference = this.#excess(wait, ELAPSED);
    if (difference > 0) this.#table.delete(ELAPSED);
    if (difference < 0) this.#follow(wait, ELAPSED);
  }

  /** Jitter that is added to a wait is no longer than the wait, where a stronger layer gives the wait alone. */
  reconcileJitter(settings: string): void {
    if (this.#table.get(`${settings}jitter`)?.value !== 'additive') return;
    const [jitter, wait] = [`${settings}jitterMaxMs`, `${settings}minDelayMs`];
    // Without a wait, the jitter is all there is of one.
    if (this.#table.get(wait)?.value !== 0 && this.#excess(jitter, wait) < 0) this.#follow(jitter, wait);
  }

  /** By how much the shorter one is stronger; 0 where it is not longer than the other. */
  #excess(short: string, long: string): number {
    const one = this.#table.get(short);
    const other = this.#table.get(long);
    if (one === undefined || other === undefined || !isMore(one, other)) return 0;
    // A time that follows another one was not written, so it contradicts nothing: it gives way once more.
    if (isOfOneConfig(one, other)) return this.#follows.has(short) ? -1 : 0;
    return this.#strengthOf(short, one) - this.#strengthOf(long, other);
  }

  #follow(path: string, other: string): void {
    const setting = this.#table.get(other);
    if (setting === undefined) return;
    this.#table.set(path, setting);
    this.#follows.set(path, other);
  }

  /** The step decides, and within one step the layer: an operation is stronger than the defaults, whichever layer either is in. */
  #strengthOf(path: string, setting: Setting): number {
    const given = this.#follows.get(path) ?? path;
    return this.#steps.findLastIndex((step) => step.has(given)) * LAYERS.length + computePrecedence(setting);
  }
}

function isWait(path: string): boolean {
  return path.startsWith('retry.') && path.endsWith('.minDelayMs');
}

/** Settings of presets and strategies have a name. Only a user's own config can contradict itself. */
function isOfOneConfig(one: Setting, other: Setting): boolean {
  return one.layer === other.layer && one.name === undefined && other.name === undefined;
}

function isMore({ value: one }: Setting, { value: other }: Setting): boolean {
  return typeof one === 'number' && typeof other === 'number' && one > other;
}
