import { type Check, readOnce } from '../errors/errors.js';
import { checkSettings, readSettings, SETTINGS, type Settings } from './settings.js';

/** Settings of one operation. */
export interface OperationInput extends Settings {
  /** The strategy of this operation. Default: that of the whole config. */
  readonly strategy?: string | undefined;
  /**
   * The operation that this is another name of. Calls by either name share settings, breaker, quota and numbers, so nothing
   * else may stand beside it.
   */
  readonly alias?: string | undefined;
}

/** A config as people write it: the same shape in code, in a file and in an environment variable. Every part is optional. */
export interface ConfigInput {
  /** For editors, which complete and check the file by it. Means nothing otherwise. */
  readonly $schema?: string | undefined;
  /**
   * Where settings come from that nobody gives: `simple`, `development`, `production`, one that was registered, `auto` for
   * the one that suits the environment, or `none`. Default `auto`.
   */
  readonly preset?: string | undefined;
  /**
   * How hard to try: `aggressive`, `balanced`, `conservative`, `critical`, or one that was registered. Default: as the preset
   * has it, which may differ between operations.
   */
  readonly strategy?: string | undefined;
  /** Settings of all operations. */
  readonly defaults?: Settings | undefined;
  /** Settings of one operation, by its name. */
  readonly operations?: Readonly<Record<string, OperationInput>> | undefined;
}

/** The parts of a config. */
const PARTS = ['$schema', 'preset', 'strategy', 'defaults', 'operations'];

/** A copy of a config, read once: see {@link readOnce}. */
export function readDocument(path: string, given: ConfigInput): ConfigInput {
  return readOnce(path, given, ({ defaults, operations, ...rest }) => ({
    ...rest,
    ...(defaults === undefined ? {} : { defaults: readSettings(`${path}.defaults`, defaults) }),
    ...(operations === undefined ? {} : { operations: readOperations(`${path}.operations`, operations) }),
  }));
}

/** A copy of the settings of operations, read once. */
export function readOperations<O extends Readonly<Record<string, OperationInput>>>(path: string, given: O): O;
export function readOperations(
  path: string,
  given: Readonly<Record<string, OperationInput>>,
): Readonly<Record<string, OperationInput>> {
  return readOnce(path, given, (operations) =>
    Object.fromEntries(Object.entries(operations).map(([name, each]) => [name, readSettings(`${path}.${name}`, each)])),
  );
}

/** Refuses what is no name, and the name of a preset or strategy that nobody knows. Absent is fine. */
export type CheckKnown = (check: Check, path: string, name: unknown) => void;

/** Who knows the presets and strategies that a config may name. */
export interface KnownNames {
  readonly preset: CheckKnown;
  readonly strategy: CheckKnown;
}

/** Checks a config, each value for itself. */
export function checkDocument(check: Check, path: string, value: unknown, known: KnownNames): void {
  const fields = check.fields(path, value, PARTS);
  if (fields === undefined) return;
  const { $schema: schema, preset, strategy, defaults, operations } = fields;
  if (schema !== undefined && typeof schema !== 'string') check.refuse(`${path}.$schema`, 'must be a string', schema);
  known.preset(check, `${path}.preset`, preset);
  known.strategy(check, `${path}.strategy`, strategy);
  if (defaults !== undefined) checkSettings(check, `${path}.defaults`, defaults);
  if (operations !== undefined) checkOperations(check, `${path}.operations`, operations, known.strategy);
}

/** Checks the settings of operations, each for itself. */
export function checkOperations(check: Check, path: string, value: unknown, knownStrategy: CheckKnown): void {
  for (const [name, operation] of Object.entries(check.record(path, value) ?? {})) {
    if (check.name(path, name)) checkOperation(check, `${path}.${name}`, operation, knownStrategy);
  }
}

function checkOperation(check: Check, path: string, value: unknown, knownStrategy: CheckKnown): void {
  const fields = checkSettings(check, path, value, ['strategy', 'alias']);
  if (fields === undefined) return;
  const { strategy, alias } = fields;
  knownStrategy(check, `${path}.strategy`, strategy);
  if (alias === undefined || !check.name(`${path}.alias`, alias)) return;
  // What is not known has been refused for that.
  for (const name of ['strategy', ...SETTINGS]) {
    const other = fields[name];
    if (other === undefined) continue;
    const suggestion = `Set it in operations.${alias}.`;
    check.refuse(
      `${path}.${name}`,
      'must not stand beside an alias, which has the settings of what it names',
      other,
      suggestion,
    );
  }
}
