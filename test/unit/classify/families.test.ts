import { describe, expect, it } from 'vitest';
import { FAMILIES } from '../../../src/classify/families/families.js';
import type { WordsByKind } from '../../../src/classify/families/family.js';
import { isKind, KINDS } from '../../../src/classify/kinds.js';

/** Each word with the kinds that any family gives it. */
function kindsByWord(all: readonly (WordsByKind | undefined)[]): Map<string, Set<string>> {
  const kinds = new Map<string, Set<string>>();
  for (const words of all) {
    for (const [kind, list] of Object.entries(words ?? {})) {
      for (const word of list) kinds.set(word, (kinds.get(word) ?? new Set()).add(kind));
    }
  }
  return kinds;
}

const firm = kindsByWord(FAMILIES.map(({ words }) => words));
const vague = kindsByWord(FAMILIES.map((family) => family.vague));

describe('the families', () => {
  it('agree on what a word means', () => {
    expect([...firm, ...vague].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });

  it('call no word both certain and vague', () => {
    expect([...firm.keys()].filter((word) => vague.has(word))).toEqual([]);
  });

  it('call only words they know unexecuted', () => {
    const unexecuted = FAMILIES.flatMap((family) => family.unexecuted ?? []);
    expect(unexecuted).not.toEqual([]);
    expect(unexecuted.filter((word) => !firm.has(word))).toEqual([]);
  });

  it('have providers of different names, and headers in lower case', () => {
    const providers = FAMILIES.flatMap(({ provider }) => provider ?? []);
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
    const headers = providers.flatMap((provider) => provider.headers ?? []);
    expect(headers.map((header) => header.toLowerCase())).toEqual(headers);
  });
});

describe('the kinds', () => {
  it('are known by name', () => {
    expect(KINDS.every(isKind)).toBe(true);
    expect(['', 'toString', '__proto__', undefined, 5].some(isKind)).toBe(false);
  });
});
