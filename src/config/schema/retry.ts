import { z } from 'zod';
import type { RetrySettings } from '../../retry/options.js';
import { ELAPSED } from '../../retry/options-check.js';
import { backoffFields } from './backoff.js';
import { budgetSchema } from './budget.js';
import { choice } from './choice.js';
import { exact } from './exact.js';
import { kindsSchema } from './kinds.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { field, told } from './texts.js';

/** Whether and how to try again. */
export const retrySchema: z.ZodType<RetrySettings, RetrySettings> = told(
  exact<RetrySettings>()(
    part({
      ...backoffFields('retry'),
      maxElapsedMs: field(z.union([numberOf(ELAPSED), z.literal(false)]), {
        description:
          'No retry begins later than this after its call began. `false`: as late as the deadline of the call allows.',
        unit: 'milliseconds',
        derived: '30 000, or three of the longest waits (`maxDelayMs`, those in `kinds` included) where that is more',
      }),
      kinds: field(kindsSchema, { description: 'What is different for a kind of failure.' }),
      budget: field(choice(budgetSchema, z.literal(false)), {
        description: 'What bounds the retries of all calls of an operation together. `false`: nothing does.',
      }),
    }),
  ),
  { id: 'retry', description: 'How often to try again, and how long to wait between.' },
);
