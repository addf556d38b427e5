import { isKind, KINDS } from '../classify/index.js';
import { type Configuration, resolveCallSettings } from '../config/configuration.js';
import { SETTINGS, type Settings } from '../config/settings.js';
import { ConfigurationError } from '../errors/index.js';
import {
  anyFunction,
  anyThat,
  type Check,
  copyOnce,
  didYouMean,
  formatKeyPath,
  isArray,
  isName,
  isReadableRecord,
  name,
  numberWithin,
  oneOf,
  type Part,
  part,
  readOrRefuse,
  type SettingsOf,
  setting,
} from '../input/index.js';
import type { Call, FailureKind, PrepareInput } from '../pipeline/index.js';
import { LONGEST_TIMER_MS } from '../runtime/index.js';
import { TARGET_ORDERS, type TargetOrder, WHEN_NONE_AVAILABLE, type WhenNoneAvailable } from '../targets/index.js';

/** Settings of a target, over those of its operation. The deadline belongs to the call. */
export type TargetSettings = Omit<Settings, 'deadlineMs'>;

/** One of several upstreams of an operation, such as a model or a region. */
export interface Target {
  /** What the function reads as `call.target.name`, and reports name. */
  readonly name: string;
  /** The key of its breaker, its quota and its numbers. Default: its name. */
  readonly key?: string | undefined;
  /**
   * Names of several credentials for it: they share its breaker, and each has its own quota. The function reads
   * `call.target.key`. Never write secrets here, since events and reports contain the names.
   */
  readonly keys?: readonly string[] | undefined;
  /** Its share of the calls with every `order` but `listed`. 0: only if no other is available. Default 1. */
  readonly weight?: number | undefined;
  /** Settings of its attempts, over those of the operation. */
  readonly settings?: TargetSettings | undefined;
  /**
   * The kinds of failure after which it is used, such as `['context_length']` for a model with a larger window. Default: it
   * is used for every call.
   */
  readonly on?: readonly FailureKind[] | undefined;
  /** Returns `true` if it can serve this call, or else why not. Called at most once for each call. */
  readonly accepts?: ((call: Call) => true | string) | undefined;
  /**
   * Changes the request for this target, for clients and models under protection. May be asynchronous. Default: its name is the
   * model. `execute` does not call it: the function reads `call.target`.
   */
  readonly prepare?: PrepareInput | undefined;
}

/**
 * Names a conversation, whose calls with the same key go to the same target, by 1 to 256 characters; `undefined`: any target
 * will do. After another answer, which is reported as the failure of a hook, any will do as well.
 */
export type StickyHook = (call: Call) => string | undefined;

/** How calls stay with a target. */
export interface StickySettings {
  readonly by: StickyHook;
  /** How long a conversation stays with its target after its last call, in milliseconds. Default 300 000, five minutes. */
  readonly ttlMs?: number | undefined;
}

/** How the targets of a call are chosen. */
export interface TargetOptions {
  /** Which of the available targets a call goes to first. Default `listed`. */
  readonly order?: TargetOrder | undefined;
  /** What a call does while every target is unavailable. Default `wait`. */
  readonly whenNoneAvailable?: WhenNoneAvailable | undefined;
  /** The longest that a call waits for a target, in milliseconds; never beyond the deadline. Default 30 000. */
  readonly targetWaitMs?: number | undefined;
  /** Keeps the calls of a conversation with one target, so that the provider's cache of its prompt is used. */
  readonly sticky?: StickyHook | StickySettings | undefined;
}

/** The targets of an operation. */
export interface TargetList extends TargetOptions {
  /** The targets, the preferred one first. A name alone is a target without settings. */
  readonly list: readonly (string | Target)[];
}

/** A target with all defaults filled in. */
export interface ResolvedTarget {
  readonly name: string;
  readonly key: string;
  readonly keys: readonly string[] | undefined;
  readonly weight: number;
  readonly settings: TargetSettings | undefined;
  readonly on: readonly FailureKind[] | undefined;
  readonly accepts: ((call: Call) => true | string) | undefined;
  readonly prepare: PrepareInput | undefined;
}

const NAMES = 'must be an array of different names, at least one';
const KIND_NAMES = `must be an array of kinds, at least one: ${KINDS.join(', ')}`;
const LIST = 'must be an array of targets, at least one';
const DIFFERENT = 'must differ from those of the other targets';
const LIST_ADVICE = "Write names or objects, such as ['gpt-5', { name: 'claude-sonnet-5', settings: {} }].";
const { deadlineMs: _, ...TARGET_SETTING_FIELDS } = SETTINGS.settings;

const TARGET_SETTINGS: Part<TargetSettings> = part(TARGET_SETTING_FIELDS, {
  ...SETTINGS.info,
  elsewhere: { ...SETTINGS.info.elsewhere, deadlineMs: 'The deadline belongs to the call: all targets share it.' },
});

const TARGET: Part<Target> = part(
  {
    name: setting(name()),
    key: setting(name()),
    keys: setting(anyThat<readonly string[]>(isListOfNames, NAMES)),
    weight: setting(numberWithin({ min: 0, max: 1_000_000 })),
    settings: setting(TARGET_SETTINGS),
    on: setting(anyThat<readonly FailureKind[]>(isListOfKinds, KIND_NAMES)),
    accepts: setting(anyFunction<(call: Call) => true | string>()),
    prepare: setting(anyFunction<PrepareInput>()),
  },
  { advice: LIST_ADVICE },
);

const STICKY: Part<StickySettings> = part({
  by: setting(anyFunction<StickyHook>()),
  ttlMs: setting(numberWithin({ min: 1, max: LONGEST_TIMER_MS })),
});

/** Declares {@link TargetOptions}. */
export const TARGET_OPTIONS: SettingsOf<TargetOptions> = {
  order: setting(oneOf(TARGET_ORDERS)),
  whenNoneAvailable: setting(oneOf(WHEN_NONE_AVAILABLE)),
  targetWaitMs: setting(numberWithin({ min: 0, max: LONGEST_TIMER_MS })),
  sticky: setting(
    anyThat<StickyHook | StickySettings>(isSticky, 'must be a function, or an object with `by` and `ttlMs`'),
  ),
};

/** Lists that were read before, since most calls bring the same one. */
const READ = new WeakMap<object, readonly ResolvedTarget[]>();

/**
 * Reads and checks a list of targets. An array is read once: what is changed in it later has no effect.
 *
 * @returns an empty list if an issue was added.
 */
export function readTargets(check: Check, path: string, given: unknown): readonly ResolvedTarget[] {
  const known = isArray(given) ? READ.get(given) : undefined;
  if (known !== undefined) return known;
  const own = isArray(given) ? readOrRefuse(path, given, () => [...given]) : [];
  if (!isArray(given) || own.length === 0) {
    check.addIssue(path, LIST, given, LIST_ADVICE);
    return [];
  }
  const before = check.issues.length;
  const targets = own.map((each, index) => readTarget(check, `${path}[${index}]`, each));
  checkTogether(check, path, targets);
  if (check.issues.length > before) return [];
  READ.set(given, targets);
  return targets;
}

/** Reads one target; its issues are added to the check. */
function readTarget(check: Check, path: string, given: unknown): ResolvedTarget {
  const own = typeof given === 'string' ? { name: given } : copyTarget(path, given);
  if (!check.settings(path, own, TARGET) || !hasName(check, path, own)) return toResolved({ name: '' });
  if (own.settings !== undefined) check.conflicts(`${path}.settings`, own.settings, TARGET_SETTINGS);
  return toResolved(own);
}

/** Settings are copied in depth, and lists as well: what is checked is what is used. */
function copyTarget(path: string, given: unknown): unknown {
  const own = copyOnce(path, given);
  if (typeof own !== 'object' || own === null) return own;
  const copied = Object.entries(own).map(([field, value]) => {
    return [field, isArray(value) ? readOrRefuse(`${path}.${field}`, value, () => [...value]) : value];
  });
  return Object.fromEntries(copied);
}

function hasName(check: Check, path: string, own: unknown): own is Target {
  const named = typeof own === 'object' && own !== null && 'name' in own && own.name !== undefined;
  if (!named) check.addIssue(`${path}.name`, 'must be given', undefined, LIST_ADVICE);
  return named;
}

function toResolved({
  name: own,
  key = own,
  keys,
  weight = 1,
  settings,
  on,
  accepts,
  prepare,
}: Target): ResolvedTarget {
  return { name: own, key, keys, weight, settings, on, accepts, prepare };
}

function checkTogether(check: Check, path: string, targets: readonly ResolvedTarget[]): void {
  const names = new Set<string>();
  const keys = new Set<string>();
  for (const [index, target] of targets.entries()) {
    const { name: own, key } = target;
    if (own === '') continue;
    const used = listKeys(target);
    if (names.has(own)) check.addIssue(`${path}[${index}].name`, DIFFERENT, own);
    else if (used.some((each) => keys.has(each))) check.addIssue(`${path}[${index}].key`, DIFFERENT, key);
    names.add(own);
    for (const each of used) keys.add(each);
  }
  if (targets.every(({ on }) => on !== undefined)) {
    check.addIssue(path, 'must have a target without `on`, for the first attempt', targets);
  }
  if (targets.every(({ weight }) => weight === 0)) {
    check.addIssue(path, 'must have a target whose weight is more than 0', targets);
  }
}

/** The keys of its states: its own, and one for each of its credentials. */
function listKeys({ key, keys = [] }: ResolvedTarget): readonly string[] {
  return [key, ...keys.map((each) => `${key}/${each}`)];
}

function isListOfNames(value: unknown): boolean {
  return isArray(value) && value.length > 0 && value.every(isName) && new Set(value).size === value.length;
}

function isListOfKinds(value: unknown): boolean {
  return isArray(value) && value.length > 0 && value.every(isKind);
}

function isSticky(value: unknown): boolean {
  if (typeof value === 'function') return true;
  return STICKY.findIssues(value).length === 0 && typeof value === 'object' && value !== null && 'by' in value;
}

/** Declares {@link TargetList}, but for the targets themselves, which {@link readTargets} checks. */
const TARGET_LIST: Part<TargetList> = part({
  list: setting(anyThat<TargetList['list']>(isArray, LIST)),
  ...TARGET_OPTIONS,
});

/** The targets of an operation, checked. */
export interface ResolvedTargetList extends TargetOptions {
  readonly targets: readonly ResolvedTarget[];
}

/** Reads and checks `options.targets` of a `Resilience`: a list for each operation. */
export function readTargetLists(check: Check, path: string, given: unknown): ReadonlyMap<string, ResolvedTargetList> {
  const lists = new Map<string, ResolvedTargetList>();
  if (given === undefined) return lists;
  const fields = check.record(path, copyOnce(path, given, 1));
  for (const [operation, each] of Object.entries(fields ?? {})) {
    const place = formatKeyPath(path, operation);
    if (!check.name(place, operation)) continue;
    const own = readTargetOptions(place, copyOnce(place, each, 1));
    if (!check.settings(place, own, TARGET_LIST)) continue;
    if (!isTargetList(own)) {
      check.addIssue(`${place}.list`, LIST, undefined, LIST_ADVICE);
      continue;
    }
    const { list, ...options } = own;
    lists.set(operation, { targets: readTargets(check, `${place}.list`, list), ...options });
  }
  return lists;
}

/** Copies what lies deeper in the options of targets. */
function readTargetOptions(path: string, own: unknown): unknown {
  if (!isReadableRecord(own) || own['sticky'] === undefined) return own;
  return { ...own, sticky: copyOnce(`${path}.sticky`, own['sticky'], 1) };
}

/**
 * Finds out which operations have the targets, and checks their settings over those of each.
 *
 * @param all the names of all operations, if others are refused.
 */
export function resolveTargetLists(
  check: Check,
  path: string,
  given: ReadonlyMap<string, ResolvedTargetList>,
  configuration: Configuration,
  all: readonly string[] | undefined,
): ReadonlyMap<string, ResolvedTargetList> {
  const lists = new Map<string, ResolvedTargetList>();
  for (const [operation, list] of given) {
    const place = formatKeyPath(path, operation);
    const own = configuration.findAlias(operation) ?? operation;
    if (all !== undefined && !all.includes(own)) {
      check.addIssue(place, `must name one of ${all.join(', ')}`, operation, didYouMean(operation, all));
    }
    if (lists.has(own))
      check.addIssue(place, `must not be given besides those of '${own}', which is the same`, operation);
    lists.set(own, list);
  }
  checkTargetSettings(check, path, lists, configuration);
  return lists;
}

/** Checks the settings of targets over those of their operations. */
export function checkTargetSettings(
  check: Check,
  path: string,
  lists: ReadonlyMap<string, ResolvedTargetList>,
  configuration: Configuration,
): void {
  for (const [operation, { targets }] of lists) {
    const below = configuration.forOperation(operation);
    for (const [index, { settings }] of targets.entries()) {
      if (settings === undefined) continue;
      const place = `${formatKeyPath(path, operation)}.list[${index}].settings`;
      try {
        resolveCallSettings(below, { target: { settings, path: place } });
      } catch (error) {
        if (!ConfigurationError.is(error)) throw error;
        check.issues.push(...error.issues);
      }
    }
  }
}

function isTargetList(value: unknown): value is TargetList {
  return typeof value === 'object' && value !== null && 'list' in value && value.list !== undefined;
}
