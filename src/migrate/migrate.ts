import { differences } from './differences.js';
import { configurationOf, settingsByPath } from './effective.js';
import type { Migration } from './result.js';
import { nearestPreset, type Score } from './score.js';
import { configText, scriptsFor } from './scripts.js';
import { draftOf, type MigrationSource } from './source.js';
import { stepsTo } from './steps.js';
import { risksOf } from './warnings.js';

export type { CockatielBreaker, CockatielOptions, CockatielRetry, CockatielTimeout } from './cockatiel-options.js';
export type { OpossumOptions } from './opossum-options.js';
export type { PRetryOptions } from './p-retry-options.js';
export type { Migration, MigrationDifference, MigrationLevel, MigrationNote, MigrationScripts } from './result.js';
export type { MigrationSource } from './source.js';

/** Nothing was ever set: the preset for everything, and no doubt about it. */
const CERTAIN: Score = {
  preset: 'simple',
  confidence: 1,
  level: 'high',
  reasons: ['None of the legacy variables is set.'],
};

/**
 * Turns what configured something else into a config: the legacy variables, or options of opossum, cockatiel or
 * p-retry.
 * The config has been checked, and every option that was given is accounted for in `notes`.
 *
 * @param from exactly one source. Nothing of it is changed or kept, and of an environment only the legacy variables are
 *   read.
 * @throws {ConfigurationError} naming every option that is not known or of the wrong type.
 */
export function migrate(from: MigrationSource): Migration {
  const draft = draftOf(from);
  const { preset, confidence, level, reasons } = draft.empty === true ? CERTAIN : nearestPreset(draft.comparable);
  const config = draft.configOn(preset);
  const configuration = configurationOf(config);
  const effective = settingsByPath(configuration, draft.operation);
  return {
    config,
    preset,
    confidence,
    level,
    reasons,
    warnings: [...draft.warnings, ...risksOf(effective, draft.comparable.strategy)],
    steps: stepsTo(preset, configText(config), draft.replacing),
    notes: draft.notes.all,
    differences: differences(configurationOf({ preset }), configuration),
    scripts: scriptsFor(config, preset, draft.legacy),
  };
}
