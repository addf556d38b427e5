import { type BackoffStrategy, computeBackoffMs } from '../../retry/backoff.js';
import type { Configuration } from '../configuration.js';
import { createSettingReader } from '../effective-config.js';
import type { Layer, Setting, SettingTable } from '../layers.js';
import type { Preset, PresetEnvironment } from '../presets/presets.js';

const TRIP = 'breaker.trip';
const KINDS = 'retry.kinds.';
const RETRY = 'retry.';
const STRATEGIES: readonly BackoffStrategy[] = ['fixed', 'linear', 'exponential', 'fibonacci'];

/** The fields of a preset that lint rules read. */
type PresetFacts = Partial<Pick<Preset, 'strategy' | 'environments'>>;

/** The effective settings of one operation, for all kinds of failure or for one: what lint rules read. */
export interface EffectiveView {
  /** `undefined` for the settings of all operations that no config names. */
  readonly operation: string | undefined;
  /** The name of the strategy in force. */
  readonly strategy: string | undefined;
  /** The environments that the preset is meant for. */
  readonly environments: readonly PresetEnvironment[];
  /** Returns the value at a path such as `retry.maxAttempts`; `undefined` if its stage is off or it has none. */
  value(path: string): unknown;
  /** Returns the number at a path, or `fallback` if there is none. */
  number(path: string, fallback: number): number;
  /** Returns the layer that the value at a path comes from; `undefined` if its stage is off or it has none. */
  layer(path: string): Layer | undefined;
  /** Returns where the value at a path can be written: for a view of one kind of failure, first among its settings. */
  writablePaths(path: string): readonly string[];
}

/** Builds the views of an operation: one of all failures, and one of each kind that has its own settings. */
export function buildViews(
  configuration: Configuration,
  operation: string | undefined,
  { strategy, environments = [] }: PresetFacts,
): readonly EffectiveView[] {
  const resolved = configuration.forOperation(operation);
  const read = createSettingReader(resolved);
  const facts = { operation, strategy: resolved.strategy ?? strategy, environments };
  return [undefined, ...findKinds(resolved.table)].map((kind) => {
    const writablePaths = (path: string): readonly string[] =>
      kind !== undefined && path.startsWith(RETRY) ? [`${KINDS}${kind}.${path.slice(RETRY.length)}`, path] : [path];
    const find = (path: string): Setting | undefined => {
      for (const each of writablePaths(path)) {
        const setting = read(each);
        if (setting !== undefined) return setting;
      }
      return undefined;
    };
    const layer = (path: string): Layer | undefined => find(path)?.layer;
    const value = (path: string): unknown => {
      // A layer of higher precedence replaces `trip` as a whole, so the table holds it as one value.
      if (path.startsWith(`${TRIP}.`)) return readField(read(TRIP)?.value, path.slice(TRIP.length + 1));
      return find(path)?.value;
    };
    const number = (path: string, fallback: number): number => {
      const found = value(path);
      return typeof found === 'number' ? found : fallback;
    };
    return { ...facts, value, number, layer, writablePaths };
  });
}

/** Returns how many attempts a call may have. */
export function countAttempts(view: EffectiveView): number {
  return view.number('retry.maxAttempts', 1);
}

/** Returns the sum of all waits of a call whose attempts all fail, in milliseconds and before jitter. */
export function sumWaits(view: EffectiveView): number {
  const strategy = STRATEGIES.find((each) => each === view.value('retry.strategy'));
  if (strategy === undefined) return 0;
  const minDelayMs = view.number('retry.minDelayMs', 0);
  const maxDelayMs = view.number('retry.maxDelayMs', 0);
  const multiplier = view.number('retry.multiplier', 1);
  let sumMs = 0;
  for (let nth = 1; nth < countAttempts(view); nth++) {
    sumMs += computeBackoffMs({ strategy, minDelayMs, maxDelayMs, multiplier }, nth);
  }
  return sumMs;
}

/** Returns the kinds of failure that have settings besides `true` or `false`. */
function findKinds(table: SettingTable): Set<string> {
  const paths = [...table.keys()].filter((path) => path.startsWith(KINDS) && path.includes('.', KINDS.length));
  return new Set(paths.map((path) => path.slice(KINDS.length, path.lastIndexOf('.'))));
}

function readField(part: unknown, name: string): unknown {
  return typeof part === 'object' && part !== null && Object.hasOwn(part, name) ? Reflect.get(part, name) : undefined;
}
