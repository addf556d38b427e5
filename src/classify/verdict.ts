import { exceptionalKind } from './exceptions.js';
import { kindOfStatus } from './families/http.js';
import type { Link } from './link.js';
import { ownFailure } from './own.js';
import { kindByPhrases } from './phrases.js';
import { type Meaning, meaningOf, plainly, stronger, vagueMeaningOf } from './words.js';

/** What an error is, and which error of its chain of causes told so. */
export interface Verdict extends Meaning {
  readonly link: Link;
}

/** Longer messages are not known as a whole. */
const LONGEST_KNOWN_MESSAGE = 40;

/** What an error says by itself, if it says anything for certain. */
export function firmMeaning(link: Link): Meaning | undefined {
  const own = ownFailure(link.error, link.sight.code);
  if (own !== undefined) return { kind: own.kind, word: undefined, unexecuted: own.unexecuted === true, own };
  const { codes, types, texts, kind: told } = link.found;
  const said = strongest(types, strongest(codes, undefined)) ?? byName(link, meaningOf);
  const kind = kindOfStatus(link.status);
  const meaning = kind === undefined ? said : stronger(said, plainly(kind));
  if (meaning === undefined) return undefined;
  const truly = told ?? exceptionalKind(link) ?? kindByPhrases(meaning.kind, texts);
  return truly === undefined ? meaning : plainly(truly);
}

/** What an error makes likely. */
export function vagueMeaning(link: Link): Meaning | undefined {
  const { codes, types, texts } = link.found;
  const said = firstVague(codes) ?? firstVague(types) ?? byName(link, vagueMeaningOf) ?? byEnding(link);
  const truly = kindByPhrases(said?.kind ?? 'unknown', texts);
  return truly === undefined ? said : plainly(truly);
}

function strongest(words: readonly string[], first: Meaning | undefined): Meaning | undefined {
  let best = first;
  for (const word of words) best = stronger(best, meaningOf(word));
  return best;
}

function firstVague(words: readonly string[]): Meaning | undefined {
  for (const word of words) {
    const meaning = vagueMeaningOf(word);
    if (meaning !== undefined) return meaning;
  }
  return undefined;
}

/** Nearly every library has a class of its own for it. */
function byEnding({ name, className }: Link): Meaning | undefined {
  return [name, className].some((one) => one.endsWith('TimeoutError')) ? plainly('timeout') : undefined;
}

/** Names are asked after codes only, since they lie: the AWS SDK calls a reset connection a `TimeoutError`. */
function byName(
  { name, className, message }: Link,
  lookUp: (word: string) => Meaning | undefined,
): Meaning | undefined {
  const named = lookUp(name) ?? (className === name ? undefined : lookUp(className));
  return named ?? (message.length <= LONGEST_KNOWN_MESSAGE ? lookUp(message) : undefined);
}
