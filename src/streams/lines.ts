import { LONGEST_EVENT } from './event-parser.js';
import { StreamFormatError } from './format-error.js';

/** Splits a text in UTF-8 into lines, which end with CR, LF or CRLF. A byte order mark at its beginning is left out. */
export class LineSplitter {
  /** Keeps the bytes of a character that the last chunk ended within, and replaces those that are not UTF-8. */
  readonly #decoder = new TextDecoder();
  readonly #longest: number;
  /** The beginning of a line that has not ended. */
  #rest = '';
  #endedWithCr = false;
  #error: StreamFormatError | undefined;

  constructor(longest: number = LONGEST_EVENT) {
    this.#longest = longest;
  }

  /** Whether a line was too long. */
  get hasFailed(): boolean {
    return this.#error !== undefined;
  }

  /** Calls `onLine` with each line that the chunk ends. Throws once a line is too long, and ever after. */
  push(chunk: Uint8Array, onLine: (line: string) => void): void {
    if (this.#error !== undefined) throw this.#error;
    this.#split(this.#decoder.decode(chunk, { stream: true }), onLine);
  }

  /** Ends the text, and returns the line that it ended within; empty if there is none. */
  end(): string {
    const last = this.#rest + this.#decoder.decode();
    this.#rest = '';
    return this.hasFailed ? '' : last;
  }

  /** Refuses to go on. */
  fail(): never {
    this.#rest = '';
    this.#error = new StreamFormatError('event_too_long');
    throw this.#error;
  }

  #split(text: string, onLine: (line: string) => void): void {
    if (text === '') return;
    const given = this.#endedWithCr && text.startsWith('\n') ? text.slice(1) : text;
    this.#endedWithCr = text.endsWith('\r');
    // Most texts have no CR. Two plain searches are twice as fast as one expression.
    const lines = given.includes('\r') ? given.replaceAll('\r\n', '\n').replaceAll('\r', '\n') : given;
    let start = 0;
    for (let end = lines.indexOf('\n'); end >= 0; end = lines.indexOf('\n', start)) {
      this.#emit(lines.slice(start, end), onLine);
      start = end + 1;
    }
    if (this.#rest.length + lines.length - start > this.#longest) this.fail();
    this.#rest += lines.slice(start);
  }

  #emit(end: string, onLine: (line: string) => void): void {
    const line = this.#rest === '' ? end : this.#rest + end;
    this.#rest = '';
    if (line.length > this.#longest) this.fail();
    onLine(line);
  }
}
