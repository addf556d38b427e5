import { parseDocument } from '../config/parse-document.js';
import { Check, isObject } from '../input/index.js';
import { buildCockatielDraft, type CockatielOptions } from './cockatiel.js';
import { findChanges, findDifferences, findRisks } from './effect.js';
import { buildLegacyDraft } from './legacy.js';
import { buildConfig, buildNote, type Draft } from './mapping.js';
import type { Migration } from './migration.js';
import { buildOpossumDraft, type OpossumOptions } from './opossum.js';
import { describeLimits, limitToOutside } from './outside.js';
import { buildPRetryDraft, type PRetryOptions } from './p-retry.js';
import { OptionReader } from './peers.js';
import { buildScripts, buildSteps } from './scripts.js';

/** What is migrated: exactly one of these. */
export type MigrationSource =
  /** The environment, such as `process.env`. Only its legacy variables are read. */
  | { readonly env: Readonly<Record<string, string | undefined>> }
  /** The options that a breaker of opossum was created with. */
  | { readonly opossum: OpossumOptions }
  /** The options that policies of cockatiel were created with. */
  | { readonly cockatiel: CockatielOptions }
  /** The options that p-retry was called with. */
  | { readonly pRetry: PRetryOptions };

const SOURCES = ['env', 'opossum', 'cockatiel', 'pRetry'];

/**
 * Turns the configuration of something else into a config: the legacy variables, or the options of opossum, cockatiel
 * or p-retry. The config is valid in code. The scripts are valid in files and variables, which accept less: `warnings`
 * lists where they differ from the config. `notes` accounts for every given option.
 *
 * @param from exactly one source. It is neither changed nor kept.
 * @throws {ConfigurationError} listing every option that is unknown or of the wrong type.
 *
 * @example
 * ```ts
 * const { config, notes, warnings } = migrate({ pRetry: { retries: 4, minTimeout: 500 } });
 * ```
 */
export function migrate(from: MigrationSource): Migration {
  const { score, base, mappings, warnings, removal, old, legacy } = readSource(from);
  const config = buildConfig(score.preset, base === undefined ? mappings : [base, ...mappings]);
  parseDocument('config', config);
  const limited = limitToOutside(config);
  return {
    config,
    ...score,
    warnings: [...warnings, ...describeLimits(config, limited), ...findRisks(config)],
    steps: buildSteps(limited, removal),
    notes: mappings.map(buildNote),
    differences: findDifferences(config),
    changes: old === undefined ? [] : findChanges(old, config),
    scripts: buildScripts(limited, legacy),
  };
}

function readSource(from: MigrationSource): Draft {
  const check = new Check();
  const sources = new OptionReader(check, 'from', from, SOURCES);
  const given = SOURCES.filter((source) => sources.get(source) !== undefined);
  if (isObject(from) && given.length !== 1)
    check.addIssue('from', `must have exactly one of ${SOURCES.join(', ')}`, from);
  const env = sources.get('env');
  if (env !== undefined && !isObject(env)) check.addIssue('from.env', 'must be an object of strings', env);
  check.throwIfInvalid();
  if (isObject(env)) return buildLegacyDraft(env);
  if (given[0] === 'opossum') return buildOpossumDraft(sources.get('opossum'));
  if (given[0] === 'cockatiel') return buildCockatielDraft(sources.get('cockatiel'));
  return buildPRetryDraft(sources.get('pRetry'));
}
