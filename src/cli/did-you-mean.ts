import { nearest } from '../errors/errors.js';

/** A question for what was probably meant; `undefined` when nothing known is near. */
export function didYouMean(given: string, known: Iterable<string>, prefix = ''): string | undefined {
  const meant = nearest(given, known);
  return meant === undefined ? undefined : `Did you mean '${prefix}${meant}'?`;
}
