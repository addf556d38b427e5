import { z } from 'zod';
import { readOnce } from '../../input/index.js';

/** An object with these fields and no others. */
export type Part<S extends z.ZodRawShape> = z.ZodPreprocess<
  z.ZodObject<S, z.core.$strict>,
  z.input<z.ZodObject<S, z.core.$strict>>
>;

/** A plain object with these fields and no others, of which every field is read once. */
export function part<S extends z.ZodRawShape>(shape: S): Part<S> {
  const strict: z.ZodObject<S, z.core.$strict> = z.object(shape).strict();
  return z.preprocess((given: z.input<typeof strict>, context) => ownFields(given, context), strict);
}

/**
 * A copy of what the object itself holds, as `Check` sees it; `undefined` when it is none. zod by itself takes an
 * instance of a class as well, with what it inherits, and lets a getter throw.
 */
export function ownFields<T>(given: T, context: z.core.$RefinementCtx): T | undefined {
  try {
    const own = readOnce('', given);
    if (!Object.is(own, given)) return own;
    context.addIssue('must be a plain object');
  } catch {
    context.addIssue('must be readable, and one of its getters throws');
  }
  // What was given may be a Promise, which zod would wait for.
  return undefined;
}
