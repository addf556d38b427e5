import {
  type BreakerRules,
  type BreakerSettings,
  breakerRules,
  checkBreakerSettings,
  checkOpenMaxMs,
  DURATION,
  readBreakerSettings,
} from '../breaker/breaker.js';
import { Check, type Fields, readOnce } from '../errors/errors.js';
import {
  checkQuotaSettings,
  type QuotaRules,
  type QuotaSettings,
  quotaRules,
  readQuotaSettings,
} from '../limits/limits.js';
import {
  checkRetrySettings,
  checkRetryTogether,
  overlayRetry,
  type RetryRules,
  type RetrySettings,
  readRetrySettings,
  retryRules,
} from '../retry/retry.js';
import { LONGEST_TIMER_MS } from '../runtime/runtime.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings {
  /** The longest a call may take, all attempts and waits together, in milliseconds. Default 120 000. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest one attempt may take, in milliseconds. Default 60 000. */
  readonly attemptTimeoutMs?: number | false | undefined;
  /** Whether and how to try again. Default: up to 3 attempts, 2 s to 10 s apart. */
  readonly retry?: RetrySettings | false | undefined;
  /** What happens while a quota is used up. Default: calls wait up to 30 s for it. `false`: nobody takes notice. */
  readonly quota?: QuotaSettings | false | undefined;
  /** When to stop calling what keeps failing. Default: open after 5 failures in a row, for 60 s. */
  readonly breaker?: BreakerSettings | false | undefined;
}

/** Settings with nothing left open. */
export interface EffectiveSettings {
  readonly deadlineMs: number | false;
  readonly attemptTimeoutMs: number | false;
  readonly retry: RetryRules | false;
  readonly quota: QuotaRules | false;
  readonly breaker: BreakerRules | false;
}

/** The settings of operations: `defaults` for all of them, `operations` for one by its name. */
export interface ConfigInput {
  readonly defaults?: Settings | undefined;
  readonly operations?: Readonly<Record<string, Settings>> | undefined;
}

/** Settings laid over each other: complete, but for what the stages fill in themselves. */
export interface LayeredSettings {
  readonly deadlineMs: number | false;
  readonly attemptTimeoutMs: number | false;
  readonly retry: RetrySettings | false;
  readonly quota: QuotaSettings | false;
  readonly breaker: BreakerSettings | false;
}

/** Strategy `balanced`. */
const BALANCED: LayeredSettings = {
  deadlineMs: 120_000,
  attemptTimeoutMs: 60_000,
  retry: {},
  quota: {},
  breaker: {},
};

/** A trial keeps its place for this much longer than its attempt may take, so that it can still tell how it ended. */
const LEASE_SLACK = 1.5;

const SETTINGS = ['deadlineMs', 'attemptTimeoutMs', 'retry', 'quota', 'breaker'];

/** The settings of one operation, and what those of a single call are laid over. */
export interface OperationSettings {
  readonly effective: EffectiveSettings;
  readonly layered: LayeredSettings;
}

/** Every operation's settings, worked out once: those of the named ones, and those of all the others. */
export class SettingsTable {
  readonly #others: OperationSettings;
  readonly #named = new Map<string, OperationSettings>();

  /** @throws {ConfigurationError} naming everything that is wrong with the config. */
  constructor(config: ConfigInput) {
    const own = readConfig(config);
    const check = new Check();
    checkConfig(check, own);
    check.done();
    const defaults = overlay(BALANCED, own.defaults);
    const settle = (path: string, layered: LayeredSettings) => {
      return { effective: frozen(complete(check, path, layered)), layered };
    };
    this.#others = settle('config.defaults', defaults);
    for (const [name, settings] of Object.entries(own.operations ?? {})) {
      this.#named.set(name, settle(`config.operations.${name}`, overlay(defaults, settings)));
    }
    check.done();
  }

  /** The operations that the config names. */
  get names(): Iterable<string> {
    return this.#named.keys();
  }

  of(operation: string): OperationSettings {
    return this.#named.get(operation) ?? this.#others;
  }
}

/** A copy of settings, read once: see {@link readOnce}. */
export function readSettings(path: string, given: Settings): Settings {
  return readOnce(path, given, (own) => ({
    ...own,
    breaker: readPart(own.breaker, (breaker) => readBreakerSettings(`${path}.breaker`, breaker)),
    retry: readPart(own.retry, (retry) => readRetrySettings(`${path}.retry`, retry)),
    quota: readPart(own.quota, (quota) => readQuotaSettings(`${path}.quota`, quota)),
  }));
}

/** The settings of one call: its own, laid over those of its operation. */
export function callSettings(below: LayeredSettings, own: Settings): EffectiveSettings {
  const check = new Check();
  const effective = complete(check, 'options.settings', overlay(below, own));
  check.done();
  return effective;
}

/** One part of settings, where it is there and not switched off. */
function readPart<P extends object>(part: P | false | undefined, read: (part: P) => P): P | false | undefined {
  return part === undefined || part === false ? part : read(part);
}

/** Checks the settings of one layer, each value for itself; gives its fields when it has any. */
export function checkSettings(check: Check, path: string, value: unknown): Fields | undefined {
  const fields = check.fields(path, value, SETTINGS);
  if (fields === undefined) return undefined;
  check.numberOrFalse(`${path}.deadlineMs`, fields['deadlineMs'], DURATION);
  check.numberOrFalse(`${path}.attemptTimeoutMs`, fields['attemptTimeoutMs'], DURATION);
  const { breaker, retry, quota } = fields;
  if (breaker !== undefined && breaker !== false) checkBreakerSettings(check, `${path}.breaker`, breaker);
  if (retry !== undefined && retry !== false) checkRetrySettings(check, `${path}.retry`, retry);
  if (quota !== undefined && quota !== false) checkQuotaSettings(check, `${path}.quota`, quota);
  return fields;
}

/** How long an attempt may hold the place of a trial when the breaker's settings do not say. */
export function trialLeaseMs(attemptTimeoutMs: number | false, deadlineMs: number | false): number | undefined {
  const longestMs = attemptTimeoutMs || deadlineMs;
  return longestMs === false ? undefined : Math.min(longestMs * LEASE_SLACK, LONGEST_TIMER_MS);
}

function readConfig(given: ConfigInput): ConfigInput {
  return readOnce('config', given, ({ defaults, operations, ...unknown }) => ({
    ...unknown,
    defaults: defaults === undefined ? undefined : readSettings('config.defaults', defaults),
    operations: operations === undefined ? undefined : readOnce('config.operations', operations, readEach),
  }));
}

function readEach(operations: Readonly<Record<string, Settings>>): Record<string, Settings> {
  const entries = Object.entries(operations);
  return Object.fromEntries(entries.map(([name, given]) => [name, readSettings(`config.operations.${name}`, given)]));
}

function checkConfig(check: Check, value: unknown): void {
  const fields = check.fields('config', value, ['defaults', 'operations']);
  if (fields === undefined) return;
  if (fields['defaults'] !== undefined) checkSettings(check, 'config.defaults', fields['defaults']);
  if (fields['operations'] === undefined) return;
  for (const [name, settings] of Object.entries(check.record('config.operations', fields['operations']) ?? {})) {
    if (check.name('config.operations', name)) checkSettings(check, `config.operations.${name}`, settings);
  }
}

function overlay(below: LayeredSettings, above: Settings | undefined): LayeredSettings {
  return {
    deadlineMs: above?.deadlineMs ?? below.deadlineMs,
    attemptTimeoutMs: above?.attemptTimeoutMs ?? below.attemptTimeoutMs,
    retry: overlayPart(below.retry, above?.retry, overlayRetry),
    quota: overlayPart(below.quota, above?.quota, overlayEach),
    breaker: overlayPart(below.breaker, above?.breaker, overlayEach),
  };
}

function overlayPart<P extends object>(
  below: P | false,
  above: P | false | undefined,
  overlayOn: (below: P, above: P) => P,
): P | false {
  if (above === undefined) return below;
  return above === false || below === false ? above : overlayOn(below, above);
}

/** What is `undefined` leaves what is below. */
function overlayEach<P extends object>(below: P, above: P): P {
  return { ...below, ...Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined)) };
}

function complete(check: Check, path: string, layered: LayeredSettings): EffectiveSettings {
  const { deadlineMs, attemptTimeoutMs, retry, quota, breaker } = layered;
  if (retry !== false) checkRetryTogether(check, `${path}.retry`, retry);
  return {
    deadlineMs,
    attemptTimeoutMs,
    retry: retry !== false && retryRules(retry),
    quota: quota !== false && quotaRules(quota),
    breaker: breaker !== false && completeBreaker(check, `${path}.breaker`, breaker, layered),
  };
}

/** Frozen through and through: those who read settings must not change them for all. */
function frozen<P extends object>(whole: P): P {
  for (const part of Object.values(whole)) if (typeof part === 'object' && part !== null) frozen(part);
  return Object.freeze(whole);
}

function completeBreaker(
  check: Check,
  path: string,
  breaker: BreakerSettings,
  { attemptTimeoutMs, deadlineMs }: LayeredSettings,
): BreakerRules {
  checkOpenMaxMs(check, path, breaker);
  const lease = breaker.trialLeaseMs ?? trialLeaseMs(attemptTimeoutMs, deadlineMs);
  return breakerRules({ ...breaker, trialLeaseMs: lease });
}
