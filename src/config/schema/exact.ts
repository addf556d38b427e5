import type { z } from 'zod';

/** Whether a schema takes what the type allows, no less and no more, and knows all of its fields and no others. */
type Takes<T, S extends z.ZodType> = [T, z.input<S>, keyof T, keyof z.input<S>] extends [
  z.input<S>,
  T,
  keyof z.input<S>,
  keyof T,
]
  ? unknown
  : never;

/**
 * Gives back the schema as one of `T`. It compiles only when the two say the same, so a field that one of them lacks,
 * or that they disagree on, is found before any test runs.
 *
 * @example
 * exact<QuotaSettings>()(part({ ... }))
 */
export function exact<T>(): <S extends z.ZodType<T, T>>(schema: S & Takes<T, S>) => z.ZodType<T, T> {
  return (schema) => schema;
}
