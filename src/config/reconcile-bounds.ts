import { computePrecedence, LAYERS, type Setting, type SettingTable } from './layers.js';

/** Pairs of times: `short` must not be longer than `long`. */
const ORDERED = [
  { short: 'minDelayMs', long: 'maxDelayMs' },
  { short: 'openMs', long: 'openMaxMs' },
];

const ELAPSED = 'retry.maxElapsedMs';

/**
 * Reconciles bounds of different layers: if a minimum is above a maximum, the one of lower precedence takes the value of
 * the other. A config that contradicts itself is left as it is, for the check to refuse.
 *
 * @param table the merged steps, which is changed.
 * @param steps what was merged, in ascending precedence. One step may hold several layers.
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
  /** Maps each path that follows another one to that path. */
  readonly #follows = new Map<string, string>();

  constructor(table: Map<string, Setting>, steps: readonly SettingTable[]) {
    this.#table = table;
    this.#steps = steps;
  }

  /** If `short` is longer than `long`, the one of lower precedence takes the value of the other. */
  adjust(short: string, long: string): void {
    const difference = this.#excess(short, long);
    if (difference > 0) this.#follow(long, short);
    if (difference < 0) this.#follow(short, long);
  }

  /** A limit of elapsed time below the shortest wait allows no retry. If the wait has precedence, the limit is removed. */
  reconcileElapsed(wait: string): void {
    const difference = this.#excess(wait, ELAPSED);
    if (difference > 0) this.#table.delete(ELAPSED);
    if (difference < 0) this.#follow(wait, ELAPSED);
  }

  /** Limits additive jitter to the length of the wait, if a layer of higher precedence sets the wait alone. */
  reconcileJitter(settings: string): void {
    if (this.#table.get(`${settings}jitter`)?.value !== 'additive') return;
    const [jitter, wait] = [`${settings}jitterMaxMs`, `${settings}minDelayMs`];
    // If the wait is 0, retries wait for the jitter alone.
    if (this.#table.get(wait)?.value !== 0 && this.#excess(jitter, wait) < 0) this.#follow(jitter, wait);
  }

  /** The precedence of `short` minus that of `long`; 0 if `short` is not longer than `long`. */
  #excess(short: string, long: string): number {
    const one = this.#table.get(short);
    const other = this.#table.get(long);
    if (one === undefined || other === undefined || !isMore(one, other)) return 0;
    // A time that follows another one was not written, so it contradicts nothing and is adjusted again.
    if (isOfOneConfig(one, other)) return this.#follows.has(short) ? -1 : 0;
    return this.#strengthOf(short, one) - this.#strengthOf(long, other);
  }

  #follow(path: string, other: string): void {
    const setting = this.#table.get(other);
    if (setting === undefined) return;
    this.#table.set(path, setting);
    this.#follows.set(path, other);
  }

  /** The step decides, then the layer: settings of an operation take precedence over the defaults of any layer. */
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
