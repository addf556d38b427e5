import type { AnyPart, AnySetting, SettingIssue } from './settings.js';
import { isReadableRecord } from './values.js';
import { findUnitMs, parseDurationMs, roundWrittenMs } from './written-duration.js';

/** The fields of a declaration that a hint reads: of a part, of a setting, or of options that are not a part. */
export interface Shape {
  readonly info?: {
    readonly advice?: string;
    readonly unit?: 'milliseconds';
    readonly elsewhere?: Readonly<Record<string, string>>;
  };
  readonly settings?: Readonly<Record<string, AnySetting>>;
  readonly part?: AnyPart | undefined;
  readonly each?: AnyPart | undefined;
  findIssues?(value: unknown): readonly SettingIssue[];
}

const MS_PER_SECOND = 1_000;

/** A place on the way from the outermost declaration to that of a value. */
interface Step {
  readonly path: readonly string[];
  readonly shape: Shape;
}

/** A setting that an unknown name probably means. */
interface Meant {
  readonly name: string;
  readonly path: string;
  readonly setting: AnySetting;
  /** What differs from the setting that has this name elsewhere. */
  readonly note: string;
}

/** A name without case and separators. */
interface Spelling {
  readonly whole: string;
  /** The same without its unit. */
  readonly measure: string;
  readonly unitMs: number | undefined;
}

/**
 * Finds what to write instead of a wrong value: the right place for a misplaced setting, our name for a setting that other
 * libraries call differently, or the accepted values. Paths in the hint begin at the outermost declaration.
 */
export function findHint(declared: Shape, issue: SettingIssue): string | undefined {
  const { path, key, received, suggestion } = issue;
  const steps = listSteps(declared, path);
  if (key !== undefined) return findKeyHint(steps.toReversed(), { ...issue, key });
  const own = steps[path.length]?.shape;
  return suggestion ?? suggestMs(own, received) ?? own?.info?.advice;
}

/**
 * Finds what an unknown key means: a setting that takes its value, a sentence about the name, or any setting.
 *
 * @param steps the places around it. The nearest comes first: `strategy` beside `retry` differs from the one within it.
 */
function findKeyHint(steps: readonly Step[], issue: SettingIssue & { readonly key: string }): string | undefined {
  const { key, received, suggestion } = issue;
  const spelling = spell(key);
  const found = steps.map((step) => listMeant(step, spelling));
  const fitting = found.map((all) => all.filter(({ setting }) => setting.findIssues(received).length === 0));
  return (
    describeFirst(fitting, spelling, issue) ??
    findSentence(steps, spelling) ??
    describeFirst(found, spelling, issue) ??
    suggestion ??
    findContentHint(steps, key, received)
  );
}

/** Describes the first settings that were found, if any. */
function describeFirst(
  found: readonly (readonly Meant[])[],
  spelling: Spelling,
  { path, received, suggestion }: SettingIssue,
): string | undefined {
  const all = found.find(({ length }) => length > 0);
  if (all === undefined) return undefined;
  // If several have the same name, the option of the call comes before the one in its settings.
  const meant = all.filter((each) =>
    all.every(({ name, path: { length } }) => name !== each.name || length >= each.path.length),
  );
  const texts = meant.map(({ path: place, setting, note }) => place + describeMs(setting, spelling, received) + note);
  // A typo in the name of a sibling setting needs no path.
  const isSlip = texts.length === 1 && texts[0] === [...path, meant[0]?.name].join('.');
  if (isSlip && suggestion !== undefined) return suggestion;
  const isShort = meant.some(({ setting }) => looksLikeSeconds(setting, received));
  return `Write ${texts.join(', or ')}${isShort && spelling.unitMs === undefined ? `, if ${String(received)} means seconds` : ''}.`;
}

function listSteps(declared: Shape, path: readonly string[]): readonly Step[] {
  const steps: Step[] = [];
  let shape: Shape | undefined = declared;
  for (let depth = 0; shape !== undefined; depth++) {
    steps.push({ path: path.slice(0, depth), shape });
    const name = path[depth];
    shape = name === undefined ? undefined : findInner(shape, name);
  }
  return steps;
}

function findInner(shape: Shape, name: string): Shape | undefined {
  const { settings } = partOf(shape);
  if (settings === undefined) return shape.each;
  return Object.hasOwn(settings, name) ? settings[name] : undefined;
}

function partOf(shape: Shape): Shape {
  return shape.part ?? shape;
}

/** Lists the settings that have a name here or elsewhere. */
function listMeant({ shape, path }: Step, { whole, measure }: Spelling): readonly Meant[] {
  const entries = listEntries(partOf(shape));
  const listCalled = (wanted: string): readonly Meant[] =>
    entries.flatMap(({ within, setting, names }) => {
      const note = names.get(wanted);
      const place = [...path, ...within];
      return note === undefined ? [] : [{ name: place.at(-1) ?? '', path: place.join('.'), setting, note }];
    });
  const exact = listCalled(whole);
  return exact.length > 0 ? exact : listCalled(measure);
}

/** A setting of a part or of a part in it. */
interface Entry {
  readonly within: readonly string[];
  readonly setting: AnySetting;
  /** Its names, each with what differs where it is called so. */
  readonly names: ReadonlyMap<string, string>;
}

/** Kept by part, since a config may have many unknown names, and all of them are looked for. */
const ENTRIES = new WeakMap<Shape, readonly Entry[]>();

/** Every setting of a part and of the parts in it, without kinds of failure, which have the same settings as `retry`. */
function listEntries(part: Shape): readonly Entry[] {
  const known = ENTRIES.get(part);
  if (known !== undefined) return known;
  const entries = Object.entries(part.settings ?? {}).flatMap(([name, setting]): readonly Entry[] => {
    if (setting.takesTrue) return [];
    const { whole, measure } = spell(name);
    const names = new Map([...spellAll(setting.info.alsoCalled), [measure, ''], [whole, '']]);
    const inner = setting.part === undefined ? [] : listEntries(setting.part);
    return [
      { within: [name], setting, names },
      ...inner.map((entry) => ({ ...entry, within: [name, ...entry.within] })),
    ];
  });
  ENTRIES.set(part, entries);
  return entries;
}

function findSentence(steps: readonly Step[], { whole, measure }: Spelling): string | undefined {
  for (const { shape } of steps) {
    const texts = spellAll(partOf(shape).info?.elsewhere);
    const found = texts.get(whole) ?? texts.get(measure);
    if (found !== undefined) return found;
  }
  return undefined;
}

function spellAll(texts: Readonly<Record<string, string>> = {}): ReadonlyMap<string, string> {
  return new Map(Object.entries(texts).map(([name, text]) => [spell(name).whole, text]));
}

function spell(name: string): Spelling {
  const words = name
    .replace(/([a-z\d])([A-Z])/g, '$1 $2')
    .toLowerCase()
    .split(/[\s_-]+/);
  const whole = words.join('');
  const last = words.at(-1) ?? '';
  // `exponential_min` is a minimum, and our own names end in `Ms`.
  const unitMs = last === 'min' ? undefined : findUnitMs(last);
  if (unitMs !== undefined) words.pop();
  if (words.at(-1) === 'in') words.pop();
  return { whole, measure: words.join(''), unitMs: unitMs === 1 ? undefined : unitMs };
}

/** Describes how many milliseconds a value in another unit means. */
function describeMs(setting: AnySetting, { unitMs }: Spelling, received: unknown): string {
  if (setting.info.unit === undefined) return '';
  const scale = unitMs ?? (looksLikeSeconds(setting, received) ? MS_PER_SECOND : undefined);
  const ms =
    typeof received === 'string'
      ? parseDurationMs(received)
      : typeof received === 'number' && scale !== undefined
        ? roundWrittenMs(received * scale)
        : undefined;
  return ms === undefined || Number.isNaN(ms) ? '' : `: ${ms}`;
}

/** True for a number that the setting would take for milliseconds, and that is too short to be intended so. */
function looksLikeSeconds({ info }: AnySetting, received: unknown): boolean {
  return typeof received === 'number' && received > 0 && received < (info.refuseBelowMs ?? 0);
}

/** Suggests the number of milliseconds that a text means, if that number is allowed. */
function suggestMs(setting: Shape | undefined, received: unknown): string | undefined {
  if (setting?.info?.unit === undefined || typeof received !== 'string') return undefined;
  const ms = parseDurationMs(received);
  return ms !== undefined && setting.findIssues?.(ms).length === 0 ? `Did you mean ${ms}?` : undefined;
}

/** Finds where an object belongs by what it holds: the settings of one operation, or the whole around it. */
function findContentHint(steps: readonly Step[], key: string, received: unknown): string | undefined {
  if (!isReadableRecord(received) || Object.keys(received).length === 0) return undefined;
  for (const { path, shape } of steps) {
    if (shape.findIssues?.(received).length === 0) return `Write what it holds without '${key}' around it.`;
    for (const { within, setting } of listEntries(partOf(shape)))
      if (setting.each?.findIssues(received).length === 0) return `Write ${[...path, ...within, key].join('.')}.`;
  }
  return undefined;
}
