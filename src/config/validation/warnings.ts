import type { Configuration } from '../configuration.js';
import type { Preset } from '../presets/presets.js';
import { type Judged, judgedOf } from './judged.js';
import { MOST_JUDGED } from './limits.js';
import type { ConfigSuggestion, ConfigWarning } from './result.js';
import { NAME_RULES, type Named, type NameRule, namedIn } from './rules/names.js';
import { HINTS, RULE_GROUPS, type Rule, type RuleGroup } from './rules/rules.js';
import { type Place, placeOf, type Written } from './written.js';

/** What a rule has against something, and where. */
interface Finding {
  readonly rule: Rule;
  readonly judged: Judged;
  readonly place: Place;
}

/** What is linted: a configuration, and the parts of it that were written. */
export interface Subject {
  readonly configuration: Configuration;
  readonly written: Written;
  /** The preset in force; `undefined` when there is none. */
  readonly preset: Pick<Preset, 'strategy' | 'environments' | 'operations'> | undefined;
}

/** What rules have against it, each once at each place, and what is worth a thought besides. */
export function lookAt(subject: Subject): {
  readonly warnings: readonly ConfigWarning[];
  readonly hints: readonly ConfigSuggestion[];
} {
  const { written } = subject;
  const { judged, operations } = judgeableIn(subject);
  const ofSettings = RULE_GROUPS.flatMap((group) => findingsOf(group, judged, written)).map(asWarning);
  const hints = [...hintsOf(judged, written), ...unjudgedIn(subject, operations)];
  return { warnings: [...ofSettings, ...warningsOfNames(subject)], hints };
}

function hintsOf(judged: readonly Judged[], written: Written): ConfigSuggestion[] {
  const findings = HINTS.flatMap((hint) => findingsOf([hint], judged, written).slice(0, hint.most));
  return findings.map(({ rule, judged: about, place }) => ({ path: place.path, text: rule.message(about) }));
}

/** As much as there is time for, and of how many operations that is. */
function judgeableIn({ configuration, preset }: Subject): {
  readonly judged: readonly Judged[];
  readonly operations: number;
} {
  const { strategy, environments = [] } = preset ?? {};
  const judgedBy = (name: string | undefined) => judgedOf(configuration, name, { strategy, environments });
  const judged = [...judgedBy(undefined)];
  let operations = 0;
  for (const name of configuration.names) {
    const own = judgedBy(name);
    if (judged.length + own.length > MOST_JUDGED) break;
    judged.push(...own);
    operations += 1;
  }
  return { judged, operations };
}

function unjudgedIn({ configuration, written }: Subject, judged: number): ConfigSuggestion[] {
  if (configuration.names.length <= judged) return [];
  const text = `Validate them in parts: warnings are about the first ${judged} alone.`;
  return [{ path: written.operations.path, text }];
}

function findingsOf(group: RuleGroup, judged: readonly Judged[], written: Written): Finding[] {
  const found = new Map<string, Finding>();
  for (const each of judged) {
    for (const rule of group) {
      const place = rule.when(each) ? placeFor(rule, each, written) : undefined;
      if (place === undefined || found.has(place.path) || isToldOfAll(rule, each, place, found)) continue;
      found.set(place.path, { rule, judged: each, place });
    }
  }
  return [...found.values()];
}

/** What holds for all operations is not told again of one that has nothing of its own to it. */
function isToldOfAll(rule: Rule, judged: Judged, place: Place, found: ReadonlyMap<string, Finding>): boolean {
  if (judged.operation === undefined || place.distance === 0) return false;
  return [...found.values()].some((other) => other.rule === rule && other.judged.operation === undefined);
}

/** Of several places the nearest: it is there that what is written came together. */
function placeFor({ paths }: Rule, judged: Judged, written: Written): Place | undefined {
  return paths
    .flatMap((path) => judged.settingPaths(path))
    .map((path) => placeOf(written, judged.operation, path))
    .filter((place) => place !== undefined)
    .toSorted((one, other) => one.distance - other.distance)[0];
}

function asWarning({ rule, judged, place }: Finding): ConfigWarning {
  const message = rule.message(judged) + (judged.operation === undefined ? '' : ` (operation '${judged.operation}')`);
  const warning = { rule: rule.id, path: place.path, message, value: place.value };
  return rule.suggestion === undefined ? warning : { ...warning, suggestion: rule.suggestion(judged) };
}

function warningsOfNames({ written, preset }: Subject): ConfigWarning[] {
  const all = namedIn(written.operations.byName, namesIn(preset?.operations ?? {}));
  return all.flatMap((named) =>
    NAME_RULES.filter(({ when }) => when(named)).map((rule) => asNameWarning(rule, named, written)),
  );
}

function asNameWarning(rule: NameRule, named: Named, { operations }: Written): ConfigWarning {
  const own = `${operations.path}.${named.name}`;
  const [path, value] = rule.path === '' ? [own, named.name] : [`${own}.${rule.path}`, named[rule.path]];
  const warning = { rule: rule.id, path, value, message: rule.message(named) };
  const suggestion = rule.suggestion(named);
  return suggestion === undefined ? warning : { ...warning, suggestion };
}

/** An operation can be known by an alias alone. */
function namesIn(operations: Preset['operations']): readonly string[] {
  const aliases = Object.values(operations).flatMap(({ alias }) => (alias === undefined ? [] : [alias]));
  return [...new Set([...Object.keys(operations), ...aliases])];
}
