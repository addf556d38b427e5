import type { OperationInput } from '../document.js';
import type { ConfigWarning } from './result.js';

/** The operations that are written down, and where. */
interface WrittenOperations {
  readonly path: string;
  readonly byName: ReadonlyMap<string, OperationInput>;
}

/**
 * Warns about names of operations that were probably meant to be others. Any name is allowed, so no other check finds
 * them.
 *
 * @param preset the operations and aliases of the preset.
 */
export function lintNames({ path, byName }: WrittenOperations, preset: readonly string[]): ConfigWarning[] {
  const names = [...preset, ...byName.keys()];
  const spellings = new Map(names.map((name) => [name, spell(name)]));
  const findMeant = (name: string, others: readonly string[]): string | undefined => {
    const spelling = spellings.get(name) ?? spell(name);
    return others.find((other) => isSlip(spelling, spellings.get(other) ?? spell(other)));
  };
  const warnings: ConfigWarning[] = [];
  for (const [index, [name, { alias }]] of [...byName].entries()) {
    if (alias !== undefined) {
      if (names.includes(alias)) continue;
      const message = 'is not the name of an operation in the config or its preset';
      const warning = { rule: 'alias-of-nothing', path: `${path}.${name}.alias`, value: alias, message };
      const meant = findMeant(alias, names);
      warnings.push(meant === undefined ? warning : { ...warning, suggestion: `Did you mean '${meant}'?` });
    } else if (!preset.includes(name)) {
      // If two names are similar, the first is assumed to be right. An alias may well be similar to its operation.
      const others = names.slice(0, preset.length + index).filter((other) => byName.get(other)?.alias !== name);
      const meant = findMeant(name, others);
      if (meant === undefined) continue;
      const message = `looks like a typo of '${meant}', which is another operation`;
      const suggestion = `Did you mean '${meant}'?`;
      warnings.push({ rule: 'looks-like-typo', path: `${path}.${name}`, value: name, message, suggestion });
    }
  }
  return warnings;
}

/** A name, and what has to differ for two names to be different. */
interface Spelling {
  readonly name: string;
  /** In lower case, without separators. */
  readonly bare: string;
  /** In lower case, cut into words and what is between them. */
  readonly pieces: readonly string[];
}

/** In shorter words, a different letter is no typo: `read`, `head`. */
const SHORTEST_WORD = 5;
/** Longer words are generated rather than typed. */
const LONGEST_WORD = 64;

function spell(name: string): Spelling {
  const lower = name.toLowerCase();
  return { name, bare: lower.replace(/[-_.: ]/g, ''), pieces: lower.match(/\p{L}+|\P{L}+/gu) ?? [] };
}

/** Returns whether two names differ by nothing but case, separators, or one slip within a word. */
function isSlip(one: Spelling, other: Spelling): boolean {
  if (one.name === other.name) return false;
  if (one.bare === other.bare && one.bare !== '') return true;
  if (one.pieces.length !== other.pieces.length) return false;
  const index = one.pieces.findIndex((piece, at) => piece !== other.pieces[at]);
  const [left = '', right = ''] = [one.pieces[index], other.pieces[index]];
  const length = Math.max(left.length, right.length);
  return (
    length >= SHORTEST_WORD &&
    length <= LONGEST_WORD &&
    /^\p{L}+$/u.test(left + right) &&
    one.pieces.every((piece, at) => at <= index || piece === other.pieces[at]) &&
    isOneSlip(left, right)
  );
}

/**
 * Returns whether two different words differ by one extra, missing or other letter, or by two swapped neighbours. Takes
 * linear time, unlike the edit distance of `didYouMean`: all pairs of 200 names are compared.
 */
function isOneSlip(one: string, other: string): boolean {
  let start = 0;
  while (one[start] === other[start]) start += 1;
  const [left, right] = [one.slice(start), other.slice(start)];
  return (
    left.slice(1) === right.slice(1) ||
    left.slice(1) === right ||
    left === right.slice(1) ||
    (left[0] === right[1] && left[1] === right[0] && left.slice(2) === right.slice(2))
  );
}
