import { DURATION } from '../breaker/breaker.js';
import { Check, readOnce, wrong } from '../errors/errors.js';
import { checkSettings, readSettings, type Settings } from './settings.js';

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

/** What is used when a call brings nothing along. */
const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/**
 * The options of a call, read once and checked. A call that is refused here makes no operation known.
 *
 * @throws {ConfigurationError} when there is nothing to call, or naming everything that is wrong with the options.
 */
export function checkedCall(fn: unknown, given: ExecuteOptions | undefined): ExecuteOptions {
  if (typeof fn !== 'function') throw wrong('fn', 'must be a function', fn);
  if (given === undefined) return NO_OPTIONS;
  const own = readOnce('options', given, (read) =>
    read.settings === undefined ? read : { ...read, settings: readSettings('options.settings', read.settings) },
  );
  const check = new Check();
  if (check.fields('options', own, OPTIONS) === undefined) check.done();
  const { key, signal, deadlineMs, settings, context } = own;
  if (key !== undefined) check.name('options.key', key);
  if (signal !== undefined && !isSignal(signal)) check.refuse('options.signal', 'must be an AbortSignal', signal);
  check.numberOrFalse('options.deadlineMs', deadlineMs, DURATION);
  if (context !== undefined) check.record('options.context', context);
  if (settings !== undefined) checkCallSettings(check, settings);
  check.done();
  return own;
}

/** @throws {ConfigurationError} when it is no key. */
export function assertKey(key: unknown): void {
  const check = new Check();
  check.name('key', key);
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
