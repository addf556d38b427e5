import { z } from 'zod';
import type { NumberRule } from '../../input/index.js';
import { TEXTS } from './texts.js';

/** A number that obeys the very rule that the stages check it by. */
export function numberOf({ min, above, max, integer }: NumberRule): z.ZodNumber {
  let number = z.number();
  if (min !== undefined) number = number.min(min);
  if (above !== undefined) number = number.gt(above);
  return integer === true ? wholeNumber(number.max(max)) : number.max(max);
}

/** zod's own `int()` would end all further checks of what lies around it, and refuse large whole numbers. */
function wholeNumber(number: z.ZodNumber): z.ZodNumber {
  const whole = number.refine(Number.isInteger, 'must be a whole number');
  TEXTS.add(whole, { type: 'integer' });
  return whole;
}
