/**
 * What a config is, as a schema of zod and as JSON Schema. Apart from `holdfast/config`, since zod takes longer to load
 * than all of holdfast.
 *
 * @packageDocumentation
 */

export type { JsonSchema } from '../config/json-schema.js';
export { configJsonSchema } from '../config/json-schema.js';
export { configSchema } from '../config/schema.js';
