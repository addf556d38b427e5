import * as z from 'zod/mini';
import { $constructor } from 'zod/v4/core';
import { didYouMean } from './nearest.js';
import {
  describeBounds,
  isArray,
  isName,
  isReadableRecord,
  LONGEST_NAME,
  type NumberRule,
  suggestFalse,
  suggestNumber,
  WITHOUT_CONTROL,
} from './values.js';

/*
 * The vocabulary in which settings are declared: schemas of zod that check more than zod does. A wrong value has one issue,
 * in one sentence and with a suggestion. The issues of a part that may be `false` are those of the part. An object is a
 * plain object with own keys, `__proto__` and `constructor` included.
 */

/** What is known about one setting besides the values that it takes. */
export interface SettingInfo<T = unknown> {
  /** What it means, in whole sentences. */
  readonly description: string;
  /** What its number counts. */
  readonly unit?: 'milliseconds';
  /** Its value when no layer sets it. */
  readonly default?: T;
  /** The same in words, where it is computed from other settings; resolved settings hold it at the same path. */
  readonly computed?: string;
  /** The sibling setting that it is adjusted to when no layer sets it; resolved settings hold it at the same path. */
  readonly givesWayTo?: string;
  /** The part whose setting of the same name holds when no layer sets it. Resolved settings hold it at both paths. */
  readonly inheritsFrom?: string;
  /** What holds when no layer sets it, for a setting without a default. */
  readonly absent?: string;
  /** What to write instead of a value that is refused. */
  readonly advice?: string;
  /** What people and other libraries call it, each name with what differs there, as the end of a sentence. */
  readonly alsoCalled?: Readonly<Record<string, string>>;
  /** The recommended range; what is allowed is wider. */
  readonly recommended?: readonly [min: number, max: number];
  /** What is accepted in a config from outside; code may write any value that is allowed. */
  readonly outside?: readonly [min: number, max: number];
  /** A smaller value was probably meant as seconds, and causes a warning. */
  readonly suspectBelowMs?: number;
  /** A smaller value was certainly meant as seconds, and is refused in a file or an environment variable. */
  readonly refuseBelowMs?: number;
}

/** What is known about a part, an object that holds settings. */
export interface PartInfo<T = object> {
  /** Its name among the definitions of the JSON Schema. */
  readonly id?: string;
  readonly description?: string;
  /** What to write instead of a value that is not such an object. */
  readonly advice?: string;
  /** Names that users often look for in it and that are not settings, each with what to do instead. */
  readonly elsewhere?: Readonly<Record<string, string>>;
  /** `true`: a layer of higher precedence replaces all of it, since its settings make sense only together. */
  readonly isWhole?: boolean;
  /** Refuses settings of one layer that do not go together, even if some are invalid. */
  requires?(settings: Unchecked<T>, refuse: Refuse): void;
  /** Refuses values that contradict each other once all layers are merged. */
  conflicts?(settings: T, refuse: Refuse): void;
  /** What JSON Schema can say of `requires`. */
  readonly keywords?: Readonly<Record<string, unknown>>;
}

/** Settings of which only the names are known. */
export type Unchecked<T> = { readonly [K in keyof T]?: unknown };

/** Adds an issue at a path within the part; an empty path is the part itself. */
export type Refuse = (path: readonly string[], message: string, received: unknown, suggestion?: string) => void;

/** One thing that is wrong with settings. */
export interface SettingIssue {
  readonly path: readonly string[];
  /** The key, if the key is unknown. */
  readonly key?: string;
  readonly message: string;
  readonly received: unknown;
  readonly suggestion?: string | undefined;
}

/** A schema that finds the issues of a value, as far as it is plain data. Nothing in it is read from a getter twice. */
export interface Declared<out T = unknown> extends z.ZodMiniType<T, T> {
  findIssues(value: unknown): readonly SettingIssue[];
}

/** The values that a setting takes. */
export interface Values<out T = unknown> extends Declared<T> {
  readonly message: string | ((given: unknown) => string);
  /** The bounds of numbers. */
  readonly bounds?: NumberRule | undefined;
  /** The words, if it takes one of several. */
  readonly words?: readonly string[];
}

/** A setting of any type. */
export interface AnySetting {
  readonly info: SettingInfo;
  readonly values: Declared;
  /** The bounds, if it takes numbers. */
  readonly bounds: NumberRule | undefined;
  /** The words, if it takes one of several. */
  readonly words: readonly string[] | undefined;
  /** The part that it holds, if it holds one. */
  readonly part: AnyPart | undefined;
  /** The part that it holds under every key, if its keys are free. */
  readonly each: AnyPart | undefined;
  /** Whether `true` is a separate value, rather than the part with nothing set in it. */
  readonly takesTrue: boolean;
  findIssues(value: unknown): readonly SettingIssue[];
}

/** A setting of values of type `T`; `D` is `true` if it has a default. */
export interface Setting<in out T, out D extends boolean = boolean> extends AnySetting, Declared<T | undefined> {
  readonly values: Declared<T>;
  /** Never exists at run time: it makes the compiler compare a declaration with its interface. */
  readonly types?: (value: T) => readonly [T, D];
}

/** A part of any type. */
export interface AnyPart {
  readonly info: PartInfo;
  readonly settings: Readonly<Record<string, AnySetting>>;
  /** The default of each setting, `undefined` where it has none. */
  readonly defaults: Readonly<Record<string, unknown>>;
  /** Whether it, or a part in it, can contradict itself. */
  readonly hasConflicts: boolean;
  findIssues(value: unknown): readonly SettingIssue[];
  findConflicts(settings: object): readonly SettingIssue[];
}

/** A setting for each field of `T`, no more and no fewer, of the same type. Those in `D` have a default. */
export type SettingsOf<T, D extends keyof T = never> = {
  readonly [K in keyof T]-?: Setting<Exclude<T[K], undefined>, K extends D ? true : boolean>;
};

/** A part that holds the settings of `T`, of which those in `D` have a default. */
export interface Part<T, D extends keyof T = never> extends AnyPart, Declared<T> {
  readonly settings: SettingsOf<T, D> & Readonly<Record<string, AnySetting>>;
}

/** Settings in which every field with a default is filled in. */
export type WithDefaults<T, D extends keyof T> = {
  readonly [K in keyof T]-?: K extends D ? Exclude<T[K], undefined> : T[K];
};

/** The definition of a schema. All other fields tell zod what the schema looks like in JSON Schema. */
interface Definition extends z.core.$ZodTypeDef {
  findIssues(value: unknown): readonly SettingIssue[];
}

interface Schema extends Declared {
  _zod: z.core.$ZodTypeInternals & { def: Definition };
}

const Base: z.core.$constructor<z.ZodMiniType> = z.ZodMiniType;

const Schema: z.core.$constructor<Schema> = /* @__PURE__ */ $constructor<Schema>('Declared', (schema, def) => {
  Base.init(schema, def);
  schema.findIssues = def.findIssues;
  if (def.type === 'optional') Object.assign(schema._zod, { optin: 'optional', optout: 'optional' });
  schema._zod.parse = (payload) => {
    for (const { key, path, received, ...issue } of def.findIssues(payload.value)) {
      const at = key === undefined ? [...path] : [...path, key];
      payload.issues.push({ ...issue, code: 'custom', path: at, input: received, inst: schema });
    }
    return payload;
  };
});

/** What JSON Schema says about a schema besides its values. */
export const NOTES: z.core.$ZodRegistry<Readonly<Record<string, unknown>>> = /* @__PURE__ */ z.registry();

const NO_ISSUES: readonly SettingIssue[] = [];
const CONTEXT: z.core.ParseContextInternal = {};

/** Declares a setting: the values that it takes, and everything else that is known about it. */
export function setting<S extends Declared, const I extends SettingInfo<z.output<S>>>(
  values: S,
  info: I,
): Setting<z.output<S>, I extends { readonly default: unknown } ? true : false>;
/** Declares an option of one function call, which no layer sets. */
export function setting<S extends Declared>(values: S): Setting<z.output<S>, false>;
// @__NO_SIDE_EFFECTS__
export function setting(values: Declared & Partial<AnySetting>, info: SettingInfo = { description: '' }): AnySetting {
  const { bounds, words, part, each, takesTrue = false } = values;
  const findIssues = (value: unknown) => (value === undefined ? NO_ISSUES : values.findIssues(value));
  const declared = declare(
    { type: 'optional', innerType: values, findIssues },
    { info, values, bounds, words, part, each, takesTrue },
  );
  const { description, unit, default: value, computed, absent: derived = computed } = info;
  if (description !== '') NOTES.add(declared, withoutUndefined({ description, unit, default: value, derived }));
  return declared;
}

/**
 * Returns the same settings without their defaults, for a part that gets omitted settings from elsewhere.
 *
 * @param absent describes what applies to an omitted setting.
 * @param inheritsFrom the part whose settings apply then, if any.
 */
export function inherit<T>(
  settings: SettingsOf<T, keyof T>,
  absent: (name: string) => string,
  inheritsFrom?: string,
): SettingsOf<T>;
// @__NO_SIDE_EFFECTS__
export function inherit(
  settings: Readonly<Record<string, AnySetting>>,
  absent: (name: string) => string,
  inheritsFrom?: string,
): Readonly<Record<string, AnySetting>> {
  const from = inheritsFrom === undefined ? {} : { inheritsFrom };
  const entries = Object.entries(settings).map(([each, { values, info }]) => {
    const { default: _, ...others } = info;
    return [each, setting(values, { ...others, ...from, absent: absent(each) })] as const;
  });
  return Object.fromEntries(entries);
}

/** Declares a part: an object with these settings and no others. */
export function part<T, D extends keyof T = never>(
  settings: NoInfer<SettingsOf<T, D>>,
  info?: NoInfer<PartInfo<T>>,
): Part<T, D>;
// @__NO_SIDE_EFFECTS__
export function part(settings: Readonly<Record<string, AnySetting>>, info: PartInfo = {}): AnyPart {
  const fields = new Map(Object.entries(settings));
  const names = [...fields.keys()];
  const inner = [...fields].flatMap(([each, { part: held }]) =>
    held?.hasConflicts === true ? [[each, held] as const] : [],
  );
  const findIssues = (value: unknown): readonly SettingIssue[] => {
    if (!isReadableRecord(value)) return [buildPlainIssue(value)];
    const issues: SettingIssue[] = [];
    if (!isClean(value)) addIssues(value, issues);
    info.requires?.(value, refuseInto(issues));
    return issues;
  };
  // Most settings are valid, and have few of the fields.
  const isClean = (value: Readonly<Record<string, unknown>>): boolean =>
    Object.keys(value).every((key) => fields.get(key)?.findIssues(value[key]).length === 0);
  const addIssues = (value: Readonly<Record<string, unknown>>, issues: SettingIssue[]): void => {
    for (const key of Object.keys(value)) {
      if (fields.has(key)) continue;
      const message = `is unknown; expected one of ${names.join(', ')}`;
      issues.push({ path: [], key, message, received: value[key], suggestion: didYouMean(key, names) });
    }
    for (const [each, field] of fields) addWithin(issues, each, field.findIssues(value[each]));
  };
  const findConflicts = (given: object): readonly SettingIssue[] => {
    const issues: SettingIssue[] = [];
    info.conflicts?.(given, refuseInto(issues));
    for (const [each, held] of inner) {
      const value: unknown = Reflect.get(given, each);
      if (typeof value === 'object' && value !== null) addWithin(issues, each, held.findConflicts(value));
    }
    return issues;
  };
  const hasConflicts = info.conflicts !== undefined || inner.length > 0;
  const defaults = Object.fromEntries([...fields].map(([each, field]) => [each, field.info.default]));
  const members = { info, settings, defaults, hasConflicts, findConflicts };
  const itself = declare({ type: 'object', shape: settings, catchall: z.never(), findIssues }, members);
  const { id, description, keywords } = info;
  NOTES.add(itself, withoutUndefined({ id, description, ...keywords }));
  return Object.assign(itself, { part: itself });
}

/** Declares a part that `false` switches off. */
export function partOrFalse<T>(inner: Declared<T> & AnyPart): Declared<T | false>;
// @__NO_SIDE_EFFECTS__
export function partOrFalse(inner: Declared & AnyPart): Declared {
  const findIssues = (value: unknown): readonly SettingIssue[] => {
    if (isReadableRecord(value)) return inner.findIssues(value);
    return value === false ? NO_ISSUES : [{ ...buildPlainIssue(value), message: `${PLAIN}, or false` }];
  };
  return declare({ type: 'union', options: [inner, z.literal(false)], findIssues }, { part: inner });
}

/** Declares a part that `true` and `false` switch on and off with nothing set in it. */
export function partOrBoolean<T>(inner: Declared<T> & AnyPart): Declared<T | boolean>;
// @__NO_SIDE_EFFECTS__
export function partOrBoolean(inner: Declared & AnyPart): Declared {
  const findIssues = (value: unknown): readonly SettingIssue[] => {
    if (isReadableRecord(value)) return inner.findIssues(value);
    return typeof value === 'boolean'
      ? NO_ISSUES
      : [{ ...buildPlainIssue(value), message: `${PLAIN}, or true or false` }];
  };
  return declare({ type: 'union', options: [inner, z.boolean()], findIssues }, { part: inner, takesTrue: true });
}

/** Declares an object whose keys are free names, with such a part under each. */
export function partByName<T>(inner: Declared<T> & AnyPart): Declared<Readonly<Record<string, T>>>;
// @__NO_SIDE_EFFECTS__
export function partByName(inner: Declared & AnyPart): Declared {
  const keyType = name();
  const findIssues = (value: unknown): readonly SettingIssue[] => {
    if (!isReadableRecord(value)) return [buildPlainIssue(value)];
    const issues: SettingIssue[] = [];
    for (const [key, own] of Object.entries(value)) {
      if (isName(key)) addWithin(issues, key, inner.findIssues(own));
      else issues.push(...keyType.findIssues(key));
    }
    return issues;
  };
  return declare({ type: 'record', keyType, valueType: inner, findIssues }, { each: inner });
}

/** Declares numbers within bounds. */
// @__NO_SIDE_EFFECTS__
export function numberWithin(bounds: NumberRule): Values<number> {
  const { min, above, max, integer } = bounds;
  const checks = [
    z.lte(max),
    ...(min === undefined ? [] : [z.gte(min)]),
    ...(above === undefined ? [] : [z.gt(above)]),
  ];
  const numbers = integer === true ? z.int().check(...checks) : z.number().check(...checks);
  const message = `must be ${describeBounds(bounds)}`;
  return declareValues(numbers, { message, suggest: (value) => suggestNumber(value, bounds), bounds });
}

/** Declares that `false` is accepted besides these values. */
export function orFalse<T>(values: Values<T>): Values<T | false>;
// @__NO_SIDE_EFFECTS__
export function orFalse(values: Values): Values {
  const { bounds } = values;
  const message = `${String(values.message)}, or false`;
  const findIssues = (received: unknown): readonly SettingIssue[] =>
    received === false || values.findIssues(received).length === 0
      ? NO_ISSUES
      : [{ path: [], message, received, suggestion: suggestFalse(received) }];
  return Object.assign(z.union([values, z.literal(false)]), { message, bounds, findIssues });
}

/** Declares one of several words. */
// @__NO_SIDE_EFFECTS__
export function oneOf<const W extends string>(words: readonly W[]): Values<W> {
  const message = `must be one of ${words.join(', ')}`;
  return declareValues(z.enum(words), { message, suggest: (value) => didYouMean(value, words), words });
}

/** Declares arrays of different words, each one of several. */
// @__NO_SIDE_EFFECTS__
export function listOf<const W extends string>(words: readonly W[]): Values<readonly W[]> {
  const message = `must be an array of words among ${words.join(', ')}, none of them twice`;
  const findIssues = (received: unknown): readonly SettingIssue[] => {
    const items = readItems(received, words.length);
    const wrong = items?.find((item) => !words.some((word) => word === item));
    if (items !== undefined && wrong === undefined && new Set(items).size === items.length) return NO_ISSUES;
    return [{ path: [], message, received, suggestion: didYouMean(wrong, words) }];
  };
  const schema = z.readonly(z.array(z.enum(words)).check(z.maxLength(words.length)));
  return Object.assign(schema, { message, findIssues });
}

/** Returns the items of an array that is not longer than this; `undefined` for anything else. Never throws. */
function readItems(value: unknown, longest: number): readonly unknown[] | undefined {
  try {
    // Copied, so that holes are seen as well.
    return isArray(value) && value.length <= longest ? Array.from(value) : undefined;
  } catch {
    return undefined;
  }
}

/** Declares any string, or any up to a length. */
// @__NO_SIDE_EFFECTS__
export function text(longest?: number): Values<string> {
  if (longest === undefined) return declareValues(z.string(), { message: 'must be a string' });
  const message = `must be a string of at most ${longest} characters`;
  return declareValues(z.string().check(z.maxLength(longest)), { message });
}

/** Declares `true` and `false`. */
// @__NO_SIDE_EFFECTS__
export function flag(): Values<boolean> {
  return declareValues(z.boolean(), { message: 'must be true or false' });
}

/** Declares plain objects that hold anything. */
// @__NO_SIDE_EFFECTS__
export function anyRecord(): Values<Readonly<Record<string, unknown>>> {
  return anyThat(isReadableRecord, 'must be a plain object');
}

/** Declares any function; its parameters cannot be checked. */
// @__NO_SIDE_EFFECTS__
export function anyFunction<F extends (...args: never) => unknown>(): Values<F> {
  return anyThat((value) => typeof value === 'function', 'must be a function');
}

/** Declares values that a function recognises and that JSON cannot hold. */
// @__NO_SIDE_EFFECTS__
export function anyThat<T>(is: (value: unknown) => boolean, message: string): Values<T> {
  return declareValues(z.custom<T>(is), { message });
}

const NOT_A_NAME = `must be a string of 1 to ${LONGEST_NAME} characters without control characters`;

/** Declares names, such as those of operations. */
// @__NO_SIDE_EFFECTS__
export function name(): Values<string> {
  const findIssues = (received: unknown) =>
    isName(received) ? NO_ISSUES : [{ path: [], message: NOT_A_NAME, received }];
  return Object.assign(nameSchema(), { message: NOT_A_NAME, findIssues });
}

/** Declares certain names, each with a description. */
// @__NO_SIDE_EFFECTS__
export function knownName(known: Readonly<Record<string, string>>): Values<string> {
  const names = Object.keys(known);
  const literals = Object.entries(known).map(([each, description]) => z.literal(each).register(NOTES, { description }));
  const isKnown = nameSchema().check(z.refine((value) => Object.hasOwn(known, value)));
  return declareValues(z.union([...literals, isKnown]), {
    message: (value) => (isName(value) ? `must be one of ${names.join(', ')}` : NOT_A_NAME),
    suggest: (value) => (isName(value) ? didYouMean(value, names) : undefined),
  });
}

function nameSchema(): z.ZodMiniString<string> {
  return z.string().check(z.minLength(1), z.maxLength(LONGEST_NAME), z.regex(WITHOUT_CONTROL));
}

/** How values are recognised, besides their schema. */
interface ValuesInfo {
  /** Why another value is refused: `must be a number from 1 to 10`. */
  readonly message: string | ((given: unknown) => string);
  readonly suggest?: (given: unknown) => string | undefined;
  readonly bounds?: NumberRule | undefined;
  readonly words?: readonly string[];
}

function declareValues<T>(schema: z.ZodMiniType<T, T>, { suggest, ...info }: ValuesInfo): Values<T> {
  const { message } = info;
  const findIssues = (received: unknown): readonly SettingIssue[] => {
    const ran = schema._zod.run({ value: received, issues: [] }, CONTEXT);
    if (!(ran instanceof Promise) && ran.issues.length === 0) return NO_ISSUES;
    const text = typeof message === 'string' ? message : message(received);
    return [{ path: [], message: text, received, suggestion: suggest?.(received) }];
  };
  return Object.assign(schema, info, { findIssues });
}

function declare<M extends object>(def: Definition & Readonly<Record<string, unknown>>, members: M): Declared & M {
  return Object.assign(new Schema(def), members);
}

function withoutUndefined(notes: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(notes).filter(([, value]) => value !== undefined));
}

const PLAIN = 'must be a plain object';

function buildPlainIssue(received: unknown): SettingIssue {
  return { path: [], message: PLAIN, received };
}

function addWithin(issues: SettingIssue[], key: string, inner: readonly SettingIssue[] = NO_ISSUES): void {
  for (const issue of inner) issues.push({ ...issue, path: [key, ...issue.path] });
}

function refuseInto(issues: SettingIssue[]): Refuse {
  return (path, message, received, suggestion) => issues.push({ path, message, received, suggestion });
}

/** Every default of a part, those of the parts in it among them. */
export function collectDefaults<T, D extends keyof T>(declared: Part<T, D>): Pick<WithDefaults<T, D>, D>;
export function collectDefaults(declared: AnyPart): object;
export function collectDefaults(declared: AnyPart): object {
  return collectNestedDefaults(declared);
}

function collectNestedDefaults(declared: AnyPart): Record<string, unknown> {
  const defaults: Record<string, unknown> = {};
  for (const [each, { info, part: inner }] of Object.entries(declared.settings)) {
    const nested = inner === undefined || inner.info.isWhole === true ? {} : collectNestedDefaults(inner);
    const own = info.default ?? (Object.keys(nested).length === 0 ? undefined : nested);
    if (own !== undefined) defaults[each] = own;
  }
  return defaults;
}

/** Fills in every default that the part declares for its own fields. The settings must be valid. */
export function fillDefaults<T, D extends keyof T>(declared: Part<T, D>, settings: T): WithDefaults<T, D>;
export function fillDefaults(declared: AnyPart, settings: object): object {
  const filled: Record<string, unknown> = { ...declared.defaults };
  for (const [each, value] of Object.entries(settings)) if (value !== undefined) filled[each] = value;
  return filled;
}

/** Every setting of a part and of the parts in it, with its path from there: `retry.maxAttempts`. */
export function* walkSettings(declared: AnyPart, prefix = ''): Generator<readonly [path: string, setting: AnySetting]> {
  for (const [each, own] of Object.entries(declared.settings)) {
    yield [prefix + each, own];
    if (own.part !== undefined) yield* walkSettings(own.part, `${prefix}${each}.`);
  }
}
