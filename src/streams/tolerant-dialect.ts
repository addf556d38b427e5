import { requireAnswer } from '../runtime/index.js';
import type { Dialect, StreamSign } from './dialect.js';
import { CONTENT } from './dialects/index.js';

/** What a guard needs of a dialect. Its `read` must not throw. */
export type EventReader = Pick<Dialect, 'hasEnd' | 'read'>;

/**
 * Wraps a dialect of the user's. An event that it fails to read, by throwing or by what it returns, is content: it must not
 * be taken for silence.
 *
 * @param onFailed called with the first failure; must not throw.
 */
export function tolerateDialect(dialect: Dialect, onFailed: ((error: unknown) => void) | undefined): EventReader {
  let hasFailed = false;
  return {
    hasEnd: dialect.hasEnd,
    read(event: unknown): readonly StreamSign[] {
      try {
        return parseSigns(dialect.read(event));
      } catch (error) {
        if (!hasFailed) onFailed?.(error);
        hasFailed = true;
        return CONTENT;
      }
    },
  };
}

/** @throws {TypeError} for anything else than a list of signs. */
function parseSigns(given: unknown): readonly StreamSign[] {
  const signs = requireAnswer('the read() of a dialect', given);
  if (!Array.isArray(signs)) throw new TypeError('the read() of a dialect must return a list of signs');
  const listed: readonly unknown[] = signs;
  if (areSigns(listed)) return listed;
  throw new TypeError('the read() of a dialect has returned something that is no sign');
}

function areSigns(values: readonly unknown[]): values is readonly StreamSign[] {
  return values.every(isSign);
}

function isSign(value: unknown): value is StreamSign {
  if (!isObject(value)) return false;
  const { kind } = value;
  return typeof kind === 'string' && Object.hasOwn(HAS_SHAPE, kind) && HAS_SHAPE[kind]?.(value) === true;
}

type Fields = Readonly<Record<string, unknown>>;

/** Whether a sign of a kind has what is read from it. */
const HAS_SHAPE: Readonly<Record<string, (sign: Fields) => boolean>> = {
  preamble: () => true,
  content: ({ text, choice }) => isText(text) && isNumber(choice),
  tool_call: ({ toolCall }) => isPiece(toolCall),
  usage: ({ usage }) => isObject(usage),
  finish: ({ finish }) => typeof finish === 'string',
  end: ({ finish, choice }) => isText(finish) && isNumber(choice),
  failure: () => true,
};

function isPiece(value: unknown): boolean {
  if (!isObject(value)) return false;
  const { index, id, name, arguments: json } = value;
  return (typeof index === 'number' || typeof index === 'string') && [id, name, json].every(isText);
}

function isText(value: unknown): boolean {
  return value === undefined || typeof value === 'string';
}

function isNumber(value: unknown): boolean {
  return value === undefined || typeof value === 'number';
}

function isObject(value: unknown): value is Fields {
  return typeof value === 'object' && value !== null;
}
