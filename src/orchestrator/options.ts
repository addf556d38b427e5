import { DURATION } from '../breaker/index.js';
import { checkStrategyName } from '../config/presets/registry.js';
import { checkSettings, readSettings, type Settings } from '../config/settings.js';
import { Check, configurationError, readOnce } from '../input/index.js';
import type { Call } from '../pipeline/index.js';
import { isSignal } from '../runtime/index.js';

/** What one call may bring along. */
export interface ExecuteOptions {
  /** Tells apart callees of one operation, such as a model, a tenant or a region: each has its own breaker. */
  readonly key?: string | undefined;
  /** The caller's signal: when it aborts, the call ends at once with its reason, and no breaker counts it. */
  readonly signal?: AbortSignal | undefined;
  /** The longest this call may take, in milliseconds; `false`: as long as it likes. */
  readonly deadlineMs?: number | false | undefined;
  /**
   * Whether the callee may be asked to do the same twice. `false`: the call is tried again only when it is certain that
   * nothing was done, such as after a refused connection. Default `true`.
   */
  readonly idempotent?: boolean | undefined;
  /**
   * Whether `fn` can do it again. `false` for one that sends a stream, which can be read once: it is never called twice.
   * Default `true`.
   */
  readonly replayable?: boolean | undefined;
  /** Settings of this call alone. Breaker and retry budget are the operation's, and can only be switched off. */
  readonly settings?: Settings | undefined;
  /** A strategy for this call alone: its retries and times, laid over those of the operation. */
  readonly strategy?: string | undefined;
  /**
   * The call that this one is made in: it ends when that one ends, and never takes longer than what that one has left.
   */
  readonly parent?: Call | undefined;
  /** Values for `call.context`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

const OPTIONS = [
  'key',
  'signal',
  'deadlineMs',
  'idempotent',
  'replayable',
  'settings',
  'strategy',
  'parent',
  'context',
];

/** What is used when a call brings nothing along. */
const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/**
 * The options of a call, read once and checked. A call that is refused here makes no operation known.
 *
 * @throws {ConfigurationError} when there is nothing to call, or naming everything that is wrong with the options.
 */
export function checkedCall(fn: unknown, given: ExecuteOptions | undefined): ExecuteOptions {
  if (typeof fn !== 'function') throw configurationError('fn', 'must be a function', fn);
  if (given === undefined) return NO_OPTIONS;
  const own = readOnce('options', given, (read) =>
    read.settings === undefined ? read : { ...read, settings: readSettings('options.settings', read.settings) },
  );
  const check = new Check();
  if (check.fields('options', own, OPTIONS) === undefined) check.throwIfInvalid();
  const { key, signal, deadlineMs, idempotent, replayable, settings, strategy, parent, context } = own;
  if (key !== undefined) check.name('options.key', key);
  if (signal !== undefined && !isSignal(signal)) check.addIssue('options.signal', 'must be an AbortSignal', signal);
  check.numberOrFalse('options.deadlineMs', deadlineMs, DURATION);
  check.boolean('options.idempotent', idempotent);
  check.boolean('options.replayable', replayable);
  if (parent !== undefined && !isCall(parent)) {
    check.addIssue('options.parent', 'must be the call that the surrounding function was given', parent);
  }
  if (context !== undefined) check.record('options.context', context);
  checkStrategyName(check, 'options.strategy', strategy);
  if (settings !== undefined) checkCallSettings(check, settings);
  check.throwIfInvalid();
  return own;
}

/** @throws {ConfigurationError} when it is no key. */
export function assertKey(key: unknown): void {
  const check = new Check();
  check.name('key', key);
  check.throwIfInvalid();
}

/** A call of another copy of the package is as good as one of this copy. */
function isCall(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  try {
    return (
      'remainingMs' in value && typeof value.remainingMs === 'function' && 'signal' in value && isSignal(value.signal)
    );
  } catch {
    return false;
  }
}

function checkCallSettings(check: Check, settings: Settings): void {
  if (checkSettings(check, 'options.settings', settings) === undefined) return;
  const { breaker, retry } = settings;
  assertShared(check, 'breaker', breaker);
  // What is no object has been refused, and typeof takes null for one.
  if (typeof retry === 'object') assertShared(check, 'retry.budget', retry?.budget);
}

/** What all calls of an operation share cannot be otherwise for one of them. */
function assertShared(check: Check, name: string, given: object | false | undefined): void {
  if (given === undefined || given === false) return;
  const message = 'must be false or absent: it is shared by all calls of the operation';
  check.addIssue(`options.settings.${name}`, message, given, 'Set it in config.operations.');
}
