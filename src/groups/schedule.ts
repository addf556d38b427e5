import type { Graph } from './graph.js';

/** A task that waits or runs. */
interface Node {
  readonly name: string;
  /** The tasks that run after it, in the order of their declaration. */
  readonly dependents: Node[];
  /** How many of the tasks that it runs after are not done. */
  missing: number;
  isSettled: boolean;
}

/**
 * Decides which task of a group starts next: ready tasks in the order in which they became ready, and by declaration among
 * those that became ready at once. Starts nothing by itself.
 */
export class Schedule {
  /** Tasks that neither run nor have settled. */
  readonly #waiting = new Map<string, Node>();
  readonly #running = new Map<string, Node>();
  /** May contain tasks that have settled meanwhile. */
  #ready: Node[] = [];
  #firstReady = 0;
  readonly #concurrency: number;

  /**
   * @param graph without cycles, and every dependency in it.
   * @param concurrency how many tasks run at a time.
   */
  constructor(graph: Graph, concurrency: number) {
    this.#concurrency = concurrency;
    for (const [name, after] of graph) {
      this.#waiting.set(name, { name, dependents: [], missing: after.length, isSettled: false });
    }
    for (const node of this.#waiting.values()) {
      for (const each of graph.get(node.name) ?? []) this.#waiting.get(each)?.dependents.push(node);
      if (node.missing === 0) this.#ready.push(node);
    }
  }

  /** Whether every task has settled. */
  get isSettled(): boolean {
    return this.#waiting.size === 0 && this.#running.size === 0;
  }

  /** Marks the next task as running and returns its name; `undefined` if none is ready or as many as allowed are running. */
  startNext(): string | undefined {
    if (this.#running.size >= this.#concurrency) return undefined;
    const node = this.#takeReady();
    if (node === undefined) return undefined;
    this.#waiting.delete(node.name);
    this.#running.set(node.name, node);
    return node.name;
  }

  /** Marks a running task as done: the tasks that waited for it alone are ready. */
  complete(name: string): void {
    for (const each of this.#settle(name)) {
      each.missing -= 1;
      if (each.missing === 0 && !each.isSettled) this.#ready.push(each);
    }
  }

  /** Marks a running task as not done. Settles and returns the tasks that would run after it, however indirectly. */
  fail(name: string): readonly string[] {
    const cancelled: string[] = [];
    const reached = [this.#settle(name)];
    for (let dependents = reached.pop(); dependents !== undefined; dependents = reached.pop()) {
      for (const each of dependents) {
        if (each.isSettled) continue;
        each.isSettled = true;
        this.#waiting.delete(each.name);
        cancelled.push(each.name);
        reached.push(each.dependents);
      }
    }
    return cancelled;
  }

  /** Settles and returns every task that does not run. */
  cancelWaiting(): readonly string[] {
    const names = [...this.#waiting.keys()];
    for (const node of this.#waiting.values()) node.isSettled = true;
    this.#waiting.clear();
    return names;
  }

  #settle(name: string): readonly Node[] {
    const node = this.#running.get(name);
    if (node === undefined) return [];
    this.#running.delete(name);
    node.isSettled = true;
    return node.dependents;
  }

  #takeReady(): Node | undefined {
    while (this.#firstReady < this.#ready.length) {
      const node = this.#ready[this.#firstReady];
      this.#firstReady += 1;
      if (node !== undefined && !node.isSettled) return node;
    }
    // All have been taken: `shift()` on a long array would move the rest each time.
    this.#ready = [];
    this.#firstReady = 0;
    return undefined;
  }
}
