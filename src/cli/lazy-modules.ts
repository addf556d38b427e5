import type * as SchemaModule from '../config/json-schema.js';
import type * as LoadModule from '../config/load/index.js';
import type * as ValidationModule from '../config/validation/index.js';
import type * as MigrateModule from '../migrate/index.js';

/** What commands use of each module. */
export type Loading = Pick<typeof LoadModule, 'loadConfig' | 'readConfigFile'>;
export type Schema = Pick<typeof SchemaModule, 'configJsonSchema'>;
export type Validation = Pick<typeof ValidationModule, 'validateConfig'>;
export type Migration = Pick<typeof MigrateModule, 'migrate'>;

/** Modules that are imported when a command needs them: importing YAML takes longer than most commands run. */
export interface LazyModules {
  readonly loading: () => Promise<Loading>;
  readonly schema: () => Promise<Schema>;
  readonly validation: () => Promise<Validation>;
  readonly migration: () => Promise<Migration>;
}

export const lazyModules: LazyModules = {
  loading: () => import('../config/load/index.js'),
  schema: () => import('../config/json-schema.js'),
  validation: () => import('../config/validation/index.js'),
  migration: () => import('../migrate/index.js'),
};
