import type { ConfigInput } from '../config/document.js';
import type { BuiltInPreset } from '../config/presets/presets.js';

/** What a migration comes to: plain data. */
export interface Migration {
  /** The config that takes the place of what was given. It has been checked, and laid over its preset. */
  readonly config: ConfigInput;
  /** The preset that comes nearest; `config` names it too. */
  readonly preset: BuiltInPreset;
  /** How near that preset comes, 0 to 1. */
  readonly confidence: number;
  /** The same in a word. */
  readonly level: MigrationLevel;
  /** How the confidence comes about, a sentence each. */
  readonly reasons: readonly string[];
  /** What should be looked at before it goes live. */
  readonly warnings: readonly string[];
  /** What there is to do, in order. */
  readonly steps: readonly string[];
  /** What became of each option. */
  readonly notes: readonly MigrationNote[];
  /** What is other with `config` than with its preset alone, in effect. */
  readonly differences: readonly MigrationDifference[];
  /** The settings that the new configuration takes, as text to put in place. */
  readonly scripts: MigrationScripts;
}

/** `high` from a confidence of 0.9, `medium` from 0.7. */
export type MigrationLevel = 'high' | 'medium' | 'low';

/** What became of one option. */
export interface MigrationNote {
  /** The option, or the variable. */
  readonly option: string;
  /** What was given for it, in words that are safe to print. */
  readonly received: string;
  /** `mapped`: means the same. `changed`: means something else, or another number. `lost`: stands nowhere. */
  readonly outcome: 'mapped' | 'changed' | 'lost';
  /** Where in the config it went; absent when it is lost. */
  readonly to?: string;
  /** What is the same or other about it, or what to do instead. */
  readonly why: string;
}

/** One setting that is other than in the preset alone. */
export interface MigrationDifference {
  /** The operation; absent for the settings of all operations. */
  readonly operation?: string;
  /** Its path, such as `retry.maxAttempts`; of a stage that is switched off only `retry`, from `true` to `false`. */
  readonly setting: string;
  /** What the preset has; `undefined` when nothing. */
  readonly from: unknown;
  /** What the config has. */
  readonly to: unknown;
}

/** `HOLDFAST_PRESET`, and `HOLDFAST_CONFIG` where the preset does not say it all. */
export interface MigrationScripts {
  /** For bash, to be sourced. Keeps the legacy variables in a file, unsets them, and sets the new ones. */
  readonly bash: string;
  /** Lines of a `.env` file. What to delete is told in comments. */
  readonly env: string;
  /** Lines of a Dockerfile. What to delete is told in comments. */
  readonly docker: string;
}
