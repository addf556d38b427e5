/**
 * Turns legacy variables and the options of opossum, cockatiel and p-retry into a config.
 *
 * @packageDocumentation
 */
export {
  ConfigurationError,
  type ConfigurationIssue,
  HoldfastError,
  type HoldfastErrorCode,
} from '../errors/index.js';
export {
  type CockatielBreaker,
  type CockatielOptions,
  type CockatielRetry,
  type CockatielTimeout,
  type Migration,
  type MigrationDifference,
  type MigrationLevel,
  type MigrationNote,
  type MigrationScripts,
  type MigrationSource,
  migrate,
  type OpossumOptions,
  type PRetryOptions,
} from '../migrate/migrate.js';
