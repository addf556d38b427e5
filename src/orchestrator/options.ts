import { Check } from '../errors/errors.js';
import { checkSettings, DURATION, type Settings } from './settings.js';

/** What one call may bring along. */
export interface ExecuteOptions {
  /** Tells apart callees of one operation, such as a model, a tenant or a region: each has its own breaker. */
  readonly key?: string;
  /** The caller's signal: when it aborts, the call ends at once with its reason, and no breaker counts it. */
  readonly signal?: AbortSignal;
  /** The longest this call may take, in milliseconds; `false`: as long as it likes. */
  readonly deadlineMs?: number | false;
  /** Settings of this call alone. Its breaker is the operation's, and can only be switched off. */
  readonly settings?: Settings;
  /** Values for `call.context`. */
  readonly context?: Readonly<Record<string, unknown>>;
}

const OPTIONS = ['key', 'signal', 'deadlineMs', 'settings', 'context'];

/** @throws {ConfigurationError} when there is nothing to call, or naming everything that is wrong with the options. */
export function assertCall(fn: unknown, options: unknown): void {
  if (typeof fn !== 'function') {
    const check = new Check();
    check.requiredFunc('fn', fn);
    check.done();
  }
  if (options !== undefined) assertExecuteOptions(options);
}

/** @throws {ConfigurationError} naming everything that is wrong. */
export function assertExecuteOptions(options: unknown): void {
  const check = new Check();
  const fields = check.fields('options', options, OPTIONS);
  if (fields !== undefined) {
    const { key, signal, deadlineMs, settings, context } = fields;
    if (key !== undefined) check.name('options.key', key);
    if (signal !== undefined && !(signal instanceof AbortSignal)) {
      check.refuse('options.signal', 'must be an AbortSignal', signal);
    }
    check.numberOrFalse('options.deadlineMs', deadlineMs, DURATION);
    if (context !== undefined) check.record('options.context', context);
    if (settings !== undefined) checkCallSettings(check, settings);
  }
  check.done();
}

function checkCallSettings(check: Check, settings: unknown): void {
  checkSettings(check, 'options.settings', settings);
  const breaker = check.record('options.settings', settings)?.['breaker'];
  if (breaker === undefined || breaker === false) return;
  const message = 'must be false or absent: the breaker is shared by all calls of the operation';
  check.refuse('options.settings.breaker', message, breaker, 'Set it in config.operations.');
}
