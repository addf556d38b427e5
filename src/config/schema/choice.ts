import { z } from 'zod';

/**
 * An object with fields, or something simple instead. zod tells of a choice that nothing fits, and in the message of this
 * one, which fields of the object are wrong.
 */
export function choice<S extends z.ZodType, O extends z.ZodType>(schema: S, instead: O): z.ZodUnion<[S, O]> {
  return z.union([schema, instead], {
    error: ({ errors }) => {
      const inner = errors?.[0]?.filter(isInside) ?? [];
      return inner.length === 0 ? undefined : inner.map(inWords).join('; ');
    },
  });
}

function isInside({ path, code }: z.core.$ZodIssue): boolean {
  return path.length > 0 || code === 'unrecognized_keys';
}

function inWords({ path, message }: z.core.$ZodIssue): string {
  return path.length === 0 ? message : `${path.map(String).join('.')}: ${message}`;
}
