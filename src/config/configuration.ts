import { type DetectedEnvironment, detectEnvironment, presetOf } from '../environment/index.js';
import { Check } from '../input/index.js';
import { ConflictCheck, type Sources } from './conflicts.js';
import type { ConfigInput, OperationInput } from './document.js';
import { unflatten } from './flatten.js';
import { type DocumentLayer, type Layer, overlay, type Setting, type SettingTable, toTable } from './layers.js';
import { EMPTY_CONFIG, type MergedConfig, overlayConfigs, toMergedConfig } from './merged-config.js';
import { BUILT_IN, type Catalog } from './presets/catalog.js';
import type { Preset } from './presets/presets.js';
import { reconcileBounds } from './reconcile-bounds.js';
import { type ResolvedSettings, resolveSettings, type Settings } from './settings.js';

/** The settings of one operation, and where each came from. */
export interface ResolvedOperation {
  readonly effective: ResolvedSettings;
  readonly table: SettingTable;
  /** The strategy that a config names for it. */
  readonly strategy: string | undefined;
  /** The presets and strategies that a config or a call may name. */
  readonly catalog: Catalog;
}

/** Options of resolving a configuration. */
interface ResolveOptions {
  /** Names of configs in error messages, where they differ from those of their layers. */
  readonly sources?: Sources;
  /** The presets and strategies that they may name. Default: the built-in ones. */
  readonly catalog?: Catalog;
}

/** Settings that a call may override. */
interface CallInput {
  readonly settings?: Settings | undefined;
  readonly strategy?: string | undefined;
  /** The settings of the target that the call goes to, and where they were written. */
  readonly target?: { readonly settings: Settings; readonly path: string } | undefined;
}

/** Tables to merge, in ascending precedence. */
type Steps = readonly [SettingTable, ...SettingTable[]];

type ByLayer = Readonly<Partial<Record<DocumentLayer, MergedConfig>>>;

/** No preset: the library's own settings. */
const NO_PRESET: Pick<Preset, 'settings' | 'operations'> = { settings: {}, operations: {} };
const NOTHING: SettingTable = new Map();

/**
 * All layers, merged for every operation. Immutable: a change builds a new configuration, so that a refused change has no
 * effect.
 */
export class Configuration {
  /** The environment for which `auto` chooses the preset. */
  readonly environment: DetectedEnvironment;
  /** The name of the preset in force. */
  readonly preset: string;
  /** The presets and strategies that configs and calls may name. */
  readonly catalog: Catalog;
  readonly #layers: ByLayer;
  readonly #merged: MergedConfig;
  /** What the preset sets for single operations. */
  readonly #operationsOfPreset: ReadonlyMap<string, OperationInput>;
  readonly #ofPreset: SettingTable;
  readonly #ofStrategies = new Map<string, SettingTable>();
  readonly #others: ResolvedOperation;
  readonly #named = new Map<string, ResolvedOperation>();

  private constructor(
    layers: ByLayer,
    environment: DetectedEnvironment,
    { sources, catalog = BUILT_IN }: ResolveOptions = {},
  ) {
    this.environment = environment;
    this.catalog = catalog;
    this.#layers = layers;
    const {
      file = EMPTY_CONFIG,
      environment: process = EMPTY_CONFIG,
      code = EMPTY_CONFIG,
      runtime = EMPTY_CONFIG,
    } = layers;
    this.#merged = [file, process, code, runtime].reduce(overlayConfigs);
    const wanted = readText(this.#merged.preset?.value) ?? 'auto';
    this.preset = wanted === 'auto' ? presetOf(environment) : wanted;
    const { settings, operations } = catalog.findPreset(this.preset) ?? NO_PRESET;
    this.#operationsOfPreset = new Map(Object.entries(operations));
    this.#ofPreset = toTable(settings, { layer: 'preset', name: this.preset });
    const check = new ConflictCheck(sources);
    this.#checkAliases(check);
    this.#others = this.#resolve(check, undefined);
    for (const name of this.mentioned) {
      if (this.findAlias(name) === undefined) this.#named.set(name, this.#resolve(check, name));
    }
    check.throwIfInvalid();
  }

  /**
   * Resolves a configuration from configs, each with its layer. Contradictions are looked for in the merged settings only,
   * because a layer of higher precedence may correct them.
   *
   * @param documents valid configs.
   * @throws {ConfigurationError} listing every contradiction.
   */
  static resolve(
    environment: DetectedEnvironment,
    documents: readonly (readonly [DocumentLayer, ConfigInput])[],
    options?: ResolveOptions,
  ): Configuration {
    const layers: Partial<Record<DocumentLayer, MergedConfig>> = {};
    for (const [layer, document] of documents) layers[layer] = toMergedConfig(document, layer);
    return new Configuration(layers, environment, options);
  }

  /** Resolves a configuration from a single config, independent of the environment. See {@link resolve}. */
  static single(document: ConfigInput, options?: ResolveOptions): Configuration {
    return Configuration.resolve(detectEnvironment({}), [['code', document]], options);
  }

  /** The preset that the environment variables name, if a layer of higher precedence names another one. */
  get overruledPreset():
    | { readonly setting: 'preset'; readonly given: string; readonly inForce: string; readonly by: Layer }
    | undefined {
    const given = readText(this.#layers.environment?.preset?.value);
    const { preset } = this.#merged;
    if (given === undefined || preset === undefined || preset.layer === 'environment' || preset.value === given)
      return undefined;
    return { setting: 'preset', given, inForce: this.preset, by: preset.layer };
  }

  /**
   * Returns this configuration with the config of one layer replaced.
   *
   * @param document a valid config.
   * @throws {ConfigurationError} listing every contradiction.
   */
  replaceLayer(layer: DocumentLayer, document: ConfigInput): Configuration {
    return this.#withLayer(layer, toMergedConfig(document, layer));
  }

  /**
   * Returns this configuration with a config merged over that of one layer.
   *
   * @param document a valid config.
   * @throws {ConfigurationError} listing every contradiction.
   */
  patchLayer(layer: DocumentLayer, document: ConfigInput): Configuration {
    const more = overlayConfigs(this.#layers[layer] ?? EMPTY_CONFIG, toMergedConfig(document, layer));
    return this.#withLayer(layer, more);
  }

  #withLayer(layer: DocumentLayer, document: MergedConfig): Configuration {
    return new Configuration({ ...this.#layers, [layer]: document }, this.environment, { catalog: this.catalog });
  }

  /** The operations that a config names. Those of the preset are excluded; the application may not use them. */
  get names(): string[] {
    return [...this.#merged.operations.keys()].filter((name) => this.findAlias(name) === undefined);
  }

  /** The operations and aliases that a config or the preset names. */
  get mentioned(): ReadonlySet<string> {
    return new Set([...this.#merged.operations.keys(), ...this.#operationsOfPreset.keys()]);
  }

  /** Returns the operation that `name` is an alias of; `undefined` if it is not an alias. */
  findAlias(name: string): string | undefined {
    return readText(this.findAliasSetting(name)?.value);
  }

  /** Like {@link findAlias}, with the origin. A config may turn an operation of the preset into an alias. */
  findAliasSetting(name: string): Setting | undefined {
    const own = this.#merged.operations.get(name);
    if (own !== undefined) return own.get('alias');
    const value = this.#operationsOfPreset.get(name)?.alias;
    if (value === undefined) return undefined;
    return this.#merged.operations.get(value)?.get('alias') ?? { value, layer: 'preset', name: this.preset };
  }

  /** Returns the settings of an operation or alias; without a name, those of every operation that no layer names. */
  forOperation(operation?: string): ResolvedOperation {
    if (operation === undefined) return this.#others;
    return this.#named.get(this.findAlias(operation) ?? operation) ?? this.#others;
  }

  #resolve(check: ConflictCheck, name: string | undefined): ResolvedOperation {
    const own = name === undefined ? undefined : this.#merged.operations.get(name);
    const known = name === undefined ? undefined : this.#operationsOfPreset.get(name);
    // If a config gives settings to an alias of the preset, the alias becomes an operation.
    const preset = known?.alias === undefined ? known : undefined;
    const strategy =
      readText(own?.get('strategy')?.value) ?? readText(this.#merged.strategy?.value) ?? preset?.strategy;
    const steps: Steps = [
      this.#ofPreset,
      strategy === undefined ? NOTHING : this.#readStrategy(strategy),
      preset === undefined ? NOTHING : toTable(preset, { layer: 'preset', name: this.preset }),
      this.#merged.defaults,
      own ?? NOTHING,
    ];
    const table = mergeTables(steps);
    return { table, effective: check.resolve(name, table), strategy, catalog: this.catalog };
  }

  #readStrategy(strategy: string): SettingTable {
    const known = this.#ofStrategies.get(strategy);
    if (known !== undefined) return known;
    const { settings = {} } = this.catalog.findStrategy(strategy) ?? {};
    const table = toTable(settings, { layer: 'strategy', name: strategy });
    this.#ofStrategies.set(strategy, table);
    return table;
  }

  /** Refuses aliases of aliases, and aliases with settings: it would be unclear which settings apply. */
  #checkAliases(check: ConflictCheck): void {
    for (const [name, own] of this.#merged.operations) {
      const origin = own.get('alias');
      const alias = origin?.value;
      if (typeof alias !== 'string') continue;
      const path = check.at(origin, `operations.${name}`);
      if (this.findAlias(alias) !== undefined || alias === name) {
        check.addIssue(`${path}.alias`, 'must be the name of an operation, not another alias', alias);
      }
      if (own.size > 1) {
        const others = [...own.keys()].filter((each) => each !== 'alias');
        check.addIssue(
          path,
          `is an alias of ${alias}, and must not have settings of its own: ${others.join(', ')}`,
          alias,
        );
      }
    }
  }
}

/**
 * Resolves the settings of one call: its own, merged over those of its target and of the operation.
 *
 * @throws {ConfigurationError} listing every contradiction.
 */
export function resolveCallSettings(below: ResolvedOperation, own: CallInput): ResolvedSettings {
  const { strategy, settings, target } = own;
  const check = new Check();
  const table = mergeTables([
    below.table,
    target === undefined ? NOTHING : toTable(target.settings, { layer: 'call' }),
    strategy === undefined
      ? NOTHING
      : toTable(below.catalog.findStrategy(strategy)?.settings ?? {}, { layer: 'call', name: strategy }),
    settings === undefined ? NOTHING : toTable(settings, { layer: 'call' }),
  ]);
  const effective = resolveSettings(check, target?.path ?? 'options.settings', unflatten(table));
  check.throwIfInvalid();
  return effective;
}

/** Merges tables, in ascending precedence. */
function mergeTables(steps: Steps): SettingTable {
  const table = overlay(...steps);
  reconcileBounds(table, steps);
  return table;
}

function readText(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
