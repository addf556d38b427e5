import fc from 'fast-check';
import type * as z from 'zod/mini';
import type { NumberRule } from '../../src/input/index.js';

/*
 * What the declaration of settings takes, as generators: a new setting is tried by every property test on configs without
 * a line there.
 */

type Schema = z.core.$ZodType & { readonly bounds?: NumberRule | undefined };

/** The number that an exclusive bound allows next to it. */
export const STEP: number = 2 ** -20;

/** Any value that a declared schema takes. */
export function validValue(schema: Schema): fc.Arbitrary<unknown> {
  const { def } = typed(schema)._zod;
  switch (def.type) {
    case 'number':
      return validNumber(schema.bounds ?? { max: Number.MAX_VALUE });
    case 'boolean':
      return fc.boolean();
    case 'enum':
      return fc.constantFrom(...Object.values(def.entries));
    case 'literal':
      return fc.constantFrom(...def.values);
    case 'optional':
    case 'readonly':
      return validValue(def.innerType);
    case 'array':
      // Lists among settings hold no value twice.
      return fc.uniqueArray(validValue(def.element), { maxLength: 5 });
    case 'union':
      return fc.oneof(
        ...def.options.map((option, index) => ({ weight: index === 0 ? 6 : 1, arbitrary: validValue(option) })),
      );
    case 'object':
      return validPart(schema, def.shape);
    default:
      throw new Error(`no generator for a schema of type ${def.type}`);
  }
}

/** A number within bounds, the bounds themselves more often than chance would have them. */
function validNumber({ min, above = 0, max, integer = false }: NumberRule): fc.Arbitrary<number> {
  const lowest = min ?? above + STEP;
  const between = integer ? fc.integer({ min: lowest, max }) : fc.double({ min: lowest, max, noNaN: true });
  return fc.oneof({ weight: 1, arbitrary: fc.constantFrom(lowest, max) }, { weight: 3, arbitrary: between });
}

/** Some settings of a part, each valid, and allowed together. */
function validPart(part: Schema, shape: Readonly<Record<string, Schema>>): fc.Arbitrary<object> {
  const fields = Object.fromEntries(Object.entries(shape).map(([name, field]) => [name, validValue(field)]));
  return fc.record(fields, { requiredKeys: [], noNullPrototype: true }).filter((given) => isValid(part, given));
}

function isValid(schema: Schema, value: unknown): boolean {
  const ran = schema._zod.run({ value, issues: [] }, {});
  return !(ran instanceof Promise) && ran.issues.length === 0;
}

function typed(schema: Schema): z.core.$ZodTypes {
  if (isTyped(schema)) return schema;
  throw new Error('not a schema');
}

function isTyped(schema: z.core.$ZodType): schema is z.core.$ZodTypes {
  return 'def' in schema._zod;
}
