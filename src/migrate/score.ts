import type { BuiltInPreset } from '../config/presets/names.js';
import { PRESETS, type Preset } from '../config/presets/presets.js';
import type { Score } from './mapping.js';
import type { MigrationLevel } from './migration.js';

/** What old settings and presets have in common. Absent values are not compared. */
export interface Comparable {
  readonly attempts?: number | undefined;
  readonly failures?: number | undefined;
  readonly openMs?: number | undefined;
  readonly strategy?: string | undefined;
  /** Strategies by operation. */
  readonly operations?: ReadonlyMap<string, string> | undefined;
}

/** The score of a built-in preset. */
type PresetScore = Score & { readonly preset: BuiltInPreset };

interface Comparison {
  readonly weight: number;
  /** From 0 to 1. */
  readonly similarity: number;
  readonly reason: string;
}

const NUMBERS = [
  { name: 'attempts', weight: 0.3, label: 'attempts' },
  { name: 'failures', weight: 0.25, label: 'failures in a row until the breaker opens' },
  { name: 'openMs', weight: 0.2, label: 'ms until the first trial' },
] as const;
const STRATEGY_WEIGHT = 0.15;
const OPERATIONS_WEIGHT = 0.1;

/** The confidence if nothing can be compared: any preset is as good as another. */
const UNDECIDED = 0.5;
const LEVELS = [
  ['high', 0.9],
  ['medium', 0.7],
] as const;
/** A sum of tenths may be off by a rounding error. */
const PRECISION = 1e6;

/** Finds the nearest preset; if several are equally near, the first. */
export function findNearestPreset(given: Comparable): PresetScore {
  const scores = [scorePreset(given, 'simple'), scorePreset(given, 'development'), scorePreset(given, 'production')];
  return scores.reduce((best, score) => (score.confidence > best.confidence ? score : best));
}

/** Scores how near one preset is. */
export function scorePreset(given: Comparable, name: BuiltInPreset): PresetScore {
  const comparisons = [...compareNumbers(given, name), ...compareStrategies(given, name)];
  const confidence = computeConfidence(comparisons);
  const reasons = comparisons.map(
    ({ reason, similarity, weight }) => `${reason} (${similarity.toFixed(2)}, weight ${weight.toFixed(2)}).`,
  );
  return {
    preset: name,
    confidence,
    level: describeConfidence(confidence),
    reasons: reasons.length === 0 ? ['Nothing can be compared with a preset.'] : reasons,
  };
}

/** A confidence in a word. */
export function describeConfidence(confidence: number): MigrationLevel {
  return LEVELS.find(([, from]) => confidence >= from)?.[0] ?? 'low';
}

/** The strategy that a preset has for an operation. */
export function findStrategyOf(preset: Preset, operation: string): string {
  return preset.operations[operation]?.strategy ?? preset.strategy;
}

function compareNumbers(given: Comparable, name: BuiltInPreset): Comparison[] {
  const own = readComparable(PRESETS[name]);
  return NUMBERS.flatMap(({ name: number, weight, label }) => {
    const [one, other] = [given[number], own[number]];
    if (one === undefined || other === undefined) return [];
    const similarity = 1 - Math.min(1, Math.abs(one - other) / Math.max(one, other, 1));
    const reason = one === other ? `${one} ${label}, as ${name} has` : `${one} ${label}, where ${name} has ${other}`;
    return [{ weight, similarity, reason }];
  });
}

function readComparable({ settings: { retry, breaker } }: Preset): Comparable {
  return {
    attempts: retry === false ? undefined : retry?.maxAttempts,
    failures: breaker === false ? undefined : breaker?.trip?.consecutiveFailures,
    openMs: breaker === false ? undefined : breaker?.openMs,
  };
}

function compareStrategies({ strategy, operations = new Map() }: Comparable, name: BuiltInPreset): Comparison[] {
  const preset: Preset = PRESETS[name];
  const comparisons: Comparison[] = [];
  if (strategy !== undefined) {
    const isSame = strategy === preset.strategy;
    const has = isSame ? `as ${name} has` : `where ${name} has ${preset.strategy}`;
    const reason = `Strategy ${strategy}, ${has}`;
    comparisons.push({ weight: STRATEGY_WEIGHT, similarity: isSame ? 1 : 0, reason });
  }
  if (operations.size > 0) {
    const same = [...operations].filter(([operation, own]) => findStrategyOf(preset, operation) === own).length;
    const reason = `${same} of ${operations.size} operations with the strategy that ${name} has for them`;
    comparisons.push({ weight: OPERATIONS_WEIGHT, similarity: same / operations.size, reason });
  }
  return comparisons;
}

/** The mean by weight. */
function computeConfidence(comparisons: readonly Comparison[]): number {
  if (comparisons.length === 0) return UNDECIDED;
  const weights = comparisons.reduce((sum, { weight }) => sum + weight, 0);
  const mean = comparisons.reduce((sum, { weight, similarity }) => sum + weight * similarity, 0) / weights;
  return Math.round(mean * PRECISION) / PRECISION;
}
