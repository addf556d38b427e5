import { DURATION } from '../breaker/breaker.js';
import { Check, wrong } from '../errors/errors.js';
import { checkSettings, type Settings } from './settings.js';

/** What one call may bring along. */
export interface ExecuteOptions {
  /** Tells apart callees of one operation, such as a model, a tenant or a region: each has its own breaker. */
  readonly key?: string | undefined;
  /** The caller's signal: when it aborts, the call ends at once with its reason, and no breaker counts it. */
  readonly signal?: AbortSignal | undefined;
  /** The longest this call may take, in milliseconds; `false`: as long as it likes. */
  readonly deadlineMs?: number | false | undefined;
  /** Settings of this call alone. Its breaker is the operation's, and can only be switched off. */
  readonly settings?: Settings | undefined;
  /** Values for `call.context`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

const OPTIONS = ['key', 'signal', 'deadlineMs', 'settings', 'context'];

/** @throws {ConfigurationError} when there is nothing to call, or naming everything that is wrong with the options. */
export function assertCall(fn: unknown, options: unknown): void {
  if (typeof fn !== 'function') throw wrong('fn', 'must be a function', fn);
  if (options !== undefined) assertExecuteOptions(options);
}

/** @throws {ConfigurationError} when it is no key. */
export function assertKey(key: unknown): void {
  const check = new Check();
  check.name('key', key);
  check.done();
}

function assertExecuteOptions(options: unknown): void {
  const check = new Check();
  const fields = check.fields('options', options, OPTIONS);
  if (fields !== undefined) {
    const { key, signal, deadlineMs, settings, context } = fields;
    if (key !== undefined) check.name('options.key', key);
    if (signal !== undefined && !isSignal(signal)) check.refuse('options.signal', 'must be an AbortSignal', signal);
    check.numberOrFalse('options.deadlineMs', deadlineMs, DURATION);
    if (context !== undefined) check.record('options.context', context);
    if (settings !== undefined) checkCallSettings(check, settings);
  }
  check.done();
}

/** Anything that works as a signal: one of another realm and a polyfill are as good as Node's own. */
function isSignal(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    if (!('aborted' in value && 'addEventListener' in value && 'removeEventListener' in value)) return false;
    const { aborted, addEventListener, removeEventListener } = value;
    const works = typeof addEventListener === 'function' && typeof removeEventListener === 'function';
    return typeof aborted === 'boolean' && works;
  } catch {
    return false;
  }
}

function checkCallSettings(check: Check, settings: unknown): void {
  const breaker = checkSettings(check, 'options.settings', settings)?.['breaker'];
  if (breaker === undefined || breaker === false) return;
  const message = 'must be false or absent: the breaker is shared by all calls of the operation';
  check.refuse('options.settings.breaker', message, breaker, 'Set it in config.operations.');
}
