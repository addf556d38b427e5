import { z } from 'zod';
import { DURATION } from '../../breaker/options.js';
import type { Settings } from '../settings.js';
import { breakerSchema } from './breaker.js';
import { choice } from './choice.js';
import { exact } from './exact.js';
import type { FieldsOf } from './fields-of.js';
import { libraryDefault } from './library-default.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { quotaSchema } from './quota.js';
import { retrySchema } from './retry.js';
import { field, told } from './texts.js';

const off = z.literal(false);
const durationOrOff = z.union([numberOf(DURATION), off]);

/** How an operation is protected, field by field. */
export const settingsFields: FieldsOf<Settings> = {
  deadlineMs: field(durationOrOff, {
    description: 'The longest a call may take, all attempts and waits together. `false`: there is no limit.',
    unit: 'milliseconds',
    ...libraryDefault('deadlineMs'),
  }),
  attemptTimeoutMs: field(durationOrOff, {
    description: 'The longest one attempt may take. `false`: there is no limit.',
    unit: 'milliseconds',
    ...libraryDefault('attemptTimeoutMs'),
  }),
  retry: field(choice(retrySchema, off), {
    description: 'Whether and how to try again. `false`: every call has one attempt.',
  }),
  quota: field(choice(quotaSchema, off), {
    description: 'What happens while a quota is used up. `false`: nobody takes notice.',
  }),
  breaker: field(choice(breakerSchema, off), {
    description: 'When to stop calling what keeps failing. `false`: never.',
  }),
};

/** How an operation is protected. */
export const settingsSchema: z.ZodType<Settings, Settings> = told(exact<Settings>()(part(settingsFields)), {
  id: 'settings',
  description: 'How operations are protected. Every part is optional; `false` switches a stage off.',
});
