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
import { LONGEST_TIMER_MS } from '../runtime/runtime.js';

/** How an operation is protected. Every part is optional; `false` switches a stage off. */
export interface Settings {
  /** The longest a call may take, all attempts and waits together, in milliseconds. Default 120 000. */
  readonly deadlineMs?: number | false | undefined;
  /** The longest one attempt may take, in milliseconds. Default 60 000. */
  readonly attemptTimeoutMs?: number | false | undefined;
  /** When to stop calling what keeps failing. Default: open after 5 failures in a row, for 60 s. */
  readonly breaker?: BreakerSettings | false | undefined;
}

/** Settings with nothing left open. */
export interface EffectiveSettings {
  readonly deadlineMs: number | false;
  readonly attemptTimeoutMs: number | false;
  readonly breaker: BreakerRules | false;
}

/** The settings of operations: `defaults` for all of them, `operations` for one by its name. */
export interface ConfigInput {
  readonly defaults?: Settings | undefined;
  readonly operations?: Readonly<Record<string, Settings>> | undefined;
}

/** Settings laid over each other: complete, but for what a breaker fills in itself. */
interface LayeredSettings {
  readonly deadlineMs: number | false;
  readonly attemptTimeoutMs: number | false;
  readonly breaker: BreakerSettings | false;
}

/** Strategy `balanced`. */
const BALANCED: LayeredSettings = { deadlineMs: 120_000, attemptTimeoutMs: 60_000, breaker: {} };

/** A trial keeps its place for this much longer than its attempt may take, so that it can still tell how it ended. */
const LEASE_SLACK = 1.5;

const SETTINGS = ['deadlineMs', 'attemptTimeoutMs', 'breaker'];

/** Every operation's settings, worked out once: those of the named ones, and those of all the others. */
export class SettingsTable {
  readonly #others: EffectiveSettings;
  readonly #named = new Map<string, EffectiveSettings>();

  /** @throws {ConfigurationError} naming everything that is wrong with the config. */
  constructor(config: ConfigInput) {
    const own = readConfig(config);
    const check = new Check();
    checkConfig(check, own);
    check.done();
    const defaults = overlay(BALANCED, own.defaults);
    this.#others = complete(check, 'config.defaults', defaults);
    for (const [name, settings] of Object.entries(own.operations ?? {})) {
      this.#named.set(name, complete(check, `config.operations.${name}`, overlay(defaults, settings)));
    }
    check.done();
  }

  /** The operations that the config names. */
  get names(): Iterable<string> {
    return this.#named.keys();
  }

  of(operation: string): EffectiveSettings {
    return this.#named.get(operation) ?? this.#others;
  }
}

/** A copy of settings, read once: see {@link readOnce}. */
export function readSettings(path: string, given: Settings): Settings {
  return readOnce(path, given, (own) => {
    const { breaker } = own;
    if (breaker === undefined || breaker === false) return own;
    return { ...own, breaker: readBreakerSettings(`${path}.breaker`, breaker) };
  });
}

/** Checks the settings of one layer, each value for itself; gives its fields when it has any. */
export function checkSettings(check: Check, path: string, value: unknown): Fields | undefined {
  const fields = check.fields(path, value, SETTINGS);
  if (fields === undefined) return undefined;
  check.numberOrFalse(`${path}.deadlineMs`, fields['deadlineMs'], DURATION);
  check.numberOrFalse(`${path}.attemptTimeoutMs`, fields['attemptTimeoutMs'], DURATION);
  const { breaker } = fields;
  if (breaker !== undefined && breaker !== false) checkBreakerSettings(check, `${path}.breaker`, breaker);
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
    breaker: overlayBreaker(below.breaker, above?.breaker),
  };
}

/** The parts of a breaker are laid over one by one; what is `undefined` leaves what is below. */
function overlayBreaker(below: BreakerSettings | false, above: Settings['breaker']): BreakerSettings | false {
  if (above === undefined) return below;
  if (above === false || below === false) return above;
  return { ...below, ...Object.fromEntries(Object.entries(above).filter(([, value]) => value !== undefined)) };
}

function complete(check: Check, path: string, layered: LayeredSettings): EffectiveSettings {
  const { deadlineMs, attemptTimeoutMs, breaker } = layered;
  if (breaker === false) return Object.freeze({ deadlineMs, attemptTimeoutMs, breaker });
  checkOpenMaxMs(check, `${path}.breaker`, breaker);
  const lease = breaker.trialLeaseMs ?? trialLeaseMs(attemptTimeoutMs, deadlineMs);
  const rules = Object.freeze(breakerRules({ ...breaker, trialLeaseMs: lease }));
  return Object.freeze({ deadlineMs, attemptTimeoutMs, breaker: rules });
}
