import type { ConfigInput } from '../config/document.js';
import type { BuiltInPreset } from '../config/presets/names.js';

/** The result of a migration: plain data. */
export interface Migration {
  /** The config that replaces what was given. It is valid, and names its preset. */
  readonly config: ConfigInput;
  /** The preset that `config` names. `none` for other libraries, whose settings are all written out. */
  readonly preset: BuiltInPreset | 'none';
  /** How near the preset comes, from 0 to 1. */
  readonly confidence: number;
  /** The confidence in a word. */
  readonly level: MigrationLevel;
  /** What the confidence consists of, a sentence for each comparison. */
  readonly reasons: readonly string[];
  /**
   * What to check before the config goes live: values that were skipped, settings that only code may set, and every warning
   * of `validateConfig`.
   */
  readonly warnings: readonly string[];
  /** What to do, in order. */
  readonly steps: readonly string[];
  /** What became of each option. */
  readonly notes: readonly MigrationNote[];
  /** The effective settings that differ between `config` and its preset alone. */
  readonly differences: readonly MigrationDifference[];
  /**
   * The effective settings that differ between what the legacy variables did, with their defaults where they were not
   * set, and `config`. Empty for other libraries: `notes` covers every option of theirs, defaults included.
   */
  readonly changes: readonly MigrationDifference[];
  /** The config as scripts and files that put it in place. */
  readonly scripts: MigrationScripts;
}

/** `high` from a confidence of 0.9, `medium` from 0.7. */
export type MigrationLevel = 'high' | 'medium' | 'low';

/** What became of one option. */
export interface MigrationNote {
  /** The option or environment variable. */
  readonly option: string;
  /** What was given for it, described so that it is safe to print. */
  readonly received: string;
  /** `mapped`: same meaning. `changed`: other meaning or other number. `lost`: the config has no counterpart. */
  readonly outcome: 'mapped' | 'changed' | 'lost';
  /** Where it went in the config. Absent if it is lost. */
  readonly to?: string;
  /** What stays the same, what changes, or what to do instead. */
  readonly why: string;
}

/** One effective setting that differs. */
export interface MigrationDifference {
  /** The operation. Absent for the settings of all operations without their own. */
  readonly operation?: string;
  /** Its path, such as `retry.maxAttempts`. A stage that is switched off is one difference: `retry`, `true` to `false`. */
  readonly setting: string;
  /** The value of the preset, or the old value; `undefined` if there was none. */
  readonly from: unknown;
  /** The value of the config; `undefined` if it has none. */
  readonly to: unknown;
}

/**
 * The config as text, within what is accepted from outside. A duration that would look like seconds has its unit, as in
 * `'50ms'`.
 */
export interface MigrationScripts {
  /** To be sourced by bash. Saves the legacy variables to a file, unsets them, and exports the new ones. */
  readonly bash: string;
  /** Lines of a `.env` file. Comments list the lines to delete. */
  readonly env: string;
  /** Lines of a Dockerfile. Comments list the lines to delete. */
  readonly docker: string;
  /** The content of a config file. The others set `HOLDFAST_PRESET`, and `HOLDFAST_CONFIG` if the preset is not enough. */
  readonly json: string;
}
