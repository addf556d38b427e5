import type { Configuration } from '../configuration.js';
import { settingReader } from '../effective-config.js';
import type { SettingTable } from '../layers.js';
import type { PresetEnvironment } from '../presets/presets.js';

/** Gives the effective value at a path; `undefined` when its stage is off, or there is none. */
type Read = (path: string) => unknown;

/** The settings that are whole rules by themselves: their parts are looked at as well. */
const WHOLE = 'breaker.trip';
const KINDS = 'retry.kinds.';
const RETRY = 'retry.';

/** What is the same for all settings of an operation. */
interface About {
  /** `undefined`: every operation that no layer names. */
  readonly operation: string | undefined;
  /** The strategy in force by name. */
  readonly strategy: string | undefined;
  /** The environments that its preset is meant for. */
  readonly environments: readonly PresetEnvironment[];
}

/** What rules look at: the effective settings of one operation, for all kinds of failures or for one. */
export class Judged implements About {
  readonly operation: string | undefined;
  readonly strategy: string | undefined;
  readonly environments: readonly PresetEnvironment[];
  readonly #read: Read;
  readonly #kind: string | undefined;

  constructor({ operation, strategy, environments }: About, read: Read, kind?: string) {
    this.operation = operation;
    this.strategy = strategy;
    this.environments = environments;
    this.#read = read;
    this.#kind = kind;
  }

  /** The value at a path such as `retry.maxAttempts`; `undefined` when its stage is off, or there is none. */
  value(path: string): unknown {
    if (path.startsWith(`${WHOLE}.`)) return fieldOf(this.#read(WHOLE), path.slice(WHOLE.length + 1));
    const ofKind = this.#pathOfKind(path);
    return (ofKind === undefined ? undefined : this.#read(ofKind)) ?? this.#read(path);
  }

  /** The same, where it is a number. */
  number(path: string): number | undefined {
    const value = this.value(path);
    return typeof value === 'number' ? value : undefined;
  }

  /** Where the value can stand: first among the settings of its kind, when it is about one. */
  settingPaths(path: string): readonly string[] {
    const ofKind = this.#pathOfKind(path);
    return ofKind === undefined ? [path] : [ofKind, path];
  }

  #pathOfKind(path: string): string | undefined {
    if (this.#kind === undefined || !path.startsWith(RETRY)) return undefined;
    return `${KINDS}${this.#kind}.${path.slice(RETRY.length)}`;
  }
}

/** What there is to judge of an operation: all of it, and each kind of failures with settings of its own. */
export function judgedOf(
  configuration: Configuration,
  operation: string | undefined,
  { strategy, environments }: Pick<About, 'strategy' | 'environments'>,
): readonly Judged[] {
  const resolved = configuration.forOperation(operation);
  const settingAt = settingReader(resolved);
  const read: Read = (path) => settingAt(path)?.value;
  const about = { operation, strategy: resolved.strategy ?? strategy, environments };
  return [undefined, ...kindsIn(resolved.table)].map((kind) => new Judged(about, read, kind));
}

/** Kinds of which more is said than whether they are retried. */
function kindsIn(settled: SettingTable): Set<string> {
  const names = [...settled.keys()].filter((path) => path.startsWith(KINDS) && path.includes('.', KINDS.length));
  return new Set(names.map((path) => path.slice(KINDS.length, path.lastIndexOf('.'))));
}

function fieldOf(whole: unknown, name: string): unknown {
  return typeof whole === 'object' && whole !== null && Object.hasOwn(whole, name)
    ? Reflect.get(whole, name)
    : undefined;
}
