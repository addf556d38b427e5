import { type KeptValue, LruCache } from '../runtime/index.js';

/** One execution, and the calls that wait for it. */
export class SharedRun<W> {
  readonly key: string;
  /** The call that started it, whether it still waits or not. */
  readonly first: W;
  readonly #waiters = new Set<W>();
  /** The highest that any of them asked for. */
  #ttlMs = 0;
  #endsAtMs = Number.NEGATIVE_INFINITY;

  constructor(key: string, first: W) {
    this.key = key;
    this.first = first;
  }

  get waiters(): ReadonlySet<W> {
    return this.#waiters;
  }

  /** How long its value is to be kept. */
  get ttlMs(): number {
    return this.#ttlMs;
  }

  /** The latest time, by the monotonic clock, until which any of them waits or waited. */
  get endsAtMs(): number {
    return this.#endsAtMs;
  }

  add(waiter: W, ttlMs: number, endsAtMs: number): void {
    this.#waiters.add(waiter);
    this.#ttlMs = Math.max(this.#ttlMs, ttlMs);
    this.#endsAtMs = Math.max(this.#endsAtMs, endsAtMs);
  }

  remove(waiter: W): void {
    this.#waiters.delete(waiter);
  }
}

/** The values and the executions in progress of one operation, by key. */
export class SharedRuns<W> {
  readonly #running = new Map<string, SharedRun<W>>();
  readonly #values = new LruCache<unknown>();

  /** Executions in progress that can be joined. */
  get running(): number {
    return this.#running.size;
  }

  /** Finds a value that is not older than `ttlMs`; none with 0. */
  findValue(key: string, nowMs: number, ttlMs: number): KeptValue<unknown> | undefined {
    return ttlMs === 0 ? undefined : this.#values.find(key, nowMs, ttlMs);
  }

  findRun(key: string): SharedRun<W> | undefined {
    return this.#running.get(key);
  }

  start(key: string, first: W): SharedRun<W> {
    const run = new SharedRun(key, first);
    this.#running.set(key, run);
    return run;
  }

  /** Ends a run: the next call starts another one. Has no effect if it has ended. */
  end(run: SharedRun<W>): void {
    if (this.#running.get(run.key) === run) this.#running.delete(run.key);
  }

  /** Keeps the value of a run, if one of its callers asked for that. */
  keep({ key, ttlMs }: SharedRun<W>, value: unknown, nowMs: number, maxEntries: number): void {
    if (ttlMs > 0) this.#values.store(key, value, { nowMs, ttlMs, maxEntries });
  }
}
