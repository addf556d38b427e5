import { type FSWatcher, watch } from 'node:fs';
import { basename } from 'node:path';
import type { Ways } from './ways.js';

/**
 * Tells of changes in directories, as far as the system tells. It may have no more watches to give, know nothing of a
 * directory on another machine, or lose sight of one that is gone: somebody has to look from time to time all the same.
 */
export class Directories {
  readonly #onChange: () => void;
  readonly #watchers = new Map<string, FSWatcher>();
  #ways: Ways = new Map();

  constructor(onChange: () => void) {
    this.#onChange = onChange;
  }

  /**
   * Watches these directories and no others.
   *
   * @param anew begins anew in all of them: what goes by the same name need not be the same directory.
   */
  follow(ways: Ways, anew: boolean): void {
    this.#ways = ways;
    for (const directory of [...this.#watchers.keys()]) if (anew || !ways.has(directory)) this.#leave(directory);
    for (const directory of ways.keys()) if (!this.#watchers.has(directory)) this.#enter(directory);
  }

  close(): void {
    this.follow(new Map(), true);
  }

  #enter(directory: string): void {
    try {
      const watcher = watch(directory, { persistent: false }, (_, name) => {
        if (this.#concerns(directory, name)) this.#onChange();
      });
      watcher.on('error', () => this.#leave(directory));
      this.#watchers.set(directory, watcher);
    } catch {
      // Gone, or no watch to be had.
    }
  }

  #leave(directory: string): void {
    this.#watchers.get(directory)?.close();
    this.#watchers.delete(directory);
  }

  /** Others may write a log beside the config. The directory's own name means that it is no longer where it was. */
  #concerns(directory: string, name: string | null): boolean {
    return name === null || name === basename(directory) || this.#ways.get(directory)?.has(name) === true;
  }
}
