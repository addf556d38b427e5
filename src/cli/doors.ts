import type * as SchemaModule from '../config/json-schema.js';
import type * as LoadingModule from '../config/load/index.js';
import type * as ValidationModule from '../config/validation/validation.js';
import type * as MigrationModule from '../migrate/migrate.js';

/** What commands take from each part. */
export type Loading = Pick<typeof LoadingModule, 'loadConfig' | 'readConfigFile'>;
export type Schema = Pick<typeof SchemaModule, 'configJsonSchema'>;
export type Validation = Pick<typeof ValidationModule, 'validateConfig'>;
export type Migrating = Pick<typeof MigrationModule, 'migrate'>;

/** Parts of the configuration, each loaded when a command needs it: reading YAML takes longer than most commands. */
export interface Doors {
  readonly loading: () => Promise<Loading>;
  readonly schema: () => Promise<Schema>;
  readonly validation: () => Promise<Validation>;
  readonly migration: () => Promise<Migrating>;
}

export const doors: Doors = {
  loading: () => import('../config/load/index.js'),
  schema: () => import('../config/json-schema.js'),
  validation: () => import('../config/validation/validation.js'),
  migration: () => import('../migrate/migrate.js'),
};
