import type { Failure, FailureKind } from '../pipeline/index.js';
import { KINDS } from './kinds.js';
import { type CodesByKind, KNOWN_ERRORS } from './providers/index.js';

/** What one part of an error says about its kind. */
export interface Evidence {
  readonly kind: FailureKind;
  /** The code that says so; `undefined` for a status or a phrase. */
  readonly code: string | undefined;
  readonly unexecuted: boolean;
  /** For an error of holdfast: what it means instead of the defaults of its kind. */
  readonly failure: Failure | undefined;
}

const UNEXECUTED = new Set(KNOWN_ERRORS.flatMap(({ unexecutedCodes = [] }) => unexecutedCodes));
const STRONG = buildTable(KNOWN_ERRORS.map(({ codes = {} }) => codes));
const WEAK = buildTable(KNOWN_ERRORS.map(({ weakCodes = {} }) => weakCodes));
const RANKS: ReadonlyMap<FailureKind, number> = new Map(KINDS.map((kind, rank) => [kind, rank]));
const BY_KIND: ReadonlyMap<FailureKind, Evidence> = new Map(
  KINDS.map((kind) => [kind, buildEvidence(kind, undefined)]),
);

/** Finds what a code, type, name or whole message means on its own. */
export function findStrongCode(code: string): Evidence | undefined {
  return STRONG.get(code);
}

/** Finds what a code means if there is no other evidence in the whole chain. */
export function findWeakCode(code: string): Evidence | undefined {
  return WEAK.get(code);
}

/** Returns evidence of a kind that no code gives. */
export function toEvidence(kind: FailureKind): Evidence {
  return BY_KIND.get(kind) ?? buildEvidence(kind, undefined);
}

/** Selects the evidence whose kind comes first in {@link KINDS}. */
export function selectHigherRanked<T extends Evidence>(one: T | undefined, other: T | undefined): T | undefined {
  if (one === undefined || other === undefined) return one ?? other;
  return findRank(other) < findRank(one) ? other : one;
}

function findRank({ kind }: Evidence): number {
  return RANKS.get(kind) ?? KINDS.length;
}

function buildEvidence(kind: FailureKind, code: string | undefined): Evidence {
  return { kind, code, unexecuted: code !== undefined && UNEXECUTED.has(code), failure: undefined };
}

function buildTable(all: readonly CodesByKind[]): ReadonlyMap<string, Evidence> {
  const table = new Map<string, Evidence>();
  for (const codes of all) {
    for (const kind of KINDS) for (const code of codes[kind] ?? []) table.set(code, buildEvidence(kind, code));
  }
  return table;
}
