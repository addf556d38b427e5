import type { z } from 'zod';
import { type QuotaSettings, WAIT } from '../../limits/options.js';
import { exact } from './exact.js';
import { libraryDefault } from './library-default.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { field, told } from './texts.js';

const wait = numberOf(WAIT);

/** What happens while a quota is used up. */
export const quotaSchema: z.ZodType<QuotaSettings, QuotaSettings> = told(
  exact<QuotaSettings>()(
    part({
      maxWaitMs: field(wait, {
        description: 'The longest that an attempt waits for its quota. Who would wait longer is refused at once.',
        unit: 'milliseconds',
        ...libraryDefault('quota.maxWaitMs'),
      }),
      exhaustedMs: field(wait, {
        description: 'How long an exhausted quota is held at least.',
        unit: 'milliseconds',
        ...libraryDefault('quota.exhaustedMs'),
      }),
      maxHoldMs: field(wait, {
        description:
          'The longest that a quota is held at a time, whatever the callee asked for. Then one call asks it anew.',
        unit: 'milliseconds',
        ...libraryDefault('quota.maxHoldMs'),
      }),
      spreadMs: field(wait, {
        description: 'Those who waited are let go one by one within this time.',
        unit: 'milliseconds',
        ...libraryDefault('quota.spreadMs'),
      }),
    }),
  ),
  { id: 'quota', description: 'What happens while a quota is used up.' },
);
