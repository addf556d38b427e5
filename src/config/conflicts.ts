import { buildIssue } from '../errors/index.js';
import { Check } from '../input/index.js';
import { unflatten } from './flatten.js';
import type { Layer, Origin, SettingTable } from './layers.js';
import { type ResolvedSettings, resolveSettings } from './settings.js';

/** What error messages call the config of a layer. Default: the name of the layer. */
export type Sources = Readonly<Partial<Record<Layer, string>>>;

const SOURCES: Sources = { environment: 'HOLDFAST_CONFIG', code: 'config', runtime: 'change' };

/** Collects contradictions between settings, each once, at the path of the config that caused it. */
export class ConflictCheck extends Check {
  readonly #sources: Sources;
  /** Issues of the settings of all operations, which most single operations share. */
  readonly #ofAll = new Set<string>();

  /** @param sources names of configs, where they differ from those of their layers. */
  constructor(sources: Sources | undefined) {
    super();
    this.#sources = { ...SOURCES, ...sources };
  }

  /** Returns the path of a setting within the config that it comes from. */
  at(origin: Origin | undefined, path: string): string {
    const layer = origin?.layer ?? 'code';
    return `${this.#sources[layer] ?? layer}.${path}`;
  }

  /** Resolves the settings of an operation. The settings of all operations must be resolved first. */
  resolve(operation: string | undefined, table: SettingTable): ResolvedSettings {
    const check = new Check();
    const effective = resolveSettings(check, '', unflatten(table));
    // Below the empty path, paths begin with a dot: `.retry.maxDelayMs`.
    for (const { path, message, received, suggestion } of check.issues) {
      if (this.#ofAll.has(path + received)) continue;
      if (operation === undefined) this.#ofAll.add(path + received);
      const place = operation === undefined ? 'defaults' : `operations.${operation}`;
      this.issues.push(buildIssue(this.at(table.get(path.slice(1)), place + path), message, received, suggestion));
    }
    return effective;
  }
}
