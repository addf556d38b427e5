import type { Dialect, StreamSign } from './dialect.js';

const CONTENT: readonly StreamSign[] = Object.freeze([Object.freeze({ kind: 'content' })]);

/** Takes every event for content, and text for text. Has no terminal marker. */
const PLAIN: Dialect = Object.freeze<Dialect>({
  name: 'plain',
  recognises: () => true,
  read: (event: unknown): readonly StreamSign[] =>
    typeof event === 'string' ? [{ kind: 'content', text: event }] : CONTENT,
  hasEnd: false,
});

/** The dialects that are told apart by the shape of events. */
const DIALECTS: readonly Dialect[] = [];

/** Finds the dialect of a stream by its first event; {@link PLAIN} if none recognises it. */
export function detectDialect(event: unknown, among: readonly Dialect[] = DIALECTS): Dialect {
  return among.find((dialect) => tryRecognise(dialect, event)) ?? PLAIN;
}

/** What an event means. An event that a dialect cannot read is content: it must not be taken for silence. */
export function readSigns(dialect: Dialect, event: unknown): readonly StreamSign[] {
  try {
    return dialect.read(event);
  } catch {
    return CONTENT;
  }
}

function tryRecognise(dialect: Dialect, event: unknown): boolean {
  try {
    return dialect.recognises(event);
  } catch {
    return false;
  }
}
