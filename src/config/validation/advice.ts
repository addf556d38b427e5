import type { ConfigurationIssue } from '../../errors/index.js';
import { type AnySetting, walkSettings } from '../../input/index.js';
import { BUILT_IN } from '../presets/catalog.js';
import { findPlace, type Written } from './written.js';

/** Advice for the fields of configs and presets that a config does not declare. */
const PARTS: ReadonlyMap<string, string> = new Map([
  ['config', "Write an object, such as { preset: 'production' }."],
  ['settings', 'Write settings, such as { deadlineMs: 60000 }.'],
  ['name', 'Write 1 to 50 characters.'],
  ['description', 'Say what it is for in 1 to 200 characters.'],
  ['environments', "List the environments that it is meant for, such as ['staging', 'production']."],
]);

const CONFIG: Readonly<Record<string, AnySetting>> = BUILT_IN.config.settings;
const { each: operation } = BUILT_IN.config.settings.operations;
/** Every setting of an operation by its path. */
const SETTINGS = new Map(operation === undefined ? [] : walkSettings(operation));
const OF_SETTINGS = [...SETTINGS.keys()].flatMap((path) => path.split('.'));
const OTHER_NAMES = [...Object.values(CONFIG), ...SETTINGS.values()].flatMap(({ info }) =>
  Object.keys(info.alsoCalled ?? {}),
);
const NAMES = new Set([...Object.keys(CONFIG), ...PARTS.keys(), ...OF_SETTINGS, ...OTHER_NAMES]);

/** Returns whether a setting has this name, here or in another library. */
export function isKnownName(name: string): boolean {
  return NAMES.has(name);
}

/**
 * Adds to each issue what to write instead, and where the value is written. An issue that several operations inherit is
 * listed once.
 *
 * @param operations the names of the operations, which may hold dots.
 * @param written where values are written, if each value is valid.
 */
export function adviseIssues(
  issues: readonly ConfigurationIssue[],
  operations: readonly string[],
  written: Written | undefined,
): readonly ConfigurationIssue[] {
  const names = new Set(operations);
  const advised = issues.map((issue) => {
    const { operation, setting, part } = parsePath(issue.path, names);
    const place = written && setting && findPlace(written, operation, setting);
    const suggestion =
      issue.suggestion ?? (setting === undefined ? findPartAdvice(part) : SETTINGS.get(setting)?.info.advice);
    const path = place ? place.path : issue.path;
    return suggestion === undefined ? { ...issue, path } : { ...issue, path, suggestion };
  });
  return [...new Map(advised.map((issue) => [JSON.stringify(issue), issue])).values()];
}

/** What the path of an issue is about. */
interface Topic {
  /** The part of the whole, if it is not a setting: `preset`. */
  readonly part?: string;
  /** `undefined` for all operations. */
  readonly operation?: string;
  /** The path within settings: `retry.jitter`. */
  readonly setting?: string;
}

/** Parses a path such as `config.operations.chat.retry.jitter`. */
function parsePath(path: string, operations: ReadonlySet<string>): Topic {
  const within = path.slice(path.indexOf('.') + 1);
  const [part = ''] = within.split(/[.[]/, 1);
  const rest = within.slice(part.length + 1);
  if (rest !== '' && (part === 'defaults' || part === 'settings')) return { setting: rest };
  const operation = part === 'operations' ? findOperation(rest, operations) : undefined;
  if (operation === undefined) return { part };
  const setting = rest.slice(operation.length + 1);
  return setting === '' ? { operation } : { operation, setting };
}

/** Finds the longest name that a path begins with. Searches from the end: settings have few dots, names may have many. */
function findOperation(path: string, operations: ReadonlySet<string>): string | undefined {
  for (let end = path.length; end > 0; end = path.lastIndexOf('.', end - 1)) {
    const name = path.slice(0, end);
    if (operations.has(name)) return name;
  }
  return undefined;
}

/** Finds what to write instead of a wrong part of a config or preset that is not a setting. */
function findPartAdvice(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  const declared = Object.hasOwn(CONFIG, name) ? CONFIG[name]?.info.advice : undefined;
  return PARTS.get(name) ?? declared;
}
