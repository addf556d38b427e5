import type { FailureKind } from '../pipeline/index.js';
import { limitText } from './error-fields.js';
import { KINDS } from './kinds.js';
import { KNOWN_ERRORS, type Phrase } from './providers/index.js';

/** The phrases that may correct one kind, compiled. */
interface Search {
  /** Matches any of the phrases. One expression is five times faster than one for each, and few texts contain any. */
  readonly any: RegExp;
  /** One expression for each kind, in order of precedence. */
  readonly each: readonly { readonly kind: FailureKind; readonly pattern: RegExp }[];
}

/** Compiled on first use: compiling all of them takes longer than loading the rest of the package. */
const SEARCHES = new Map<FailureKind, Search | undefined>();

/** Finds the kind that the texts of an error mean instead of `kind`; `undefined` if they do not change it. */
export function findKindByPhrases(kind: FailureKind, texts: readonly string[]): FailureKind | undefined {
  const search = findSearch(kind);
  if (search === undefined) return undefined;
  for (const text of texts) {
    const searched = limitText(text);
    if (search.any.test(searched)) return search.each.find(({ pattern }) => pattern.test(searched))?.kind;
  }
  return undefined;
}

function findSearch(kind: FailureKind): Search | undefined {
  if (SEARCHES.has(kind)) return SEARCHES.get(kind);
  const phrases = selectPhrases(kind);
  const search = phrases.length === 0 ? undefined : buildSearch(phrases);
  SEARCHES.set(kind, search);
  return search;
}

function selectPhrases(kind: FailureKind): readonly Phrase[] {
  return KNOWN_ERRORS.flatMap(({ phrases = [] }) => phrases)
    .filter(({ insteadOf }) => insteadOf.includes(kind))
    .toSorted((one, other) => computePrecedence(one) - computePrecedence(other));
}

/** Texts about a limit per minute mention tokens and lengths too, so that limit is looked for first. */
function computePrecedence({ kind }: Phrase): number {
  return kind === 'rate_limited' ? -1 : KINDS.indexOf(kind);
}

function buildSearch(phrases: readonly Phrase[]): Search {
  return {
    any: buildPattern(phrases.flatMap(({ anyOf }) => anyOf)),
    each: phrases.map(({ kind, anyOf }) => ({ kind, pattern: buildPattern(anyOf) })),
  };
}

function buildPattern(parts: readonly string[]): RegExp {
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'i');
}
