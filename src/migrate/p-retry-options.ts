import { Check, type Fields } from '../input/index.js';
import { checkAmount } from './amounts.js';
import { plainFields } from './peek.js';

/** Options of p-retry, as its functions take them. */
export interface PRetryOptions {
  readonly retries?: number | undefined;
  readonly factor?: number | undefined;
  readonly minTimeout?: number | undefined;
  readonly maxTimeout?: number | undefined;
  readonly randomize?: boolean | undefined;
  readonly maxRetryTime?: number | undefined;
  readonly onFailedAttempt?: unknown;
  readonly shouldRetry?: unknown;
  readonly shouldConsumeRetry?: unknown;
  readonly signal?: unknown;
  readonly unref?: unknown;
}

const OPTIONS = [
  'retries',
  'factor',
  'minTimeout',
  'maxTimeout',
  'randomize',
  'maxRetryTime',
  'onFailedAttempt',
  'shouldRetry',
  'shouldConsumeRetry',
  'signal',
  'unref',
];

/** Reads them once. @throws {ConfigurationError} naming everything that p-retry would not take either. */
export function readPRetry(given: unknown): Fields {
  const check = new Check();
  const fields = plainFields(check, 'from.pRetry', given, OPTIONS);
  checkAmount(check, 'from.pRetry.retries', fields['retries'], { infinite: true });
  checkAmount(check, 'from.pRetry.factor', fields['factor']);
  checkAmount(check, 'from.pRetry.minTimeout', fields['minTimeout']);
  checkAmount(check, 'from.pRetry.maxTimeout', fields['maxTimeout'], { infinite: true });
  check.boolean('from.pRetry.randomize', fields['randomize']);
  checkAmount(check, 'from.pRetry.maxRetryTime', fields['maxRetryTime'], { infinite: true });
  check.throwIfInvalid();
  return fields;
}
