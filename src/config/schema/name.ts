import { z } from 'zod';

/** What `Check` takes for a name, in words that JSON Schema has too. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what a name must not have
const WITHOUT_CONTROL = /^[^\u0000-\u001f\u007f]*$/;
const LONGEST = 256;

/** The name of an operation, a preset or a strategy. */
export const nameSchema: z.ZodString = z
  .string()
  .min(1)
  .max(LONGEST)
  .regex(WITHOUT_CONTROL, 'must not have control characters');
