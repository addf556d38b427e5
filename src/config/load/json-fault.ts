import { describe } from '../../input/index.js';

/** What is wrong with JSON text, and where. */
export interface JsonFault {
  readonly offset: number;
  /** What is due there. */
  readonly due: string;
  /** What stands there, in words that are safe to print. */
  readonly found: string;
}

/** What may come next. */
type Due = 'value' | 'first value' | 'key' | 'first key' | 'colon' | 'next' | 'end';

interface Level {
  readonly closing: '}' | ']';
  /** The keys so far, of an object. */
  readonly keys: Set<string> | undefined;
}

const SPACE = /[ \t\n\r]*/y;
// Unrolled, so that no text makes it try twice.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of these in a string
const STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*)*"/y;
// The same without its end.
// biome-ignore lint/suspicious/noControlCharactersInRegex: JSON has none of these in a string
const OPEN_STRING = /"[^"\\\u0000-\u001f]*(?:\\(?:["\\/bfnrt]|u[\dA-Fa-f]{4})[^"\\\u0000-\u001f]*)*/y;
const WORD = /(?:-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)(?![\w.+-])/y;

const END = 'the end of the text';

const IN_WORDS: Readonly<Record<Due, string>> = {
  value: 'a value',
  'first value': 'a value or ]',
  key: 'a key in double quotes',
  'first key': 'a key in double quotes or }',
  colon: 'a colon',
  next: 'a comma',
  end: 'the end',
};

/**
 * The first fault in JSON text: what makes it no JSON, or a key that stands twice in one object, of which a parser
 * would keep one and say nothing. `undefined` when nothing is wrong.
 *
 * What parsers say of faults differs from one version of Node to the next, and often lacks the place.
 */
export function jsonFault(text: string): JsonFault | undefined {
  return new Reader(text).fault();
}

/** Goes through the text token by token. Not by recursion: no depth is too deep. */
class Reader {
  readonly #text: string;
  readonly #levels: Level[] = [];
  #offset = 0;
  #due: Due = 'value';

  constructor(text: string) {
    this.#text = text;
  }

  fault(): JsonFault | undefined {
    for (;;) {
      this.#skip(SPACE);
      if (this.#due === 'end' && this.#offset === this.#text.length) return undefined;
      const fault = this.#step();
      if (fault !== undefined) return fault;
    }
  }

  /** Takes one token. */
  #step(): JsonFault | undefined {
    switch (this.#due) {
      case 'end':
        return this.#fault();
      case 'colon':
        return this.#takes(':') ? this.#then('value') : this.#fault();
      case 'next':
        return this.#separator();
      case 'key':
      case 'first key':
        return this.#due === 'first key' && this.#takes('}') ? this.#close() : this.#key();
      default:
        return this.#due === 'first value' && this.#takes(']') ? this.#close() : this.#value();
    }
  }

  #value(): JsonFault | undefined {
    if (this.#takes('{')) return this.#open({ closing: '}', keys: new Set() }, 'first key');
    if (this.#takes('[')) return this.#open({ closing: ']', keys: undefined }, 'first value');
    return this.#skip(STRING) || this.#skip(WORD) ? this.#ended() : this.#fault();
  }

  #key(): JsonFault | undefined {
    const start = this.#offset;
    if (!this.#skip(STRING)) return this.#fault();
    const key = String(JSON.parse(this.#text.slice(start, this.#offset)));
    const keys = this.#levels.at(-1)?.keys;
    if (keys?.has(key))
      return { offset: start, due: 'another key: this one stands there already', found: describe(key) };
    keys?.add(key);
    return this.#then('colon');
  }

  #separator(): JsonFault | undefined {
    const level = this.#levels.at(-1);
    if (level !== undefined && this.#takes(level.closing)) return this.#close();
    if (this.#takes(',')) return this.#then(level?.keys === undefined ? 'value' : 'key');
    return this.#fault();
  }

  #open(level: Level, due: Due): undefined {
    this.#levels.push(level);
    return this.#then(due);
  }

  #close(): undefined {
    this.#levels.pop();
    return this.#ended();
  }

  /** A value is over. */
  #ended(): undefined {
    return this.#then(this.#levels.length === 0 ? 'end' : 'next');
  }

  #then(due: Due): undefined {
    this.#due = due;
    return undefined;
  }

  #takes(character: string): boolean {
    if (this.#text[this.#offset] !== character) return false;
    this.#offset += 1;
    return true;
  }

  /** Whether the pattern, which is sticky, is what stands here; then it has been passed. */
  #skip(pattern: RegExp): boolean {
    pattern.lastIndex = this.#offset;
    if (!pattern.test(this.#text)) return false;
    this.#offset = pattern.lastIndex;
    return true;
  }

  #fault(): JsonFault {
    const offset = this.#offset;
    const [character] = this.#text.slice(offset, offset + 2);
    const closing = this.#due === 'next' ? ` or ${this.#levels.at(-1)?.closing}` : '';
    const due = IN_WORDS[this.#due] + closing;
    if (character === undefined) return { offset, due, found: END };
    const isBadString = character === '"' && !['colon', 'next', 'end'].includes(this.#due);
    return isBadString ? this.#faultInString() : { offset, due, found: describe(character) };
  }

  /** The string ends, in front of its quotation mark, where it goes wrong. */
  #faultInString(): JsonFault {
    this.#skip(OPEN_STRING);
    const offset = this.#offset;
    const character = this.#text[offset];
    if (character === undefined) return { offset, due: 'the quotation mark that ends a string', found: END };
    const unknown = this.#text.slice(offset, offset + 2);
    return character === '\\'
      ? { offset, due: 'an escape that JSON knows (for a backslash, two of them)', found: describe(unknown) }
      : { offset, due: 'the quotation mark that ends a string, or an escape', found: describe(character) };
  }
}
