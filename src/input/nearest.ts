/** The allowed name that a mistyped one most probably meant, or `undefined` if none is near. */
export function findNearestName(name: string, allowed: Iterable<string>): string | undefined {
  let best: string | undefined;
  // A third of the letters may be wrong; of fewer than three letters, none.
  let bestDistance = Math.floor(name.length / 3) + 1;
  for (const candidate of allowed) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name.toLowerCase(), candidate.toLowerCase());
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best ?? findNameByStart(name.toLowerCase(), allowed);
}

/** Fewer letters could begin anything. */
const SHORTEST_BEGINNING = 3;

/** Returns the only name that begins with `start`: `production` for `prod`. */
function findNameByStart(start: string, allowed: Iterable<string>): string | undefined {
  if (start.length < SHORTEST_BEGINNING) return undefined;
  const [only, ...others] = [...allowed].filter((candidate) => candidate.toLowerCase().startsWith(start));
  return others.length === 0 ? only : undefined;
}

/** A question for the allowed name that was probably meant; `undefined` if none is near or `name` is not a string. */
export function didYouMean(name: unknown, allowed: Iterable<string>, prefix = ''): string | undefined {
  const meant = typeof name === 'string' ? findNearestName(name, allowed) : undefined;
  return meant === undefined ? undefined : `Did you mean '${prefix}${meant}'?`;
}

/** Insertions, deletions, replacements and swaps of neighbours that turn one string into the other. */
function editDistance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, index) => index);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const replaced = at(row, j - 1) + (from[i - 1] === to[j - 1] ? 0 : 1);
      const swapped = from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1] ? at(before, j - 2) + 1 : Infinity;
      next.push(Math.min(replaced, swapped, at(row, j) + 1, at(next, j - 1) + 1));
    }
    before = row;
    row = next;
  }
  return at(row, to.length);
}

function at(row: readonly number[], index: number): number {
  return row[index] ?? Infinity;
}
