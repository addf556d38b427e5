import { z } from 'zod';
import { configSchema } from './schema.js';
import { TEXTS } from './texts.js';
import { type JsonSchema, worded } from './worded.js';

/**
 * The JSON Schema of a config, in draft 7, which every editor knows: for completion, and for checks where no JavaScript
 * runs. The names of presets and strategies are free in it, since it cannot know which have been registered, and of times
 * that do not fit together it knows nothing.
 */
export function configJsonSchema(): JsonSchema {
  const { $schema, description, ...rest } = worded(annotatedSchema());
  return { $schema, $id: 'urn:holdfast:config', title: 'Configuration of holdfast', description, ...rest };
}

/** The same with what {@link configJsonSchema} says in descriptions apart: `unit`, and `derived`, a default in words. */
export function annotatedSchema(): JsonSchema {
  const { '~standard': _, ...schema } = z.toJSONSchema(configSchema, {
    target: 'draft-07',
    // Both are the same here. For input, zod leaves out defaults of what it reads once.
    io: 'output',
    metadata: TEXTS,
  });
  return schema;
}
