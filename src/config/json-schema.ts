import * as z from 'zod/mini';
import { NOTES } from '../input/index.js';
import { BUILT_IN } from './presets/catalog.js';

/** A JSON Schema. */
export interface JsonSchema {
  readonly description?: string | undefined;
  readonly default?: unknown;
  readonly properties?: Readonly<Record<string, JsonSchema | boolean>> | undefined;
  readonly definitions?: Readonly<Record<string, JsonSchema | boolean>> | undefined;
  readonly anyOf?: readonly (JsonSchema | boolean)[] | undefined;
  readonly additionalProperties?: JsonSchema | boolean | undefined;
  readonly [keyword: string]: unknown;
}

/** A duration may be text with its unit, as in every config from outside. */
const MILLISECONDS: JsonSchema = { type: 'string', pattern: '^\\s*(?:\\d[\\d_]*(?:\\.\\d+)?|\\.\\d+)\\s*ms\\s*$' };

/**
 * The JSON Schema of a config, in draft 7, which every editor supports: for completion, and for checks where no JavaScript
 * runs. It accepts any name of a preset or strategy, and cannot detect values that contradict each other.
 *
 * @example
 * ```ts
 * await writeFile('holdfast.schema.json', JSON.stringify(configJsonSchema()));
 * ```
 */
export function configJsonSchema(): JsonSchema {
  const { $schema, description, ...rest } = describeSchema(annotatedSchema());
  return { $schema, $id: 'urn:holdfast:config', title: 'Configuration of holdfast', description, ...rest };
}

/** Like {@link configJsonSchema}, with two fields apart from the description: `unit`, and `derived`, a default in words. */
export function annotatedSchema(): JsonSchema {
  const { '~standard': _, ...schema } = z.toJSONSchema(BUILT_IN.config, {
    target: 'draft-07',
    io: 'output',
    metadata: NOTES,
  });
  return schema;
}

/** Moves the unit and a default in words, which editors ignore, into the description, and adds the default to it. */
function describeSchema(schema: JsonSchema): JsonSchema {
  const { unit, derived, ...own } = schema;
  const rest = unit === 'milliseconds' ? acceptText(own) : own;
  const description = rest.description === undefined ? [] : [rest.description];
  if (typeof unit === 'string') description.push(`In ${unit}.`);
  const byDefault = typeof derived === 'string' ? derived : describeValue(rest.default);
  if (byDefault !== undefined) description.push(`Default: ${byDefault}.`);
  return {
    ...rest,
    ...(description.length > 0 && { description: description.join(' ') }),
    ...describeParts(rest),
  };
}

function acceptText({ description, default: byDefault, anyOf, ...number }: JsonSchema): JsonSchema {
  const values = [...(anyOf ?? [number]), MILLISECONDS];
  return { description, ...(byDefault !== undefined && { default: byDefault }), anyOf: values };
}

function describeValue(value: unknown): string | undefined {
  return value === undefined ? undefined : JSON.stringify(value);
}

function describeParts({ properties, definitions, anyOf, additionalProperties: others }: JsonSchema): JsonSchema {
  return {
    ...(properties !== undefined && { properties: describeEach(properties) }),
    ...(definitions !== undefined && { definitions: describeEach(definitions) }),
    ...(anyOf !== undefined && { anyOf: anyOf.map(describeOne) }),
    ...(others !== undefined && { additionalProperties: describeOne(others) }),
  };
}

function describeEach(schemas: Readonly<Record<string, JsonSchema | boolean>>): Record<string, JsonSchema | boolean> {
  return Object.fromEntries(Object.entries(schemas).map(([name, schema]) => [name, describeOne(schema)]));
}

function describeOne(schema: JsonSchema | boolean): JsonSchema | boolean {
  return typeof schema === 'boolean' ? schema : describeSchema(schema);
}
