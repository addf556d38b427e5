import type { Failure, FailureKind } from '../pipeline/index.js';
import { FAMILIES } from './families/families.js';
import type { WordsByKind } from './families/family.js';
import { KINDS } from './kinds.js';

/** What a piece of evidence says. */
export interface Meaning {
  readonly kind: FailureKind;
  /** The word that says so; `undefined` when a status or a phrase does. */
  readonly word: string | undefined;
  readonly unexecuted: boolean;
  /** What an error of holdfast's own means instead of what its kind usually does. */
  readonly own: Failure | undefined;
}

const UNEXECUTED = new Set(FAMILIES.flatMap(({ unexecuted = [] }) => unexecuted));
const WORDS = tableOf(FAMILIES.map(({ words = {} }) => words));
const VAGUE = tableOf(FAMILIES.map(({ vague = {} }) => vague));
const RANKS: ReadonlyMap<FailureKind, number> = new Map(KINDS.map((kind, rank) => [kind, rank]));
const PLAIN: ReadonlyMap<FailureKind, Meaning> = new Map(KINDS.map((kind) => [kind, meaning(kind, undefined)]));

/** What a code, type, name or message means by itself. */
export function meaningOf(word: string): Meaning | undefined {
  return WORDS.get(word);
}

/** What it means when there is nothing better. */
export function vagueMeaningOf(word: string): Meaning | undefined {
  return VAGUE.get(word);
}

/** Evidence of a kind that no word gives. */
export function plainly(kind: FailureKind): Meaning {
  return PLAIN.get(kind) ?? meaning(kind, undefined);
}

/** The one whose kind comes first. */
export function stronger<T extends Meaning>(one: T | undefined, other: T | undefined): T | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return rankOf(other) < rankOf(one) ? other : one;
}

function rankOf({ kind }: Meaning): number {
  return RANKS.get(kind) ?? KINDS.length;
}

function meaning(kind: FailureKind, word: string | undefined): Meaning {
  return { kind, word, unexecuted: word !== undefined && UNEXECUTED.has(word), own: undefined };
}

function tableOf(all: readonly WordsByKind[]): ReadonlyMap<string, Meaning> {
  const table = new Map<string, Meaning>();
  for (const words of all) {
    for (const kind of KINDS) for (const word of words[kind] ?? []) table.set(word, meaning(kind, word));
  }
  return table;
}
