/**
 * What a config is, as a schema of zod and as JSON Schema. Apart from `holdfast/config`, since zod takes longer to load
 * than all of holdfast.
 *
 * @packageDocumentation
 */
export { configJsonSchema } from './json-schema.js';
export { configSchema } from './schema.js';
export type { JsonSchema } from './worded.js';
