import type { ConfigInput } from '../config/document.js';
import type { BuiltInPreset } from '../config/presets/presets.js';
import type { Notes } from './notes.js';
import type { Comparable } from './score.js';

/** What a source comes to, before a preset is chosen for it. */
export interface Draft {
  /** What is compared with the presets. */
  readonly comparable: Comparable;
  /** There is nothing to go by: the preset for everything will do, for certain. */
  readonly empty?: boolean;
  /** The config that says on top of a preset what the source says. */
  readonly configOn: (preset: BuiltInPreset) => ConfigInput;
  /** What became of each option, complete as soon as the config is made. */
  readonly notes: Notes;
  readonly warnings: readonly string[];
  /** The operation that the settings are for; absent when for all. */
  readonly operation?: string | undefined;
  /** What takes the place of the old code or variables, as a step. */
  readonly replacing: string;
  /** The legacy variables that are set, with their texts; `undefined` when it is not about them. */
  readonly legacy?: ReadonlyMap<string, string>;
}

/** Settings in the making. */
export type Mutable<T> = { -readonly [K in keyof T]: T[K] };
