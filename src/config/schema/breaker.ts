import { z } from 'zod';
import { type BreakerSettings, COUNT, DURATION, MODES } from '../../breaker/options.js';
import { exact } from './exact.js';
import { libraryDefault } from './library-default.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { field, told } from './texts.js';
import { tripSchema } from './trip.js';

const duration = numberOf(DURATION);
const count = numberOf(COUNT);

/** When to stop calling what keeps failing. */
export const breakerSchema: z.ZodType<BreakerSettings, BreakerSettings> = told(
  exact<BreakerSettings>()(
    part({
      trip: field(tripSchema, {
        description: 'When to open.',
        ...libraryDefault('breaker.trip'),
      }),
      openMs: field(duration, {
        description: 'How long to stay open before the first trial.',
        unit: 'milliseconds',
        ...libraryDefault('breaker.openMs'),
      }),
      openMaxMs: field(duration, {
        description: 'The longest opening when trials keep failing: each one is twice the last.',
        unit: 'milliseconds',
        derived: 'five times `openMs`',
      }),
      trials: field(count, {
        description: 'Calls that are admitted at the same time while half-open.',
        ...libraryDefault('breaker.trials'),
      }),
      successesToClose: field(count, {
        description: 'Trials that must succeed to close.',
        ...libraryDefault('breaker.successesToClose'),
      }),
      trialLeaseMs: field(duration, {
        description: 'A trial that has not settled after this time loses its place to another.',
        unit: 'milliseconds',
        derived: 'one and a half of `attemptTimeoutMs`; of `deadlineMs` where that is off; 60 000 where both are',
      }),
      mode: field(z.enum(MODES), {
        description:
          '`enforce` rejects while open. `observe` counts and tells what it would have rejected, and lets ' +
          'everybody pass. `forced_open` rejects everybody. `disabled` lets everybody pass and judges nothing.',
        ...libraryDefault('breaker.mode'),
      }),
    }),
  ),
  { id: 'breaker', description: 'When to stop calling what keeps failing.' },
);
