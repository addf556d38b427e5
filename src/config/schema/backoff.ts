import { z } from 'zod';
import type { KindSettings } from '../../retry/options.js';
import { ATTEMPTS, JITTERS, MULTIPLIER, STRATEGIES, WAIT } from '../../retry/options-check.js';
import type { FieldsOf } from './fields-of.js';
import { libraryDefault } from './library-default.js';
import { numberOf } from './number.js';
import { field, type Texts } from './texts.js';

const wait = numberOf(WAIT);

/** How often to try and how long to wait between: in `retry` itself, and the same again for a kind of failure. */
export function backoffFields(whose: 'retry' | 'kind'): FieldsOf<KindSettings> {
  const by = (name: keyof KindSettings, ofKind = 'as in `retry`'): Pick<Texts, 'default' | 'derived'> =>
    whose === 'retry' ? libraryDefault(`retry.${name}`) : { derived: ofKind };
  return {
    maxAttempts: field(numberOf(ATTEMPTS), {
      description: 'Attempts of a call in all, the first one and those that failed otherwise included. 1: no retries.',
      ...by('maxAttempts'),
    }),
    strategy: field(z.enum(STRATEGIES), {
      description:
        'How the wait grows from one retry to the next. `fixed`: 1, 1, 1, 1. `linear`: 1, 2, 3, 4. ' +
        '`exponential`: 1, 2, 4, 8. `fibonacci`: 1, 1, 2, 3.',
      ...by('strategy'),
    }),
    minDelayMs: field(wait, {
      description:
        'The shortest wait before jitter, and what the strategy begins with. Kind `overloaded` waits twice as long, ' +
        'unless its own settings say how long.',
      unit: 'milliseconds',
      ...by('minDelayMs', 'as in `retry`; twice that for `overloaded`'),
    }),
    maxDelayMs: field(wait, {
      description: 'The longest wait with jitter. Only what the callee asked for may be longer.',
      unit: 'milliseconds',
      ...by('maxDelayMs'),
    }),
    multiplier: field(numberOf(MULTIPLIER), {
      description: 'Scales every wait. It is not the growth, which is that of the strategy.',
      ...by('multiplier'),
    }),
    jitter: field(z.enum(JITTERS), {
      description:
        'How chance spreads the waits. `none`: not at all. `full`: from nothing to the whole wait. ' +
        '`equal`: the upper half of it. `decorrelated`: from `minDelayMs` to three times the last wait. ' +
        '`additive`: up to `jitterMaxMs` on top.',
      ...by('jitter'),
    }),
    jitterMaxMs: field(wait, {
      description:
        'The most that `additive` jitter adds, and the most by which a wait that the callee asked for is lengthened.',
      unit: 'milliseconds',
      ...by('jitterMaxMs'),
    }),
  };
}
