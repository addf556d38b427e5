import type { ConfigInput } from '../config/document.js';
import { SETTING_PATHS } from '../config/settings.js';
import type { Migration, MigrationNote } from './migration.js';

/** What one option becomes: values of the config, and a note. */
export interface Mapping {
  readonly option: string;
  readonly received: string;
  readonly outcome: MigrationNote['outcome'];
  /** Where the settings belong in the config. Default: `defaults`. */
  readonly at?: readonly string[];
  /** Values by path, such as `retry.maxAttempts`. None if the preset has them already, or if the option is lost. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** The paths that the note names. Default: those of `settings`. */
  readonly to?: readonly string[];
  readonly why: string;
}

/** A mapping that does not name its option yet. */
export type Mapped = Omit<Mapping, 'option' | 'received'>;

/** Values and where they belong, without a note. */
export type Values = Pick<Mapping, 'at' | 'settings'>;

/** How near a preset comes to old settings. */
export type Score = Pick<Migration, 'preset' | 'confidence' | 'level' | 'reasons'>;

/** What a source amounts to. */
export interface Draft {
  readonly score: Score;
  /** Values that hold unless a mapping replaces them. */
  readonly base?: Values;
  readonly mappings: readonly Mapping[];
  readonly warnings: readonly string[];
  /** The step that removes the old code or the old variables. */
  readonly removal: string;
  /** What the old settings did, as a config; `undefined` if the notes describe it. */
  readonly old?: ConfigInput;
  /** The legacy variables that are set, with their texts; `undefined` if the source is another one. */
  readonly legacy?: ReadonlyMap<string, string>;
}

/** The number settings that options are mapped to. */
export type NumberPath =
  | 'attemptTimeoutMs'
  | `retry.${'maxAttempts' | 'minDelayMs' | 'maxDelayMs' | 'multiplier' | 'jitterMaxMs' | 'maxElapsedMs'}`
  | 'breaker.openMs'
  | `breaker.trip.${'consecutiveFailures' | 'failureRate' | 'minimumCalls' | 'windowMs'}`;

/** Stands in for the least value of a setting that only has to be above 0. */
const LEAST = 1e-6;

/** The number nearest to `wanted` that a setting allows. */
export function limitTo(path: NumberPath, wanted: number): number {
  const { min = LEAST, max = Number.POSITIVE_INFINITY } = SETTING_PATHS.get(path)?.bounds ?? {};
  return Math.min(Math.max(wanted, min), max);
}

/** A number whose meaning stays the same: mapped, or changed if `value` had to differ from what was wanted. */
export function mapNumber(
  path: NumberPath,
  wanted: number,
  why: string,
  value: number = limitTo(path, wanted),
): Mapped {
  const settings = { [path]: value };
  if (value === wanted) return { outcome: 'mapped', settings, why };
  return { outcome: 'changed', settings, why: `${why}; limited to ${value}` };
}

export function markLost(why: string): Mapped {
  return { outcome: 'lost', why };
}

/** The note on a mapping. */
export function buildNote({ option, received, outcome, at = ['defaults'], settings, to, why }: Mapping): MigrationNote {
  if (outcome === 'lost') return { option, received, outcome, why };
  const paths = (to ?? Object.keys(settings ?? {})).map((path) => [...at, path].join('.'));
  return { option, received, outcome, to: paths.join(', '), why };
}

/** The config that values amount to. Later ones replace earlier ones. */
export function buildConfig(preset: string, values: readonly Values[]): ConfigInput {
  const leaves = values.flatMap(({ at = ['defaults'], settings = {} }) =>
    Object.entries(settings).map(([path, value]): Leaf => [[...at, ...path.split('.')], value]),
  );
  return nest([[['preset'], preset], ...leaves]);
}

type Leaf = readonly [path: readonly string[], value: unknown];

/** Builds objects from values by path. A value with a longer path replaces one that stands for the whole. */
function nest(leaves: readonly Leaf[]): object {
  const byKey = new Map<string, Leaf[]>();
  for (const [[key = '', ...rest], value] of leaves) byKey.set(key, [...(byKey.get(key) ?? []), [rest, value]]);
  return Object.fromEntries(
    [...byKey].map(([key, own]) => {
      const deeper = own.filter(([path]) => path.length > 0);
      return [key, deeper.length > 0 ? nest(deeper) : own.at(-1)?.[1]];
    }),
  );
}
