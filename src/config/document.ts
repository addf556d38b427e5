import { type Declared, isName, knownName, name, type Part, part, partByName, setting, text } from '../input/index.js';
import type { PresetName, StrategyName } from './presets/names.js';
import { NO_SETTINGS, SETTINGS, type Settings } from './settings.js';

/** Settings of one operation. */
export interface OperationInput<Strategy extends string = StrategyName> extends Settings {
  /** The strategy of this operation. Default: that of the whole config. */
  readonly strategy?: Strategy | undefined;
  /**
   * The operation that this is another name for. Calls by either name share settings, breaker, quota and statistics, so no
   * other setting is allowed beside it.
   */
  readonly alias?: string | undefined;
}

/**
 * A config: the same shape in code, in a file and in an environment variable. Every part is optional.
 *
 * @typeParam Preset the names of presets, for editors to complete.
 * @typeParam Strategy the names of strategies.
 * @typeParam Operations the names of the operations.
 */
export interface ConfigInput<
  Preset extends string = PresetName,
  Strategy extends string = StrategyName,
  Operations extends string = string,
> {
  /** The JSON Schema that completes and checks the file in editors. Otherwise ignored. */
  readonly $schema?: string | undefined;
  /**
   * The source of settings that no config sets: `simple`, `development`, `production`, one of your own, `auto` for the
   * one that suits the environment, or `none`. Default `auto`.
   */
  readonly preset?: Preset | undefined;
  /**
   * How hard to try: `aggressive`, `balanced`, `conservative`, `critical`, or one of your own. Default: that of the
   * preset, which may differ between operations.
   */
  readonly strategy?: Strategy | undefined;
  /** Settings of all operations. */
  readonly defaults?: Settings | undefined;
  /** Settings of one operation, by its name. */
  readonly operations?: Readonly<Record<Operations, OperationInput<Strategy>>> | undefined;
}

/** The names that a config may use, each with its description. */
interface KnownNames {
  readonly presets: Readonly<Record<string, { readonly description: string }>>;
  readonly strategies: Readonly<Record<string, { readonly description: string }>>;
}

/** Values of `preset` that are not names of presets. */
export const INSTEAD_OF_PRESET: Readonly<Record<string, string>> = {
  auto: 'The preset that suits the environment.',
  none: 'No preset: the defaults of the library.',
};

/** Declares the settings of operations by their names, with the strategies that they may name. */
export function declareOperations({
  strategies,
}: Pick<KnownNames, 'strategies'>): Declared<NonNullable<ConfigInput['operations']>> {
  const operation: Part<OperationInput> = part(
    {
      strategy: setting(knownName(pickDescriptions(strategies)), {
        absent: 'that of the whole config; otherwise that of the preset for this operation',
        description: 'How hard to try for this operation.',
        advice: "'balanced' suits most calls.",
      }),
      alias: setting(name(), {
        absent: 'it is not an alias',
        description:
          'The operation that this is another name for. Calls by either name share settings, breaker, quota and ' +
          'statistics, so no other setting is allowed beside it.',
        advice: 'Write the name of an operation.',
      }),
      ...SETTINGS.settings,
    },
    {
      id: 'operation',
      description: 'How one operation is protected, or which operation it is an alias of.',
      requires: ({ alias, ...others }, refuse) => {
        if (!isName(alias)) return;
        for (const each of ['strategy', ...Object.keys(SETTINGS.settings)]) {
          const value: unknown = Reflect.get(others, each);
          const message = 'is not allowed beside an alias, which has the settings of the operation it names';
          if (value !== undefined) refuse([each], message, value, `Set it in operations.${alias}.`);
        }
      },
      keywords: { dependencies: { alias: { maxProperties: 1 } } },
    },
  );
  return partByName(operation);
}

/** Options of `createResilience` that are often written within its config. */
const OPTIONS_BESIDE = ['classify', 'context', 'environment', 'presets', 'random', 'strategies', 'unknownOperations'];

/** Declares {@link ConfigInput}, with the presets and strategies that it may name. */
export function declareConfig(known: KnownNames): Part<ConfigInput> {
  const { presets, strategies } = known;
  return part(
    {
      $schema: setting(text(), {
        description: 'Where editors find the JSON Schema that completes and checks the file. Otherwise ignored.',
      }),
      preset: setting(knownName({ ...INSTEAD_OF_PRESET, ...pickDescriptions(presets) }), {
        default: 'auto',
        description:
          'The source of settings that no config sets: `simple`, `development`, `production`, one of your own, ' +
          '`auto` for the one that suits the environment, or `none`.',
        advice: "Write 'auto' for the one that suits the environment.",
      }),
      strategy: setting(knownName(pickDescriptions(strategies)), {
        absent: 'that of the preset, which may differ between operations',
        description: 'How hard to try: `aggressive`, `balanced`, `conservative`, `critical`, or one of your own.',
        advice: "'balanced' suits most calls.",
        alsoCalled: { defaultStrategy: '' },
      }),
      defaults: setting(SETTINGS, {
        description: 'Settings of all operations.',
        advice: 'Write settings, such as { deadlineMs: 60000 }.',
        alsoCalled: { settings: '' },
      }),
      operations: setting(declareOperations(known), {
        description: 'Settings of one operation, by its name.',
        advice: 'Write settings by name, such as { chat: { deadlineMs: 60000 } }.',
        alsoCalled: { operationOverrides: ', each with a strategy' },
      }),
    },
    {
      description:
        'How holdfast protects calls. The defaults are those of the library: a preset and a strategy override them, ' +
        'and this config overrides both.',
      advice: "Write an object, such as { preset: 'production' }.",
      elsewhere: {
        ...NO_SETTINGS,
        ...Object.fromEntries(OPTIONS_BESIDE.map((name) => [name, 'Write it beside config, in the options.'])),
      },
    },
  );
}

function pickDescriptions(
  named: Readonly<Record<string, { readonly description: string }>>,
): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(named).map(([each, { description }]) => [each, description]));
}
