import type { Catalog } from '../config/presets/catalog.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import {
  anyRecord,
  anyThat,
  Check,
  configurationError,
  copyOnce,
  flag,
  name,
  orFalse,
  type Part,
  part,
  type Refuse,
  readOnce,
  setting,
} from '../input/index.js';
import type { Call } from '../pipeline/index.js';
import { isSignal } from '../runtime/index.js';

/** What one call may bring along. */
export interface ExecuteOptions {
  /** Tells apart upstreams of one operation, such as a model, a tenant or a region: each has its own breaker. */
  readonly key?: string | undefined;
  /** The caller's signal: when it aborts, the call ends at once with its reason, and no breaker counts it. */
  readonly signal?: AbortSignal | undefined;
  /** The longest this call may take, in milliseconds; `false`: as long as it likes. */
  readonly deadlineMs?: number | false | undefined;
  /**
   * Whether the provider may be asked to do the same twice. `false`: the call is tried again only when it is certain that
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
   * `false`: none. Default: with `asyncContext: true` the call in whose function it is made, and otherwise none.
   */
  readonly parent?: Call | false | undefined;
  /** Values for `call.context`. */
  readonly context?: Readonly<Record<string, unknown>> | undefined;
}

/** The settings of a call, which cannot change what all calls of its operation share. */
const CALL_SETTINGS: Part<Settings> = part(SETTINGS.settings, {
  requires: ({ breaker, retry }, refuse) => {
    refuseShared(['breaker'], breaker, refuse);
    if (typeof retry !== 'object' || retry === null || !('budget' in retry)) return;
    refuseShared(['retry', 'budget'], retry.budget, refuse);
  },
});

function refuseShared(path: readonly string[], given: unknown, refuse: Refuse): void {
  if (given === undefined || given === false) return;
  const message = 'must be false or absent: it is shared by all calls of the operation';
  refuse(path, message, given, 'Set it in config.operations.');
}

const OPTIONS: Part<ExecuteOptions> = part({
  key: setting(name()),
  signal: setting(anyThat<AbortSignal>(isSignal, 'must be an AbortSignal')),
  deadlineMs: setting(SETTINGS.settings.deadlineMs.values),
  idempotent: setting(flag()),
  replayable: setting(flag()),
  settings: setting(CALL_SETTINGS),
  strategy: setting(name()),
  parent: setting(orFalse(anyThat<Call>(isCall, 'must be the call that the surrounding function was given'))),
  context: setting(anyRecord()),
});

/** What is used when a call brings no options. */
const NO_OPTIONS: ExecuteOptions = Object.freeze({});

/**
 * Reads the options of a call once and checks them. A call that is refused creates no operation.
 *
 * @throws {ConfigurationError} if `fn` is not a function, or listing every issue of the options.
 */
export function parseExecuteOptions(fn: unknown, given: ExecuteOptions | undefined, catalog: Catalog): ExecuteOptions {
  if (typeof fn !== 'function') throw configurationError('fn', 'must be a function', fn);
  if (given === undefined) return NO_OPTIONS;
  const own = readOnce('options', given, copySettings);
  const check = new Check();
  if (check.settings('options', own, OPTIONS)) catalog.checkStrategy(check, 'options.strategy', own.strategy);
  check.throwIfInvalid();
  return own;
}

function copySettings(own: ExecuteOptions): ExecuteOptions {
  return own.settings === undefined ? own : { ...own, settings: copyOnce('options.settings', own.settings) };
}

/** @throws {ConfigurationError} if it is not a valid key. */
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
