import { Check } from '../errors/errors.js';
import { complete } from './complete.js';
import type { Layer, Origin, Settled } from './layers.js';
import { settingsFrom } from './leaves.js';
import type { EffectiveSettings } from './settings.js';

/** What the config of a layer is called in error messages; where nothing is said, by the name of the layer. */
export type Sources = Readonly<Partial<Record<Layer, string>>>;

const SOURCES: Sources = { environment: 'HOLDFAST_CONFIG', code: 'config', runtime: 'change' };

/** Collects what does not fit together: each contradiction once, by the name of the config that says it. */
export class Contradictions {
  readonly #sources: Sources;
  readonly #check = new Check();
  /** What is wrong for all operations that nobody names, and so for most of the others. */
  readonly #ofAll = new Set<string>();

  /** @param sources where another name is better than that of the layer. */
  constructor(sources: Sources = {}) {
    this.#sources = { ...SOURCES, ...sources };
  }

  /** Notes one that has been found. */
  refuse(origin: Origin | undefined, path: string, message: string, received: unknown): void {
    this.#check.refuse(`${this.#sourceOf(origin)}.${path}`, message, received);
  }

  /** The settings of an operation with nothing left open. Those of all that nobody names come first. */
  complete(operation: string | undefined, settled: Settled): EffectiveSettings {
    const check = new Check();
    const effective = complete(check, 'settings', settingsFrom(settled));
    for (const issue of check.issues) {
      const path = issue.path.slice('settings.'.length);
      const fault = JSON.stringify([path, issue.message, issue.received]);
      if (this.#ofAll.has(fault)) continue;
      if (operation === undefined) this.#ofAll.add(fault);
      const place = operation === undefined ? 'defaults' : `operations.${operation}`;
      this.#check.add({ ...issue, path: `${this.#sourceOf(settled.get(path))}.${place}.${path}` });
    }
    return effective;
  }

  /** @throws {ConfigurationError} naming all of them, when there is any. */
  done(): void {
    this.#check.done();
  }

  #sourceOf(origin: Origin | undefined): string {
    return origin === undefined ? 'config' : (this.#sources[origin.layer] ?? origin.layer);
  }
}
