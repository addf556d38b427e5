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
  type CockatielBackoff,
  type CockatielBreaker,
  type CockatielExponential,
  type CockatielOptions,
  type CockatielRetry,
  type CockatielTimeout,
  type CockatielTrip,
  type Migration,
  type MigrationDifference,
  type MigrationLevel,
  type MigrationNote,
  type MigrationScripts,
  type MigrationSource,
  migrate,
  type OpossumOptions,
  type PRetryOptions,
} from '../migrate/index.js';
