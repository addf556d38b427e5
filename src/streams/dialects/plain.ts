import type { Dialect, StreamSign } from '../dialect.js';
import { CONTENT, readTextPart } from './signs.js';

/** A stream of unknown shape: every event is content, and nothing tells whether the stream was cut off. */
export const plain: Dialect = Object.freeze({
  name: 'plain',
  hasEnd: false,
  recognises: () => true,
  read: (event: unknown): readonly StreamSign[] => {
    const signs = readTextPart(event);
    return signs.length === 0 ? CONTENT : signs;
  },
});
