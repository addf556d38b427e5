import { Check, readOnce } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { parseDocument } from '../parse-document.js';
import { BUILT_IN } from '../presets/catalog.js';
import type { Settings } from '../settings.js';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from './templates.js';

/** What a template is chosen by. */
export interface TemplateValues {
  /** Attempts of a call, including the first. Default 3. */
  readonly maxAttempts?: number | undefined;
  /** Consecutive failures at which the breaker opens. Default 5. */
  readonly consecutiveFailures?: number | undefined;
  /** Default `balanced`. */
  readonly strategy?: string | undefined;
}

/** The closest template, and why. */
export interface TemplateSuggestion {
  /** `undefined` if no template comes close. */
  readonly template: TemplateName | undefined;
  /** How close it is, from 0 to 8. A template is suggested from 4. */
  readonly score: number;
  /** The share of the given values that it matches exactly, from 0 to 1; 0.5 if none was given, 0 without a suggestion. */
  readonly confidence: number;
  /** The reasons for it. */
  readonly reasons: readonly string[];
}

type Wanted = { readonly [Key in keyof TemplateValues]-?: NonNullable<TemplateValues[Key]> };

interface Query {
  /** What was given. */
  readonly given: TemplateValues;
  /** The same with all defaults filled in. */
  readonly wanted: Wanted;
}

interface Candidate {
  readonly template: TemplateName;
  readonly score: number;
  readonly reasons: readonly string[];
}

const KEYS = ['maxAttempts', 'consecutiveFailures', 'strategy'] as const;

/** As in preset `simple`. */
const DEFAULTS: Wanted = { maxAttempts: 3, consecutiveFailures: 5, strategy: 'balanced' };

/** The points for a number by its distance from the wanted one; the first row that holds counts. */
const ATTEMPT_POINTS = [
  { upTo: 1, points: 3 },
  { upTo: 2, points: 1 },
];
const FAILURE_POINTS = [
  { upTo: 2, points: 2 },
  { upTo: 5, points: 1 },
];
const STRATEGY_POINTS = 3;
const ENOUGH_POINTS = 4;

/**
 * Suggests the closest template; if several are equally close, the first.
 *
 * @param values attempts, failures and strategy, or a config that sets them. What a config omits is taken from its preset.
 * @throws {ConfigurationError} listing everything that is wrong with the values.
 *
 * @example
 * ```ts
 * const { template, confidence, reasons } = suggestTemplate({ maxAttempts: 5, strategy: 'conservative' });
 * ```
 */
export function suggestTemplate(values: TemplateValues | ConfigInput): TemplateSuggestion {
  const { given, wanted } = parseQuery(values);
  const [best] = TEMPLATE_NAMES.map((name) => scoreTemplate(name, wanted)).toSorted(
    (one, other) => other.score - one.score,
  );
  if (best === undefined || best.score < ENOUGH_POINTS) {
    return { template: undefined, score: best?.score ?? 0, confidence: 0, reasons: ['no template comes close'] };
  }
  const { template, score, reasons } = best;
  const { defaults, strategy } = TEMPLATES[template].config;
  const own = readValues(defaults, strategy);
  const keys = KEYS.filter((key) => given[key] !== undefined);
  const matches = keys.filter((key) => given[key] === own[key]);
  return { template, score, confidence: keys.length === 0 ? 0.5 : matches.length / keys.length, reasons };
}

/** Reads the values that templates are chosen by from settings. */
export function readValues(settings: Settings | undefined, strategy: string | undefined): TemplateValues {
  const { retry, breaker } = settings ?? {};
  return {
    maxAttempts: retry === false ? 1 : retry?.maxAttempts,
    consecutiveFailures: breaker === false ? undefined : breaker?.trip?.consecutiveFailures,
    strategy,
  };
}

function scoreTemplate(template: TemplateName, wanted: Wanted): Candidate {
  const { defaults, strategy } = TEMPLATES[template].config;
  const { maxAttempts, consecutiveFailures } = readValues(defaults, strategy);
  const scores = [
    scoreNumber('attempts', maxAttempts, wanted.maxAttempts, ATTEMPT_POINTS),
    scoreNumber('failures until the breaker opens', consecutiveFailures, wanted.consecutiveFailures, FAILURE_POINTS),
    { points: strategy === wanted.strategy ? STRATEGY_POINTS : 0, reason: `strategy ${strategy}` },
  ];
  return {
    template,
    score: scores.reduce((sum, { points }) => sum + points, 0),
    reasons: scores.filter(({ points }) => points > 0).map(({ reason }) => reason),
  };
}

function scoreNumber(
  unit: string,
  own = Infinity,
  wanted: number,
  scale: typeof ATTEMPT_POINTS,
): { readonly points: number; readonly reason: string } {
  const distance = Math.abs(own - wanted);
  const points = scale.find(({ upTo }) => distance <= upTo)?.points ?? 0;
  return { points, reason: `${own} ${unit}${distance === 0 ? '' : `, ${wanted} wanted`}` };
}

function parseQuery(values: TemplateValues | ConfigInput): Query {
  const own = readOnce('values', values);
  // Only a plain object has been copied. The check of a config refuses anything else.
  const isPlain = own !== values && typeof own === 'object';
  const isValues = isPlain && ('maxAttempts' in own || 'consecutiveFailures' in own);
  if (isValues) return resolveQuery(parseValues(own), {});
  const { preset, strategy, defaults } = parseDocument('values', own);
  const known = preset === undefined ? undefined : BUILT_IN.findPreset(preset);
  return resolveQuery(readValues(defaults, strategy), readValues(known?.settings, known?.strategy));
}

function resolveQuery(given: TemplateValues, below: TemplateValues): Query {
  const wanted = {
    maxAttempts: given.maxAttempts ?? below.maxAttempts ?? DEFAULTS.maxAttempts,
    consecutiveFailures: given.consecutiveFailures ?? below.consecutiveFailures ?? DEFAULTS.consecutiveFailures,
    strategy: given.strategy ?? below.strategy ?? DEFAULTS.strategy,
  };
  return { given, wanted };
}

function parseValues(values: TemplateValues): TemplateValues {
  const check = new Check();
  const fields = check.fields('values', values, KEYS) ?? {};
  check.number('values.maxAttempts', fields['maxAttempts'], { min: 1, max: 1_000, integer: true });
  check.number('values.consecutiveFailures', fields['consecutiveFailures'], { min: 1, max: 1_000_000, integer: true });
  BUILT_IN.checkStrategy(check, 'values.strategy', fields['strategy']);
  check.throwIfInvalid();
  return values;
}
