import type { Reaction } from './reaction.js';
import type { RecordedRequest } from './recorded-request.js';

/**
 * What to do with each request: always the same; one reaction after the other, of which the last is kept; or what a
 * function says, who may look at the request.
 */
export type Script = Reaction | readonly Reaction[] | ((request: RecordedRequest) => Reaction);

/** Plays a script: gives a reaction for each request it is asked about. */
export function play(script: Script): (request: RecordedRequest) => Reaction {
  if (typeof script === 'function') return script;
  if (!isList(script)) return () => script;
  let next = 0;
  return () => {
    const reaction = script[Math.min(next, script.length - 1)];
    next += 1;
    // An empty script is refused before it is played.
    return reaction ?? 'silence';
  };
}

function isList(script: Reaction | readonly Reaction[]): script is readonly Reaction[] {
  return Array.isArray(script);
}
