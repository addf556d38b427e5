import type { FailureKind } from '../pipeline/index.js';
import { FAMILIES } from './families/families.js';
import type { Phrase } from './families/family.js';
import { KINDS } from './kinds.js';
import { searchedPartOf } from './searched.js';

/** What is looked for where a status means one kind. */
interface Search {
  /** Finds any of the phrases. One expression is five times faster than looking for each, and few texts hold any. */
  readonly any: RegExp;
  /** In the order in which they are believed. */
  readonly each: readonly { readonly kind: FailureKind; readonly of: RegExp }[];
}

/** Made when an error first asks for them: making all of them takes longer than the rest of the package to load. */
const SEARCHES = new Map<FailureKind, Search | undefined>();

/** What the texts of an error say instead of `kind`; `undefined` when they add nothing. */
export function kindByPhrases(kind: FailureKind, texts: readonly string[]): FailureKind | undefined {
  const search = searchInsteadOf(kind);
  if (search === undefined) return undefined;
  for (const text of texts) {
    const part = searchedPartOf(text);
    if (search.any.test(part)) return search.each.find(({ of }) => of.test(part))?.kind;
  }
  return undefined;
}

function searchInsteadOf(kind: FailureKind): Search | undefined {
  if (SEARCHES.has(kind)) return SEARCHES.get(kind);
  const phrases = phrasesInsteadOf(kind);
  const search = phrases.length === 0 ? undefined : searchFor(phrases);
  SEARCHES.set(kind, search);
  return search;
}

function phrasesInsteadOf(kind: FailureKind): readonly Phrase[] {
  const phrases = FAMILIES.flatMap((family) => family.phrases ?? []).filter(({ insteadOf }) =>
    insteadOf.includes(kind),
  );
  return phrases.toSorted((one, other) => priority(one) - priority(other));
}

/** Text about a limit by the minute speaks of tokens and lengths too, so it is looked for before everything else. */
function priority({ kind }: Phrase): number {
  return kind === 'rate_limited' ? -1 : KINDS.indexOf(kind);
}

function searchFor(phrases: readonly Phrase[]): Search {
  return {
    any: expressionFor(phrases.flatMap(({ anyOf }) => anyOf)),
    each: phrases.map(({ kind, anyOf }) => ({ kind, of: expressionFor(anyOf) })),
  };
}

function expressionFor(parts: readonly string[]): RegExp {
  return new RegExp(parts.map((part) => part.replace(/[.*+?^${}()|[\]\\]/g, '\\$&')).join('|'), 'i');
}
