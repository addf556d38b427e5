import type { ConfigInput } from '../document.js';
import { TEMPLATE_NAMES, TEMPLATES, type TemplateName } from './templates.js';
import { type TemplateValues, valuesIn, type Wishes, wishesIn } from './wishes.js';

/** Which template comes nearest, and why. */
export interface TemplateSuggestion {
  /** `undefined`: none comes near. */
  readonly template: TemplateName | undefined;
  /** How near the nearest one comes, 0 to 8; from 4 it is suggested. */
  readonly score: number;
  /** The share of the given values that it has exactly, 0 to 1; 0.5 when none was given, 0 when none is suggested. */
  readonly confidence: number;
  /** What speaks for it. */
  readonly reasons: readonly string[];
}

/** Something that speaks for a template. */
interface Point {
  readonly score: number;
  readonly reason: string;
}

interface Candidate {
  readonly name: TemplateName;
  readonly points: readonly Point[];
  readonly score: number;
}

/** How many points a difference of at most so much is worth. */
type Scale = readonly { readonly upTo: number; readonly score: number }[];

const OF_ATTEMPTS: Scale = [
  { upTo: 1, score: 3 },
  { upTo: 2, score: 1 },
];
const OF_FAILURES: Scale = [
  { upTo: 2, score: 2 },
  { upTo: 5, score: 1 },
];
const OF_STRATEGY = 3;
const ENOUGH = 4;
const BY_DEFAULT = 0.5;

/**
 * Suggests the template that comes nearest to what is given. Of several that come equally near it is the first.
 *
 * @param values attempts, failures and strategy, or a config that says them. Default of each: 3 attempts, 5 failures,
 *   `balanced`; in a config, those of the preset that it names.
 * @throws {ConfigurationError} naming everything that is wrong with them.
 */
export function suggestTemplate(values: TemplateValues | ConfigInput): TemplateSuggestion {
  const wishes = wishesIn(values);
  const [best] = TEMPLATE_NAMES.map((name) => candidate(name, wishes)).toSorted(
    (one, other) => other.score - one.score,
  );
  if (best === undefined || best.score < ENOUGH) {
    return { template: undefined, score: best?.score ?? 0, confidence: 0, reasons: ['no template comes near'] };
  }
  const { name, score, points } = best;
  return {
    template: name,
    score,
    confidence: confidenceIn(name, wishes),
    reasons: points.filter((point) => point.score > 0).map(({ reason }) => reason),
  };
}

function valuesOf(name: TemplateName): TemplateValues {
  const { defaults, strategy } = TEMPLATES[name].config;
  return valuesIn(defaults, strategy);
}

function candidate(name: TemplateName, { maxAttempts, consecutiveFailures, strategy }: Wishes): Candidate {
  const values = valuesOf(name);
  const points = [
    pointFor('attempts', values.maxAttempts, maxAttempts, OF_ATTEMPTS),
    pointFor('failures until the breaker opens', values.consecutiveFailures, consecutiveFailures, OF_FAILURES),
    { score: values.strategy === strategy ? OF_STRATEGY : 0, reason: `strategy ${strategy}` },
  ];
  return { name, points, score: points.reduce((sum, { score }) => sum + score, 0) };
}

function pointFor(what: string, has = Infinity, wanted: number, scale: Scale): Point {
  const difference = Math.abs(has - wanted);
  const score = scale.find(({ upTo }) => difference <= upTo)?.score ?? 0;
  return { score, reason: `${has} ${what}${difference === 0 ? '' : `, ${wanted} wanted`}` };
}

function confidenceIn(name: TemplateName, { given }: Wishes): number {
  const values = valuesOf(name);
  const pairs = [
    [given.maxAttempts, values.maxAttempts],
    [given.consecutiveFailures, values.consecutiveFailures],
    [given.strategy, values.strategy],
  ].filter(([wanted]) => wanted !== undefined);
  if (pairs.length === 0) return BY_DEFAULT;
  return pairs.filter(([wanted, has]) => wanted === has).length / pairs.length;
}
