import type { Configuration } from '../configuration.js';
import type { Preset } from '../presets/presets.js';
import { buildViews, type EffectiveView } from './effective-view.js';
import { lintNames } from './lint-names.js';
import type { Advice, LintRule } from './lint-rule.js';
import { HINTS, RULE_GROUPS } from './lint-rules.js';
import type { ConfigSuggestion, ConfigWarning } from './result.js';
import { findPlace, type Place, type Written } from './written.js';

/** The most views that are linted, so that it takes milliseconds. Errors are found in all operations. */
const MOST_VIEWS = 51;

/** A configuration, and what is written down of it. */
export interface LintSubject {
  readonly configuration: Configuration;
  readonly written: Written;
  /** The preset in force, if there is one. */
  readonly preset: Pick<Preset, 'strategy' | 'environments' | 'operations'> | undefined;
}

/** Something unwise, and where it is written. */
interface Finding {
  readonly rule: LintRule;
  readonly view: EffectiveView;
  readonly advice: Advice;
  readonly place: Place;
}

/** Lints the effective settings of a valid configuration. Only settings that are written down are warned about. */
export function lint(subject: LintSubject): {
  readonly warnings: readonly ConfigWarning[];
  readonly hints: readonly ConfigSuggestion[];
} {
  const { configuration, written, preset } = subject;
  const { views, operations } = collectViews(subject);
  const findings = RULE_GROUPS.flatMap((group) => applyRules(group, views, written));
  const names = lintNames(written.operations, listNames(preset?.operations ?? {}));
  const hints = HINTS.flatMap((hint) => applyRules([hint], views, written).slice(0, hint.most)).map(
    ({ advice, place }) => ({ path: place.path, text: advice.message }),
  );
  if (operations < configuration.names.length) {
    const text = `Validate them in parts: warnings cover only the first ${operations}.`;
    hints.push({ path: written.operations.path, text });
  }
  return { warnings: [...findings.map(toWarning), ...names], hints };
}

/** Returns the views to lint, and how many operations they cover. */
function collectViews({ configuration, preset }: LintSubject): {
  readonly views: readonly EffectiveView[];
  readonly operations: number;
} {
  const views = [...buildViews(configuration, undefined, preset ?? {})];
  let operations = 0;
  for (const name of configuration.names) {
    const own = buildViews(configuration, name, preset ?? {});
    if (views.length + own.length > MOST_VIEWS) break;
    views.push(...own);
    operations += 1;
  }
  return { views, operations };
}

function applyRules(group: readonly LintRule[], views: readonly EffectiveView[], written: Written): Finding[] {
  const found = new Map<string, Finding>();
  for (const view of views) {
    for (const rule of group) {
      const advice = rule.check(view);
      const place = advice === false ? undefined : findNearest(rule, view, written);
      if (advice === false || place === undefined || found.has(place.path)) continue;
      if (!isRepeated(rule, view, place, found)) found.set(place.path, { rule, view, advice, place });
    }
  }
  return [...found.values()];
}

/** A finding about all operations is not repeated for an operation that sets none of the settings itself. */
function isRepeated(rule: LintRule, view: EffectiveView, place: Place, found: ReadonlyMap<string, Finding>): boolean {
  if (view.operation === undefined || place.distance === 0) return false;
  return [...found.values()].some((other) => other.rule === rule && other.view.operation === undefined);
}

/** If there are several places, the settings meet at the one nearest to the operation. */
function findNearest({ paths }: LintRule, view: EffectiveView, written: Written): Place | undefined {
  return paths
    .flatMap((path) => view.writablePaths(path))
    .map((path) => findPlace(written, view.operation, path))
    .filter((place) => place !== undefined)
    .toSorted((one, other) => one.distance - other.distance)[0];
}

function toWarning({ rule, view, advice, place }: Finding): ConfigWarning {
  const message = advice.message + (view.operation === undefined ? '' : ` (operation '${view.operation}')`);
  return { rule: rule.id, path: place.path, value: place.value, ...advice, message };
}

/** An operation may be known by an alias only. */
function listNames(operations: Preset['operations']): readonly string[] {
  const aliases = Object.values(operations).flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
  return [...new Set([...Object.keys(operations), ...aliases])];
}
