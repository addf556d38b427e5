import { Link } from './link.js';
import { hasFields, safely } from './sight.js';
import { firmMeaning, type Verdict, vagueMeaning } from './verdict.js';
import { type Meaning, plainly, stronger } from './words.js';

const DEEPEST = 8;
const MOST_LINKS = 32;
const MOST_ERRORS = 8;

/** An error with the errors behind it. */
interface Node {
  readonly link: Link;
  /** The last of several attempts, where a library tells them all. */
  readonly last: Node | undefined;
  /** Further attempts, or errors of equal rank. */
  readonly others: readonly (Node | undefined)[];
  readonly cause: Node | undefined;
}

const NONE: readonly undefined[] = [];

/**
 * An error with everything that is behind it: `cause`, `errors[]` and `lastError`. The outermost error that says something
 * for certain decides; only when none does, the outermost that makes something likely.
 */
export class Chain {
  /** Every error of it, outermost first. */
  readonly links: Link[] = [];
  readonly #outermost: Node | undefined;

  constructor(error: unknown) {
    this.#outermost = this.#read(error, 0, true);
  }

  /** Those that are about one and the same request: not what became of other attempts. */
  get trunk(): Link[] {
    return this.links.filter(({ isTrunk }) => isTrunk);
  }

  /** What it is. */
  judge(): Verdict {
    return firmly(this.#outermost) ?? vaguely(this.links);
  }

  #read(error: unknown, depth: number, isTrunk: boolean): Node | undefined {
    if (error === undefined || error === null || depth > DEEPEST || this.links.length >= MOST_LINKS) return undefined;
    if (hasFields(error) && this.links.some((link) => link.error === error)) return undefined;
    const link = new Link(error, isTrunk);
    this.links.push(link);
    const { lastError, errors, cause } = link.sight;
    const last = this.#read(lastError, depth + 1, isTrunk);
    const others = errors === undefined ? NONE : this.#readOthers(errors, lastError, depth + 1);
    return { link, last, others, cause: this.#read(cause, depth + 1, isTrunk) };
  }

  #readOthers(errors: unknown, lastError: unknown, depth: number): readonly (Node | undefined)[] {
    const listed = safely(() => (Array.isArray(errors) ? errors.slice(0, MOST_ERRORS + 1) : [])) ?? [undefined];
    const others = listed.filter((error) => error !== lastError);
    // What is not read, because it cannot be or is one too many, leaves a gap: it may have been executed.
    return others.map((error, place) => (place < MOST_ERRORS ? this.#read(error, depth, false) : undefined));
  }
}

function firmly(node: Node | undefined): Verdict | undefined {
  if (node === undefined) return undefined;
  const { link } = node;
  const meaning = firmMeaning(link);
  if (meaning === undefined) return behind(node);
  // A gateway that tells of its own refused connection has been reached: that takes a failure without an answer.
  const isAnswered = link.status !== undefined || link.found.body !== undefined;
  const verdict = by(link, meaning, meaning.unexecuted && !isAnswered);
  if (meaning.kind !== 'cancelled') return verdict;
  // Some SDKs report an abort by a time limit as any other abort, and leave the limit in its cause.
  const inner = behind(node);
  return inner?.kind === 'timeout' ? inner : verdict;
}

function behind({ last, others, cause }: Node): Verdict | undefined {
  if (last === undefined && others.length === 0) return firmly(cause);
  const verdicts = others.map(firmly);
  const decided = last === undefined ? verdicts.reduce(stronger, undefined) : firmly(last);
  if (decided === undefined) return undefined;
  // One attempt that may have been executed is enough to be unsure.
  const unexecuted = decided.unexecuted && verdicts.every((verdict) => verdict?.unexecuted === true);
  return by(decided.link, decided, unexecuted);
}

function vaguely(links: readonly Link[]): Verdict {
  for (const link of links) {
    const meaning = vagueMeaning(link);
    if (meaning !== undefined) return by(link, meaning, false);
  }
  return by(links[0] ?? new Link(undefined, true), plainly('unknown'), false);
}

function by(link: Link, { kind, word, own }: Meaning, unexecuted: boolean): Verdict {
  return { kind, word, unexecuted, own, link };
}
