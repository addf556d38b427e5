import { type EventParser, LONGEST_EVENT } from './event-parser.js';
import { LineSplitter } from './lines.js';

/** Parses JSON values on lines of their own. Gives their texts, without blank lines. */
export class NdjsonParser implements EventParser<string> {
  readonly #lines: LineSplitter;

  constructor(longest: number = LONGEST_EVENT) {
    this.#lines = new LineSplitter(longest);
  }

  push(chunk: Uint8Array): readonly string[] {
    const found: string[] = [];
    this.#lines.push(chunk, (line) => addText(found, line));
    return found;
  }

  end(): readonly string[] {
    const found: string[] = [];
    addText(found, this.#lines.end());
    return found;
  }
}

function addText(found: string[], line: string): void {
  const text = line.trim();
  if (text !== '') found.push(text);
}
