import { Check, type Fields, isObject } from '../input/index.js';
import { fromCockatiel } from './cockatiel.js';
import type { CockatielOptions } from './cockatiel-options.js';
import type { Draft } from './draft.js';
import { fromLegacy } from './legacy.js';
import { fromOpossum } from './opossum.js';
import type { OpossumOptions } from './opossum-options.js';
import { fromPRetry } from './p-retry.js';
import type { PRetryOptions } from './p-retry-options.js';
import { plainFields } from './peek.js';

/** What is migrated: exactly one of these. */
export type MigrationSource =
  /** The environment, such as `process.env`. Of it only the legacy variables are read. */
  | { readonly env: Readonly<Record<string, string | undefined>> }
  /** What a breaker of opossum was made with. */
  | { readonly opossum: OpossumOptions }
  /** What policies of cockatiel were made with. */
  | { readonly cockatiel: CockatielOptions }
  /** What p-retry was called with. */
  | { readonly pRetry: PRetryOptions };

const SOURCES = ['env', 'opossum', 'cockatiel', 'pRetry'];

/**
 * What the one source comes to.
 *
 * @throws {ConfigurationError} naming everything that is wrong with it.
 */
export function draftOf(from: MigrationSource): Draft {
  const check = new Check();
  const given = plainFields(check, 'from', from, SOURCES);
  const { env, opossum, cockatiel } = given;
  if (isObject(from) && present(given) !== 1)
    check.addIssue('from', `must have exactly one of ${SOURCES.join(', ')}`, from);
  if (env !== undefined && !isObject(env)) check.addIssue('from.env', 'must be an object of strings', env);
  check.throwIfInvalid();
  if (isObject(env)) return fromLegacy(env);
  if (opossum !== undefined) return fromOpossum(opossum);
  if (cockatiel !== undefined) return fromCockatiel(cockatiel);
  return fromPRetry(given['pRetry']);
}

function present(given: Fields): number {
  return SOURCES.filter((source) => given[source] !== undefined).length;
}
