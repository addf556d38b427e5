/**
 * What a config is, as a schema of zod and as JSON Schema. Apart from `holdfast/config`, since zod takes longer to load
 * than all of holdfast.
 *
 * @packageDocumentation
 */
export { configJsonSchema } from '../config/schema/json-schema.js';
export { configSchema } from '../config/schema/schema.js';
export type { JsonSchema } from '../config/schema/worded.js';
