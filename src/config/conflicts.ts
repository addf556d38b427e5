import { Check } from '../input/index.js';
import { unflatten } from './flatten.js';
import type { Layer, Origin, SettingTable } from './layers.js';
import { type ResolvedSettings, resolveSettings } from './settings.js';

/** What the config of a layer is called in error messages; where nothing is said, by the name of the layer. */
export type Sources = Readonly<Partial<Record<Layer, string>>>;

const SOURCES: Sources = { environment: 'HOLDFAST_CONFIG', code: 'config', runtime: 'change' };

/** Collects what does not fit together: each contradiction once, by the name of the config that says it. */
export class ConflictCheck extends Check {
  readonly #sources: Sources;
  /** What is wrong for all operations that nobody names, and so for most of the others. */
  readonly #ofAll = new Set<string>();

  /** @param sources where another name is better than that of the layer. */
  constructor(sources: Sources | undefined) {
    super();
    this.#sources = { ...SOURCES, ...sources };
  }

  /** What a place in a config is called. */
  at(origin: Origin | undefined, path: string): string {
    const layer = origin?.layer ?? 'code';
    return `${this.#sources[layer] ?? layer}.${path}`;
  }

  /** The settings of an operation with nothing left open. Those of all that nobody names come first. */
  resolve(operation: string | undefined, table: SettingTable): ResolvedSettings {
    const check = new Check();
    const effective = resolveSettings(check, '', unflatten(table));
    for (const issue of check.issues) {
      // Below a path that is empty, it is `.retry.maxDelayMs`.
      const { path, received } = issue;
      if (this.#ofAll.has(path + received)) continue;
      if (operation === undefined) this.#ofAll.add(path + received);
      const place = operation === undefined ? 'defaults' : `operations.${operation}`;
      this.issues.push({ ...issue, path: this.at(table.get(path.slice(1)), place + path) });
    }
    return effective;
  }
}
