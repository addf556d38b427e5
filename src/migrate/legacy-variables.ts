import type { BuiltInPreset } from '../config/presets/names.js';
import type { Preset } from '../config/presets/presets.js';
import { STRATEGIES } from '../config/presets/strategies.js';
import type { Fields } from '../input/index.js';
import { limitTo, type Mapped, mapNumber, markLost, type NumberPath } from './mapping.js';
import { findStrategyOf } from './score.js';

/** A legacy variable, and what it becomes. */
interface LegacyVariable {
  readonly name: string;
  /** The stage that it belongs to; it is lost if that is switched off. */
  readonly stage: Stage | undefined;
  /** Why a text is skipped; `undefined` if it can be read. */
  readonly refusalOf: (text: string) => string | undefined;
  readonly map: (text: string, target: Target) => Mapped;
}

export type Stage = 'retry' | 'breaker';

/** What variables are mapped onto. */
export interface Target {
  /** The texts by the names of the variables. */
  readonly texts: Texts;
  readonly preset: Preset;
  /** The strategy that replaces the one of the preset. */
  readonly strategy: string | undefined;
  /** The effective values of the preset and the strategy. The config does not repeat them. */
  readonly values: Fields;
}

export type Texts = ReadonlyMap<string, string>;

/** Turns the text of a variable into a value. */
interface Reader<V> {
  /** `undefined` if the text cannot be read. */
  readonly read: (text: string) => V | undefined;
  readonly refusal: string;
}

/** The legacy variables count in seconds. */
export const SECOND_MS = 1_000;
const TRUE: readonly string[] = ['true', '1', 'yes', 'on'];
const FALSE: readonly string[] = ['false', '0', 'no', 'off'];
export const STRATEGY_NAMES: readonly string[] = Object.keys(STRATEGIES);
const SAME = 'the preset has the same value';

export const WHOLE: Reader<number> = buildNumberReader(/^\+?\d+$/, 'it is not a whole number above 0');
const DECIMAL = buildNumberReader(/^\+?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/i, 'it is not a number above 0');
export const STRATEGY: Reader<string> = {
  read: (text) => STRATEGY_NAMES.find((name) => name === readWord(text)),
  refusal: `it is not one of ${STRATEGY_NAMES.join(', ')}`,
};
const SWITCH: Reader<boolean> = {
  read: (text) => (TRUE.includes(readWord(text)) ? true : FALSE.includes(readWord(text)) ? false : undefined),
  refusal: `it is not one of ${[...TRUE, ...FALSE].join(', ')}`,
};
/** An unknown word always meant no jitter. It must not switch off a whole stage. */
const JITTER: Reader<boolean> = { read: (text) => TRUE.includes(readWord(text)), refusal: '' };

export const OPERATIONS = [
  ['SUMMARIZE_RESILIENCE_STRATEGY', 'summarize'],
  ['SENTIMENT_RESILIENCE_STRATEGY', 'sentiment'],
  ['KEY_POINTS_RESILIENCE_STRATEGY', 'key_points'],
  ['QUESTIONS_RESILIENCE_STRATEGY', 'questions'],
  ['QA_RESILIENCE_STRATEGY', 'qa'],
] as const;

const SWITCHES: readonly (readonly [string, readonly Stage[]])[] = [
  ['CIRCUIT_BREAKER_ENABLED', ['breaker']],
  ['RETRY_ENABLED', ['retry']],
  ['RESILIENCE_ENABLED', ['retry', 'breaker']],
];

/** Every legacy variable that stands for settings, in the order of the notes. */
export const VARIABLES: readonly LegacyVariable[] = [
  defineVariable('RETRY_MAX_ATTEMPTS', WHOLE, 'retry', (attempts, target) =>
    mapUnlessSame('retry.maxAttempts', attempts, 'the first attempt counts, as before', target),
  ),
  defineVariable('CIRCUIT_BREAKER_FAILURE_THRESHOLD', WHOLE, 'breaker', (failures, target) => {
    const why = 'failures without a success in between, as before';
    return mapUnlessSame('breaker.trip.consecutiveFailures', failures, why, target);
  }),
  defineVariable('CIRCUIT_BREAKER_RECOVERY_TIMEOUT', WHOLE, 'breaker', (seconds, target) => {
    const why = 'how long the first opening lasts; each one in a row lasts twice as long, up to five times as long';
    return { ...mapUnlessSame('breaker.openMs', seconds * SECOND_MS, why, target), outcome: 'changed' };
  }),
  defineVariable('DEFAULT_RESILIENCE_STRATEGY', STRATEGY, undefined, (strategy, { preset }) =>
    strategy === preset.strategy
      ? { outcome: 'mapped', at: [], to: ['strategy'], why: SAME }
      : { outcome: 'mapped', at: [], settings: { strategy }, why: 'it provides the numbers that no variable sets' },
  ),
  defineVariable('RETRY_MAX_DELAY', WHOLE, 'retry', mapMaxDelay),
  defineVariable('RETRY_EXPONENTIAL_MULTIPLIER', DECIMAL, 'retry', (seconds, { texts, values }) => {
    const minDelayMs = readMinDelayMs(texts) ?? findMinDelayMs(values);
    const why = 'the same waits: it scales minDelayMs now, and was a number of seconds';
    return mapNumber('retry.multiplier', (seconds * SECOND_MS) / minDelayMs, why);
  }),
  defineVariable('RETRY_EXPONENTIAL_MIN', DECIMAL, 'retry', mapMinDelay),
  defineVariable('RETRY_EXPONENTIAL_MAX', DECIMAL, 'retry', (seconds, { texts }) => {
    const wantedMs = limitTo('retry.maxDelayMs', seconds * SECOND_MS);
    const maxDelayMs = Math.max(wantedMs, readMinDelayMs(texts) ?? 0);
    const why = 'the longest wait includes its jitter, which was added on top of it before';
    const more = maxDelayMs === wantedMs ? '' : '; limited to the shortest wait, which took precedence before, too';
    return { outcome: 'changed', settings: { 'retry.maxDelayMs': maxDelayMs }, why: why + more };
  }),
  defineVariable('RETRY_JITTER_ENABLED', JITTER, 'retry', (isOn) => {
    const jitter = isOn ? 'additive' : 'none';
    return { outcome: 'mapped', settings: { 'retry.jitter': jitter }, why: `it is ${jitter}` };
  }),
  defineVariable('RETRY_JITTER_MAX', DECIMAL, 'retry', (seconds) => {
    const why = 'the most that jitter adds; a wait that the provider asks for is lengthened by as much';
    return mapNumber('retry.jitterMaxMs', seconds * SECOND_MS, why);
  }),
  ...OPERATIONS.map(([name, operation]) =>
    defineVariable(name, STRATEGY, undefined, (strategy, target): Mapped => {
      const at = ['operations', operation];
      if (strategy === (target.strategy ?? findStrategyOf(target.preset, operation)))
        return { outcome: 'mapped', at, to: ['strategy'], why: 'it has that strategy anyway' };
      const why = 'values that other variables set for all operations take precedence over its numbers';
      return { outcome: 'changed', at, settings: { strategy }, why };
    }),
  ),
  ...SWITCHES.map(([name, stages]) =>
    defineVariable(name, SWITCH, undefined, (isOn): Mapped => {
      if (isOn) return { outcome: 'mapped', to: stages, why: 'it is on in every preset' };
      const settings = Object.fromEntries(stages.map((stage) => [stage, false]));
      return { outcome: 'mapped', settings, why: 'false switches it off' };
    }),
  ),
];

/**
 * The values of the old library where nothing was set: its defaults if any variable was set, otherwise those of the preset.
 * A preset of the old library had the numbers of our preset of the same name. Durations are in seconds.
 */
const OLD_NUMBERS: Readonly<Record<BuiltInPreset | 'variables', readonly number[]>> = {
  variables: [3, 5, 60, 60, 2, 1, 60, 1],
  simple: [3, 5, 60, 60, 1, 2, 10, 2],
  development: [2, 3, 30, 40, 0.5, 1, 5, 2],
  production: [5, 10, 120, 100, 1.5, 2, 30, 2],
};
const NUMBERED = [
  'RETRY_MAX_ATTEMPTS',
  'CIRCUIT_BREAKER_FAILURE_THRESHOLD',
  'CIRCUIT_BREAKER_RECOVERY_TIMEOUT',
  'RETRY_MAX_DELAY',
  'RETRY_EXPONENTIAL_MULTIPLIER',
  'RETRY_EXPONENTIAL_MIN',
  'RETRY_EXPONENTIAL_MAX',
  'RETRY_JITTER_MAX',
];

/** The texts that had the same effect as setting nothing. */
export function listOldDefaults(from: BuiltInPreset | 'variables'): [variable: string, text: string][] {
  const numbers = OLD_NUMBERS[from];
  return [
    ['RETRY_JITTER_ENABLED', 'true'],
    ...NUMBERED.map((name, index): [string, string] => [name, `${numbers[index]}`]),
  ];
}

/** The stages that a variable switches off. */
export function findStagesOff(texts: Texts): Stage[] {
  return SWITCHES.filter(([name]) => readValue(texts, name, SWITCH) === false).flatMap(([, stages]) => stages);
}

export function readValue<V>(texts: Texts, name: string, { read }: Reader<V>): V | undefined {
  const text = texts.get(name);
  return text === undefined ? undefined : read(text);
}

/** Maps a number. The config omits it if the preset or the strategy has it already. */
function mapUnlessSame(path: NumberPath, wanted: number, why: string, { values }: Target): Mapped {
  const mapped = mapNumber(path, wanted, why);
  if (limitTo(path, wanted) !== values[path]) return mapped;
  return { ...mapped, settings: {}, to: [path], why: `${SAME}; ${mapped.why}` };
}

/** The deadline grows with it: the default would end the retries early. */
function mapMaxDelay(seconds: number, { texts, values }: Target): Mapped {
  const wantedMs = seconds * SECOND_MS;
  const maxElapsedMs = Math.max(limitTo('retry.maxElapsedMs', wantedMs), readMinDelayMs(texts) ?? 0);
  const { deadlineMs } = values;
  const isLonger = typeof deadlineMs === 'number' && maxElapsedMs > deadlineMs;
  const why = 'no retry starts later than this; before, a wait that started in time could end later';
  const more = maxElapsedMs === wantedMs ? '' : `; limited to ${maxElapsedMs}`;
  const deadline = isLonger ? { deadlineMs: maxElapsedMs } : {};
  return { outcome: 'changed', settings: { 'retry.maxElapsedMs': maxElapsedMs, ...deadline }, why: why + more };
}

/** The multiplier changes with it: it scales `minDelayMs` now, and was a separate number of seconds. */
function mapMinDelay(seconds: number, target: Target): Mapped {
  const { texts, values } = target;
  const mapped = mapNumber('retry.minDelayMs', seconds * SECOND_MS, 'seconds are milliseconds now');
  const kept = { ...mapped, settings: { ...mapped.settings, ...keepJitter(seconds * SECOND_MS, target) } };
  if (readValue(texts, 'RETRY_EXPONENTIAL_MULTIPLIER', DECIMAL) !== undefined) return kept;
  const { 'retry.multiplier': multiplier } = values;
  const firstMs = findMinDelayMs(values) * (typeof multiplier === 'number' ? multiplier : 1);
  const minDelayMs = limitTo('retry.minDelayMs', seconds * SECOND_MS);
  const scaled = limitTo('retry.multiplier', firstMs / minDelayMs);
  return { ...kept, settings: { ...kept.settings, 'retry.multiplier': scaled } };
}

/** Default jitter follows a shorter wait. In the old library it did not, so it is written out. */
function keepJitter(minDelayMs: number, { texts, values }: Target): Fields {
  const { 'retry.jitter': jitter, 'retry.jitterMaxMs': jitterMaxMs } = values;
  const isOn = readValue(texts, 'RETRY_JITTER_ENABLED', JITTER) ?? jitter === 'additive';
  const isGiven = readValue(texts, 'RETRY_JITTER_MAX', DECIMAL) !== undefined;
  if (!isOn || isGiven || typeof jitterMaxMs !== 'number' || jitterMaxMs <= minDelayMs) return {};
  return { 'retry.jitterMaxMs': jitterMaxMs };
}

function readMinDelayMs(texts: Texts): number | undefined {
  const seconds = readValue(texts, 'RETRY_EXPONENTIAL_MIN', DECIMAL);
  return seconds === undefined ? undefined : limitTo('retry.minDelayMs', seconds * SECOND_MS);
}

function findMinDelayMs({ 'retry.minDelayMs': minDelayMs }: Fields): number {
  return typeof minDelayMs === 'number' ? minDelayMs : SECOND_MS;
}

function defineVariable<V>(
  name: string,
  { read, refusal }: Reader<V>,
  stage: Stage | undefined,
  map: (value: V, target: Target) => Mapped,
): LegacyVariable {
  return {
    name,
    stage,
    refusalOf: (text) => (read(text) === undefined ? refusal : undefined),
    map: (text, target) => {
      const value = read(text);
      return value === undefined ? markLost(`skipped: ${refusal}`) : map(value, target);
    },
  };
}

function buildNumberReader(pattern: RegExp, refusal: string): Reader<number> {
  return {
    read: (text) => {
      const value = pattern.test(text.trim()) ? Number(text.trim()) : Number.NaN;
      return value > 0 && value < Infinity ? value : undefined;
    },
    refusal,
  };
}

function readWord(text: string): string {
  return text.trim().toLowerCase();
}
