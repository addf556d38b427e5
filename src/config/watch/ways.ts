import { lstat, readlink } from 'node:fs/promises';
import { join, parse, resolve, sep } from 'node:path';

/** By directory, the names in it whose being replaced changes what a path leads to. */
export type Ways = ReadonlyMap<string, ReadonlySet<string>>;

/** As many links as systems follow. */
const MOST_LINKS = 40;

/**
 * Every place that decides what stands at the end of a path: its own directory, and on the way each directory with a
 * link in it. A mounted config map has three: the file is a link to `..data/file`, which is a link to a directory of
 * the day. Where something is missing, the place where it would appear is the last one.
 */
export async function waysTo(path: string): Promise<Ways> {
  const ways = new Map<string, Set<string>>();
  const absolute = resolve(path);
  let at = parse(absolute).root;
  const rest = namesIn(absolute.slice(at.length));
  for (let links = 0; rest.length > 0 && links <= MOST_LINKS; ) {
    const name = rest.pop() ?? '.';
    const next = join(at, name);
    const kind = await kindOf(next);
    if (kind !== 'there' || rest.length === 0) note(ways, at, name);
    if (kind === 'missing') break;
    if (kind === 'there') {
      at = next;
      continue;
    }
    links += 1;
    const target = await readlink(next).catch(() => '.');
    const { root } = parse(target);
    if (root !== '') at = root;
    rest.push(...namesIn(target.slice(root.length)));
  }
  return ways;
}

/** The names of a path, the first one last. */
function namesIn(path: string): string[] {
  return path
    .split(sep)
    .filter((name) => name !== '' && name !== '.')
    .reverse();
}

async function kindOf(path: string): Promise<'link' | 'missing' | 'there'> {
  try {
    return (await lstat(path)).isSymbolicLink() ? 'link' : 'there';
  } catch {
    return 'missing';
  }
}

function note(ways: Map<string, Set<string>>, directory: string, name: string): void {
  const names = ways.get(directory) ?? new Set();
  ways.set(directory, names.add(name));
}
