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
import { resolveSettings } from './resolve-settings.js';
import type { ResolvedSettings, Settings } from './settings.js';

/** The settings of one operation, and where each came from. */
export interface ResolvedOperation {
  readonly effective: ResolvedSettings;
  readonly table: SettingTable;
  /** The strategy that a config names for it. */
  readonly strategy: string | undefined;
  /** The presets and strategies that a config or a call may name. */
  readonly catalog: Catalog;
}

/** How a configuration is put together, where that is not the usual way. */
interface ResolveOptions {
  /** What configs are called in error messages, where that is not plain from their layer. */
  readonly sources?: Sources;
  /** The presets and strategies that they may name. Default: the built-in ones. */
  readonly catalog?: Catalog;
}

/** What a call can bring along. */
interface CallInput {
  readonly settings?: Settings | undefined;
  readonly strategy?: string | undefined;
}

/** What is laid over each other, the weakest first. */
type Steps = readonly [SettingTable, ...SettingTable[]];

type ByLayer = Readonly<Partial<Record<DocumentLayer, MergedConfig>>>;

/** No preset: what the library does when nobody says anything. */
const NO_PRESET: Pick<Preset, 'settings' | 'operations'> = { settings: {}, operations: {} };
const NOTHING: SettingTable = new Map();

/**
 * A whole configuration: all layers laid over each other. It never changes. A change makes another one, so that a bad change
 * leaves nothing half-done.
 */
export class Configuration {
  /** What `auto` goes by. */
  readonly environment: DetectedEnvironment;
  /** The name of the preset in force. */
  readonly preset: string;
  /** The presets and strategies that configs and calls may name. */
  readonly catalog: Catalog;
  readonly #layers: ByLayer;
  readonly #merged: MergedConfig;
  /** What the preset says of single operations. */
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
    const wanted = textOf(this.#merged.preset?.value) ?? 'auto';
    this.preset = wanted === 'auto' ? presetOf(environment) : wanted;
    const { settings, operations } = catalog.findPreset(this.preset) ?? NO_PRESET;
    this.#operationsOfPreset = new Map(Object.entries(operations));
    this.#ofPreset = toTable(settings, { layer: 'preset', name: this.preset });
    const faults = new ConflictCheck(sources);
    this.#checkAliases(faults);
    this.#others = this.#resolve(faults, undefined);
    for (const name of this.mentioned) {
      if (this.aliasOf(name) === undefined) this.#named.set(name, this.#resolve(faults, name));
    }
    faults.throwIfInvalid();
  }

  /**
   * The configuration in which these layers say something. Only all of them together must fit together: a stronger one may
   * mend what a weaker one leaves.
   *
   * @param documents have been checked.
   * @throws {ConfigurationError} naming everything that does not fit together.
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

  /** The configuration that a single config makes, wherever it runs. See {@link resolve}. */
  static single(document: ConfigInput, options?: ResolveOptions): Configuration {
    return Configuration.resolve(detectEnvironment({}), [['code', document]], options);
  }

  /** The preset that the environment variables name, if a stronger layer names another one. */
  get overruledPreset():
    | { readonly setting: 'preset'; readonly given: string; readonly inForce: string; readonly by: Layer }
    | undefined {
    const given = textOf(this.#layers.environment?.preset?.value);
    const { preset } = this.#merged;
    if (given === undefined || preset === undefined || preset.layer === 'environment' || preset.value === given)
      return undefined;
    return { setting: 'preset', given, inForce: this.preset, by: preset.layer };
  }

  /**
   * This configuration with another config in one of its layers, instead of what that layer said before.
   *
   * @param document has been checked.
   * @throws {ConfigurationError} naming everything that does not fit together.
   */
  replaceLayer(layer: DocumentLayer, document: ConfigInput): Configuration {
    return this.#with(layer, toMergedConfig(document, layer));
  }

  /**
   * This configuration with another config laid over what one of its layers says.
   *
   * @param document has been checked.
   * @throws {ConfigurationError} naming everything that does not fit together.
   */
  patchLayer(layer: DocumentLayer, document: ConfigInput): Configuration {
    const more = overlayConfigs(this.#layers[layer] ?? EMPTY_CONFIG, toMergedConfig(document, layer));
    return this.#with(layer, more);
  }

  #with(layer: DocumentLayer, document: MergedConfig): Configuration {
    return new Configuration({ ...this.#layers, [layer]: document }, this.environment, { catalog: this.catalog });
  }

  /** The operations that some config names. Those of the preset are not among them: perhaps nobody has such a one. */
  get names(): string[] {
    return [...this.#merged.operations.keys()].filter((name) => this.aliasOf(name) === undefined);
  }

  /** The operations and aliases that a config or the preset names. */
  get mentioned(): ReadonlySet<string> {
    return new Set([...this.#merged.operations.keys(), ...this.#operationsOfPreset.keys()]);
  }

  /** What `name` is another name of. */
  aliasOf(name: string): string | undefined {
    return textOf(this.aliasSettingOf(name)?.value);
  }

  /** The same, with where it comes from. What the preset takes for an operation may be an alias by some config. */
  aliasSettingOf(name: string): Setting | undefined {
    const own = this.#merged.operations.get(name);
    if (own !== undefined) return own.get('alias');
    const value = this.#operationsOfPreset.get(name)?.alias;
    if (value === undefined) return undefined;
    return this.#merged.operations.get(value)?.get('alias') ?? { value, layer: 'preset', name: this.preset };
  }

  /** The settings of an operation, by whichever of its names; without a name, of all that nobody names. */
  forOperation(operation?: string): ResolvedOperation {
    if (operation === undefined) return this.#others;
    return this.#named.get(this.aliasOf(operation) ?? operation) ?? this.#others;
  }

  #resolve(faults: ConflictCheck, name: string | undefined): ResolvedOperation {
    const own = name === undefined ? undefined : this.#merged.operations.get(name);
    const known = name === undefined ? undefined : this.#operationsOfPreset.get(name);
    // What the preset takes for another name is an operation of its own here, since some config says so.
    const preset = known?.alias === undefined ? known : undefined;
    const strategy = textOf(own?.get('strategy')?.value) ?? textOf(this.#merged.strategy?.value) ?? preset?.strategy;
    const steps: Steps = [
      this.#ofPreset,
      strategy === undefined ? NOTHING : this.#ofStrategy(strategy),
      preset === undefined ? NOTHING : toTable(preset, { layer: 'preset', name: this.preset }),
      this.#merged.defaults,
      own ?? NOTHING,
    ];
    const table = mergeTables(steps);
    return { table, effective: faults.resolve(name, table), strategy, catalog: this.catalog };
  }

  #ofStrategy(strategy: string): SettingTable {
    const known = this.#ofStrategies.get(strategy);
    if (known !== undefined) return known;
    const { settings = {} } = this.catalog.findStrategy(strategy) ?? {};
    const table = toTable(settings, { layer: 'strategy', name: strategy });
    this.#ofStrategies.set(strategy, table);
    return table;
  }

  /** An alias of an alias, or one that has settings from another layer, leaves open whose settings hold. */
  #checkAliases(faults: ConflictCheck): void {
    for (const [name, own] of this.#merged.operations) {
      const origin = own.get('alias');
      const alias = origin?.value;
      if (typeof alias !== 'string') continue;
      const path = faults.at(origin, `operations.${name}`);
      if (this.aliasOf(alias) !== undefined || alias === name) {
        faults.addIssue(`${path}.alias`, 'must be the name of an operation, and is another alias', alias);
      }
      if (own.size > 1) {
        const others = [...own.keys()].filter((each) => each !== 'alias');
        faults.addIssue(path, `is an alias of ${alias}, and must not have ${others.join(', ')} as well`, alias);
      }
    }
  }
}

/** Settings laid over those of an operation for one call. */
export function resolveCallSettings(below: ResolvedOperation, own: CallInput): ResolvedSettings {
  const { strategy, settings } = own;
  const check = new Check();
  const table = mergeTables([
    below.table,
    strategy === undefined
      ? NOTHING
      : toTable(below.catalog.findStrategy(strategy)?.settings ?? {}, { layer: 'call', name: strategy }),
    settings === undefined ? NOTHING : toTable(settings, { layer: 'call' }),
  ]);
  const effective = resolveSettings(check, 'options.settings', unflatten(table));
  check.throwIfInvalid();
  return effective;
}

/** The steps laid over each other, the weakest first. */
function mergeTables(steps: Steps): SettingTable {
  const table = overlay(...steps);
  reconcileBounds(table, steps);
  return table;
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
