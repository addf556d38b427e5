export type {
  CockatielBackoff,
  CockatielBreaker,
  CockatielExponential,
  CockatielOptions,
  CockatielRetry,
  CockatielTimeout,
  CockatielTrip,
} from './cockatiel.js';
export { type MigrationSource, migrate } from './migrate.js';
export type { Migration, MigrationDifference, MigrationLevel, MigrationNote, MigrationScripts } from './migration.js';
export type { OpossumOptions } from './opossum.js';
export type { PRetryOptions } from './p-retry.js';
