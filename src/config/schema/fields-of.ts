import type { z } from 'zod';

/** A schema for each field of a type, none of which need be there. */
export type FieldsOf<T> = {
  [K in keyof T]-?: z.ZodOptional<z.ZodType<Exclude<T[K], undefined>, Exclude<T[K], undefined>>>;
};
