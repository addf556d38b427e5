/** A name, and forms of it in which small differences disappear. */
export interface Spelling {
  readonly name: string;
  readonly lower: string;
  /** Without separators. */
  readonly bare: string;
}

/** Shorter words differ by a letter for a reason. */
const SHORTEST_WORD = 5;
/** Longer names are not typed by hand. */
const LONGEST_NAME = 64;

/** How a name is spelled. */
export function spellingOf(name: string): Spelling {
  const lower = name.toLowerCase();
  return { name, lower, bare: lower.replace(/[-_.: ]/g, '') };
}

/** Whether two different names probably mean the same: they differ by case, by separators, or by one slip within a word. */
export function isSlipOf(one: Spelling, other: Spelling): boolean {
  if (one.name === other.name) return false;
  return (one.bare === other.bare && one.bare !== '') || isOneSlip(one.lower, other.lower);
}

/** One letter more, less or other, or two neighbours swapped. */
function isOneSlip(one: string, other: string): boolean {
  if (Math.abs(one.length - other.length) > 1 || Math.max(one.length, other.length) > LONGEST_NAME) return false;
  const start = sharedStart(one, other);
  const end = sharedEnd(one, other, start);
  const [odd, instead] = [one.slice(start, one.length - end), other.slice(start, other.length - end)];
  if (!isSlip(odd, instead) || !/^\p{L}*$/u.test(odd + instead)) return false;
  return wordAround(one.length < other.length ? other : one, start) >= SHORTEST_WORD;
}

function isSlip(odd: string, instead: string): boolean {
  if (odd.length === 2 && instead.length === 2) return odd[0] === instead[1] && odd[1] === instead[0];
  return odd.length <= 1 && instead.length <= 1;
}

function sharedStart(one: string, other: string): number {
  let length = 0;
  while (length < one.length && one[length] === other[length]) length += 1;
  return length;
}

function sharedEnd(one: string, other: string, start: number): number {
  const most = Math.min(one.length, other.length) - start;
  let length = 0;
  while (length < most && one.at(-1 - length) === other.at(-1 - length)) length += 1;
  return length;
}

/** How many letters the word has that stands at an index. */
function wordAround(name: string, index: number): number {
  const before = /\p{L}*$/u.exec(name.slice(0, index))?.[0] ?? '';
  const after = /^\p{L}*/u.exec(name.slice(index))?.[0] ?? '';
  return before.length + after.length;
}
