import { type Fields, isRecord, pathOfKey } from '../../input/index.js';
import type { Findings } from './findings.js';
import { SECURITY_LIMITS } from './limits.js';
import { checkNumber } from './number-check.js';
import { isPrototypeKey } from './prototype-keys.js';
import { checkText } from './text-check.js';

const { maxBytes, maxStringLength, maxItems, maxFields, maxDepth } = SECURITY_LIMITS;

/**
 * Goes through a parsed config once, checks it and copies it. Each field is read exactly once, so that what was checked
 * is what is used. It ends as soon as the whole can no longer be small enough: a value that holds itself, or the same
 * part a million times, costs no more than one of {@link SECURITY_LIMITS.maxBytes}.
 */
export class Walk {
  readonly #findings: Findings;
  readonly #root: string;
  readonly #largest: number;
  #bytes = 0;
  #fields = 0;
  #listed = 0;
  #ended = false;

  /** @param largest how many bytes of JSON it may be. */
  constructor(findings: Findings, root: string, largest: number) {
    this.#findings = findings;
    this.#root = root;
    this.#largest = largest;
  }

  /** What it would take as JSON without spaces; of what was refused, what has been seen of it. */
  get bytes(): number {
    return this.#bytes;
  }

  /** How many fields it has, at any depth. */
  get fields(): number {
    return this.#fields;
  }

  /** Checks a value, and gives its copy. Of what was refused, parts are missing. */
  copy(path: string, value: unknown, depth = 0): unknown {
    switch (typeof value) {
      case 'string':
        this.#count(jsonBytes(value));
        checkText(this.#findings, path, value, 'string');
        return value;
      case 'number':
        this.#count(String(value).length);
        checkNumber(this.#findings, path, value);
        return value;
      case 'boolean':
        this.#count(value ? 4 : 5);
        return value;
      case 'object':
        if (value !== null) return this.#copyObject(path, value, depth);
        this.#count(4);
        return null;
      default:
        this.#findings.refuse(path, 'must be something that JSON can hold', value);
        return undefined;
    }
  }

  #copyObject(path: string, value: object, depth: number): unknown {
    if (depth > maxDepth) {
      this.#findings.refuse(path, `must not be nested deeper than ${maxDepth}`, value, 'Make it flatter.');
      return undefined;
    }
    this.#count(2);
    try {
      if (Array.isArray(value)) return this.#copyItems(path, value, depth);
      if (isRecord(value)) return this.#copyFields(path, value, depth);
      this.#findings.refuse(path, 'must be a plain object or an array', value);
    } catch {
      this.#findings.refuse(path, 'must be readable, and throws when it is read', value);
    }
    return undefined;
  }

  #copyItems(path: string, items: readonly unknown[], depth: number): unknown {
    const { length } = items;
    if (length > maxItems) {
      const message = `must be an array of at most ${maxItems} items`;
      this.#findings.refuseSize(path, message, `${length} items`, 'Leave some out.');
    }
    const copy: unknown[] = [];
    for (let index = 0; index < Math.min(length, maxItems) && !this.#isOver(1); index++) {
      if (index > 0) this.#count(1);
      copy.push(this.copy(`${path}[${index}]`, items[index], depth + 1));
    }
    return copy;
  }

  #copyFields(path: string, fields: Fields, depth: number): unknown {
    const keys = Object.keys(fields);
    if (keys.length > maxFields) {
      const message = `must be an object of at most ${maxFields} fields`;
      this.#findings.refuseSize(path, message, `${keys.length} fields`, 'Leave some out.');
    }
    // All of them have been listed, which is what takes time, however few are looked at.
    if (this.#isOver(keys.length)) return undefined;
    const copy: [string, unknown][] = [];
    for (const key of keys.slice(0, maxFields)) {
      if (this.#isOver(0)) break;
      const value = fields[key];
      // As everywhere, a field that is undefined counts as absent.
      if (value === undefined) continue;
      this.#count(jsonBytes(key) + (copy.length > 0 ? 2 : 1));
      this.#fields += 1;
      copy.push([key, this.#copyField(pathOfKey(path, key), key, value, depth)]);
    }
    return Object.fromEntries(copy);
  }

  #copyField(path: string, key: string, value: unknown, depth: number): unknown {
    if (isPrototypeKey(key)) {
      const message = `must not be there: '${key}' reaches into prototypes`;
      this.#findings.refuse(path, message, value, 'Leave the field out.');
      return undefined;
    }
    checkText(this.#findings, path, key, 'key');
    return this.copy(path, value, depth + 1);
  }

  #count(bytes: number): void {
    this.#bytes += bytes;
    if (this.#bytes > this.#largest) this.#end();
  }

  /** Whether to go no further, given so many more fields and items: each is at least a byte of JSON. */
  #isOver(listed: number): boolean {
    this.#listed += listed;
    if (this.#listed > maxBytes) this.#end();
    return this.#ended || this.#findings.isFull;
  }

  #end(): void {
    if (this.#ended) return;
    this.#ended = true;
    const message = `must be at most ${maxBytes} bytes of JSON`;
    this.#findings.refuseSize(this.#root, message, `more than ${maxBytes} bytes`, 'Say less, or split it.');
  }
}

function jsonBytes(text: string): number {
  return text.length > maxStringLength ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}
