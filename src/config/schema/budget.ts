import type { z } from 'zod';
import type { BudgetSettings } from '../../retry/options.js';
import { BURST, FLOOR, RATIO } from '../../retry/options-check.js';
import { exact } from './exact.js';
import { libraryDefault } from './library-default.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { field, told } from './texts.js';

/** How retries are paid for. */
export const budgetSchema: z.ZodType<BudgetSettings, BudgetSettings> = told(
  exact<BudgetSettings>()(
    part({
      ratio: field(numberOf(RATIO), {
        description: 'Retries that each success pays for.',
        ...libraryDefault('retry.budget.ratio'),
      }),
      floorPerSecond: field(numberOf(FLOOR), {
        description: 'Retries a second that are free, so that a quiet service can retry.',
        ...libraryDefault('retry.budget.floorPerSecond'),
      }),
      burst: field(numberOf(BURST), {
        description: 'Retries that can be saved up.',
        derived: 'what the floor gives in two seconds, and 10 at least',
      }),
    }),
  ),
  { id: 'budget', description: 'What bounds the retries of all calls of an operation together.' },
);
