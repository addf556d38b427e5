import type { z } from 'zod';
import { COUNT, DURATION, SHARE, type TripOptions, WINDOW } from '../../breaker/options.js';
import { exact } from './exact.js';
import { numberOf } from './number.js';
import { part } from './part.js';
import { field, told } from './texts.js';

const RULES = ['consecutiveFailures', 'failureRate', 'slowCallMs'] as const;

const fields = part({
  consecutiveFailures: field(numberOf(COUNT), {
    description: 'Opens after this many failures with no success between.',
    derived: 'off, unless there is no `trip` at all',
  }),
  failureRate: field(numberOf(SHARE), {
    description: 'Opens when this share of the calls in the window failed. 1 is all of them.',
    derived: 'off',
  }),
  minimumCalls: field(numberOf(COUNT), {
    description: 'Calls that the window must hold before a rate is looked at.',
    default: 20,
  }),
  windowMs: field(numberOf(WINDOW), {
    description: 'How far back the rates look.',
    unit: 'milliseconds',
    default: 60_000,
  }),
  slowCallMs: field(numberOf(DURATION), {
    description: 'A call that took at least this long is slow.',
    unit: 'milliseconds',
    derived: 'no call is slow',
  }),
  slowCallRate: field(numberOf(SHARE), {
    description: 'Opens when this share of the calls in the window was slow. Needs `slowCallMs`.',
    derived: '1 when `slowCallMs` is given',
  }),
});

/** When a closed breaker opens. */
export const tripSchema: z.ZodType<TripOptions, TripOptions> = told(
  // What does not fit together is told even when something else is wrong, as `Check` does.
  exact<TripOptions>()(fields).superRefine(checkTogether, { when: () => true }),
  {
    id: 'trip',
    description:
      'When to open: by whichever of the given rules is met first. It is taken as a whole: what a stronger layer says ' +
      'replaces all of it.',
    anyOf: RULES.map((rule) => ({ required: [rule] })),
    dependencies: { slowCallRate: ['slowCallMs'] },
  },
);

function checkTogether(trip: TripOptions, context: z.core.$RefinementCtx): void {
  if (trip.slowCallRate !== undefined && trip.slowCallMs === undefined) {
    const message = 'must say what is slow when slowCallRate is given';
    context.addIssue({ code: 'custom', path: ['slowCallMs'], message });
  }
  if (RULES.every((rule) => trip[rule] === undefined)) {
    context.addIssue(`must hold at least one of ${RULES.join(', ')}`);
  }
}
