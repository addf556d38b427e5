import { describe, expect, it } from 'vitest';
import { isKind, KINDS } from '../../../src/classify/kinds.js';
import { type CodesByKind, KNOWN_ERRORS } from '../../../src/classify/providers/index.js';

/** Maps each code to the kinds that any provider, SDK or protocol gives it. */
function groupKindsByCode(all: readonly (CodesByKind | undefined)[]): Map<string, Set<string>> {
  const kinds = new Map<string, Set<string>>();
  for (const codes of all) {
    for (const [kind, list] of Object.entries(codes ?? {})) {
      for (const code of list) kinds.set(code, (kinds.get(code) ?? new Set()).add(kind));
    }
  }
  return kinds;
}

const strong = groupKindsByCode(KNOWN_ERRORS.map(({ codes }) => codes));
const weak = groupKindsByCode(KNOWN_ERRORS.map(({ weakCodes }) => weakCodes));

describe('the tables of known errors', () => {
  it('give each code one kind', () => {
    expect([...strong, ...weak].filter(([, kinds]) => kinds.size > 1)).toEqual([]);
  });

  it('list no code as both strong and weak', () => {
    expect([...strong.keys()].filter((code) => weak.has(code))).toEqual([]);
  });

  it('list as unexecuted only codes that have a kind', () => {
    const unexecuted = KNOWN_ERRORS.flatMap(({ unexecutedCodes = [] }) => unexecutedCodes);
    expect(unexecuted).not.toEqual([]);
    expect(unexecuted.filter((code) => !strong.has(code))).toEqual([]);
  });

  it('name each provider once, and its headers in lower case', () => {
    const providers = KNOWN_ERRORS.flatMap(({ provider }) => provider ?? []);
    expect(new Set(providers.map(({ name }) => name)).size).toBe(providers.length);
    const headers = providers.flatMap((provider) => provider.headers ?? []);
    expect(headers.map((header) => header.toLowerCase())).toEqual(headers);
  });
});

describe('isKind', () => {
  it('accepts the name of every kind and nothing else', () => {
    expect(KINDS.every(isKind)).toBe(true);
    expect(['', 'toString', '__proto__', undefined, 5].some(isKind)).toBe(false);
  });
});
