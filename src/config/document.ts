import { readOnce } from '../input/index.js';
import { readSettings, type Settings } from './settings.js';

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
