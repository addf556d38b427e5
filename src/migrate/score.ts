import { type BuiltInPreset, PRESETS, type Preset } from '../config/presets/presets.js';
import type { MigrationLevel } from './result.js';

/** What of the old settings has its like in a preset. What is not there is not compared. */
export interface Comparable {
  readonly attempts?: number | undefined;
  readonly failures?: number | undefined;
  readonly openMs?: number | undefined;
  readonly strategy?: string | undefined;
  /** Strategies by operation. */
  readonly operations?: ReadonlyMap<string, string> | undefined;
}

/** How near a preset comes. */
export interface Score {
  readonly preset: BuiltInPreset;
  /** 0 to 1. */
  readonly confidence: number;
  readonly level: MigrationLevel;
  readonly reasons: readonly string[];
}

interface Part {
  readonly weight: number;
  /** 0 to 1. */
  readonly likeness: number;
  readonly reason: string;
}

const WEIGHTS = { attempts: 0.3, failures: 0.25, openMs: 0.2, strategy: 0.15, operations: 0.1 };
/** Nothing can be compared: any preset is as good as another. */
const UNDECIDED = 0.5;
const HIGH = 0.9;
const MEDIUM = 0.7;
/** A sum of tenths may miss the tenth that it should be. */
const PRECISION = 1e6;

/** The preset that comes nearest; of several, the one that stands first. */
export function nearestPreset(given: Comparable): Score {
  const scores = [scoreOf(given, 'simple'), scoreOf(given, 'development'), scoreOf(given, 'production')] as const;
  return scores.reduce((best, score) => (score.confidence > best.confidence ? score : best));
}

/** How near one preset comes. */
export function scoreOf(given: Comparable, name: BuiltInPreset): Score {
  const preset: Preset = PRESETS[name];
  const { attempts, failures, openMs } = numbersOf(preset);
  const parts = [
    numbers('attempts', WEIGHTS.attempts, given.attempts, attempts, name),
    numbers('failures in a row until the breaker opens', WEIGHTS.failures, given.failures, failures, name),
    numbers('ms until the first trial', WEIGHTS.openMs, given.openMs, openMs, name),
    strategies(given.strategy, preset, name),
    operations(given.operations, preset, name),
  ].filter((part) => part !== undefined);
  const confidence = meanOf(parts);
  const reasons = parts.map(
    (part) => `${part.reason} (${part.likeness.toFixed(2)}, weight ${part.weight.toFixed(2)}).`,
  );
  return {
    preset: name,
    confidence,
    level: levelOf(confidence),
    reasons: parts.length === 0 ? ['Nothing of it can be compared with a preset.'] : reasons,
  };
}

/** A confidence in a word. */
export function levelOf(confidence: number): MigrationLevel {
  if (confidence >= HIGH) return 'high';
  return confidence >= MEDIUM ? 'medium' : 'low';
}

/** The strategy that a preset has for an operation. */
export function strategyIn(preset: Preset, operation: string): string {
  return preset.operations[operation]?.strategy ?? preset.strategy;
}

function numbersOf({ settings: { retry, breaker } }: Preset): Comparable {
  return {
    attempts: retry === false ? undefined : retry?.maxAttempts,
    failures: breaker === false ? undefined : breaker?.trip?.consecutiveFailures,
    openMs: breaker === false ? undefined : breaker?.openMs,
  };
}

function meanOf(parts: readonly Part[]): number {
  if (parts.length === 0) return UNDECIDED;
  const weights = parts.reduce((sum, { weight }) => sum + weight, 0);
  const mean = parts.reduce((sum, { weight, likeness }) => sum + weight * likeness, 0) / weights;
  return Math.round(mean * PRECISION) / PRECISION;
}

function numbers(
  what: string,
  weight: number,
  given: number | undefined,
  wanted: number | undefined,
  name: string,
): Part | undefined {
  if (given === undefined || wanted === undefined) return undefined;
  const likeness = 1 - Math.min(1, Math.abs(given - wanted) / Math.max(given, wanted, 1));
  const reason =
    given === wanted ? `${given} ${what}, as ${name} has` : `${given} ${what}, where ${name} has ${wanted}`;
  return { weight, likeness, reason };
}

function strategies(given: string | undefined, preset: Preset, name: string): Part | undefined {
  if (given === undefined) return undefined;
  const same = given === preset.strategy;
  const reason = same ? `Strategy ${given}, as ${name} has` : `Strategy ${given}, where ${name} has ${preset.strategy}`;
  return { weight: WEIGHTS.strategy, likeness: same ? 1 : 0, reason };
}

function operations(given: ReadonlyMap<string, string> | undefined, preset: Preset, name: string): Part | undefined {
  if (given === undefined || given.size === 0) return undefined;
  const same = [...given].filter(([operation, strategy]) => strategyIn(preset, operation) === strategy).length;
  const reason = `${same} of ${given.size} operations with the strategy that ${name} has for them`;
  return { weight: WEIGHTS.operations, likeness: same / given.size, reason };
}
