/**
 * The schema of a config: for your own copy of zod, an optional peer dependency, and as JSON Schema.
 *
 * @packageDocumentation
 */

export type { JsonSchema } from '../config/json-schema.js';
export { configJsonSchema } from '../config/json-schema.js';
export { configSchema } from '../config/schema.js';
