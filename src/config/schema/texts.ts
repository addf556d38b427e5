import { z } from 'zod';

/** What JSON Schema has words for, and is code here. */
export interface Keywords {
  readonly type?: 'integer';
  readonly anyOf?: readonly { readonly required: readonly string[] }[];
  readonly dependencies?: Readonly<Record<string, readonly string[] | { readonly maxProperties: number }>>;
}

/** What people are told of a field or a part, besides what the schema itself says. */
export interface Texts extends Keywords {
  /** What it means, in whole sentences. */
  readonly description: string;
  /** What its numbers count. */
  readonly unit?: 'milliseconds';
  /** What holds when no layer says anything. */
  readonly default?: unknown;
  /** The same in words, where it follows from other values. */
  readonly derived?: string;
  /** The name of a part that is used in several places. */
  readonly id?: string;
}

/** The texts of every field. A registry of our own, so that nobody else's schemas share its names. */
export const TEXTS: z.core.$ZodRegistry<Texts | Keywords> = z.registry<Texts | Keywords>();

/** A field that need not be there, with what people are told of it. */
export function field<S extends z.ZodType>(schema: S, texts: Texts): z.ZodOptional<S> {
  const optional = z.optional(schema);
  TEXTS.add(optional, texts);
  return optional;
}

/** A schema with what people are told of it. */
export function told<S extends z.ZodType>(schema: S, texts: Texts): S {
  TEXTS.add(schema, texts);
  return schema;
}
