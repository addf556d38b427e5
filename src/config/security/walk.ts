import { buildIssue, type ConfigurationIssue } from '../../errors/index.js';
import { describe, type Fields, formatKeyPath, isRecord } from '../../input/index.js';
import { SECURITY_LIMITS } from './limits.js';
import { findTextIssues, isPrototypeKey } from './patterns.js';

const { maxBytes, maxStringLength, maxKeyLength, maxItems, maxFields, maxDepth, maxRepeats } = SECURITY_LIMITS;

/** Enough to repair a config. */
const MOST_ISSUES = 100;

const REPEATED = new RegExp(`(.)\\1{${maxRepeats}}`, 'su');
const HUGE = 1e100;
const TINY = 1e-100;

/** What a walk through a config found. */
export interface WalkResult {
  readonly errors: readonly ConfigurationIssue[];
  readonly warnings: readonly ConfigurationIssue[];
  /** The copy. If there are errors, parts of it are missing. */
  readonly value: unknown;
  /** The size as JSON without spaces; if there are errors, of what was read. */
  readonly sizeBytes: number;
  /** The number of fields at any depth; if there are errors, of what was read. */
  readonly fieldCount: number;
}

/**
 * Checks and copies a parsed config in one pass. Each field is read exactly once, so that what was checked is what is
 * used. The walk ends as soon as the whole is certain to be too large: a value that contains itself, or one part a
 * million times, costs no more than a config of {@link SECURITY_LIMITS.maxBytes}.
 *
 * @param largest how many bytes of JSON the config may take.
 */
export function walkConfig(root: string, config: unknown, largest: number): WalkResult {
  const walk = new Walk(root, largest);
  const value = walk.copy(root, config);
  const { errors, warnings, sizeBytes, fieldCount } = walk;
  return { errors, warnings, value, sizeBytes, fieldCount };
}

class Walk {
  readonly errors: ConfigurationIssue[] = [];
  readonly warnings: ConfigurationIssue[] = [];
  sizeBytes = 0;
  fieldCount = 0;
  readonly #root: string;
  readonly #largest: number;
  #listed = 0;
  #isEnded = false;

  constructor(root: string, largest: number) {
    this.#root = root;
    this.#largest = largest;
  }

  copy(path: string, value: unknown, depth = 0): unknown {
    switch (typeof value) {
      case 'string':
        this.#count(countJsonBytes(value));
        this.#checkText(path, value, 'string', maxStringLength);
        return value;
      case 'number':
        this.#count(String(value).length);
        this.#checkNumber(path, value);
        return value;
      case 'boolean':
        this.#count(value ? 4 : 5);
        return value;
      case 'object':
        if (value !== null) return this.#copyObject(path, value, depth);
        this.#count(4);
        return null;
      default:
        this.#refuse(path, 'must be a JSON value', value);
        return undefined;
    }
  }

  #copyObject(path: string, value: object, depth: number): unknown {
    if (depth > maxDepth) {
      this.#refuse(path, `must not be nested deeper than ${maxDepth}`, value, 'Make it flatter.');
      return undefined;
    }
    this.#count(2);
    try {
      if (Array.isArray(value)) return this.#copyItems(path, value, depth);
      if (isRecord(value)) return this.#copyFields(path, value, depth);
      this.#refuse(path, 'must be a plain object or an array', value);
    } catch {
      this.#refuse(path, 'must be readable, but throws when it is read', value);
    }
    return undefined;
  }

  #copyItems(path: string, items: readonly unknown[], depth: number): unknown {
    const { length } = items;
    if (length > maxItems) {
      this.#refuseSize(path, `must be an array of at most ${maxItems} items`, `${length} items`, 'Remove some.');
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
      this.#refuseSize(path, message, `${keys.length} fields`, 'Remove some.');
    }
    // Listing them takes the time, so all of them count, even if few are read.
    if (this.#isOver(keys.length)) return undefined;
    const copy: [string, unknown][] = [];
    for (const key of keys.slice(0, maxFields)) {
      if (this.#isOver(0)) break;
      const value = fields[key];
      // A field that is undefined counts as absent, as everywhere.
      if (value === undefined) continue;
      this.#count(countJsonBytes(key) + (copy.length > 0 ? 2 : 1));
      this.fieldCount += 1;
      copy.push([key, this.#copyField(formatKeyPath(path, key), key, value, depth)]);
    }
    return Object.fromEntries(copy);
  }

  #copyField(path: string, key: string, value: unknown, depth: number): unknown {
    if (isPrototypeKey(key)) {
      this.#refuse(path, `must not exist: '${key}' reaches into prototypes`, value, 'Remove the field.');
      return undefined;
    }
    this.#checkText(path, key, 'key', maxKeyLength);
    return this.copy(path, value, depth + 1);
  }

  /** The length comes first, so that a long text is not searched. */
  #checkText(path: string, text: string, kind: string, longest: number): void {
    if (text.length > longest) {
      this.#refuse(path, `must be a ${kind} of at most ${longest} characters`, text, 'Shorten it.');
      return;
    }
    for (const { message, suggestion } of findTextIssues(text)) this.#refuse(path, message, text, suggestion);
    if (REPEATED.test(text)) this.#warn(path, `repeats a character more than ${maxRepeats} times`, text);
  }

  /** JSON can express numbers that JavaScript cannot hold. */
  #checkNumber(path: string, value: number): void {
    const size = Math.abs(value);
    if (!Number.isFinite(value)) this.#refuse(path, 'must be a finite number', value);
    else if (size > HUGE) this.#warn(path, `is beyond ${HUGE}, which no setting needs`, value);
    else if (size > 0 && size < TINY) this.#warn(path, `is too close to 0 to mean anything (below ${TINY})`, value);
    else if (size > Number.MAX_SAFE_INTEGER) {
      this.#warn(path, 'is a whole number of 2^53 or more, which loses precision', value);
    }
  }

  #count(bytes: number): void {
    this.sizeBytes += bytes;
    if (this.sizeBytes > this.#largest) this.#end();
  }

  /** Returns whether to stop, after this many more fields or items have been listed: each is at least a byte of JSON. */
  #isOver(listed: number): boolean {
    this.#listed += listed;
    if (this.#listed > maxBytes) this.#end();
    return this.#isEnded || this.errors.length >= MOST_ISSUES;
  }

  #end(): void {
    if (this.#isEnded) return;
    this.#isEnded = true;
    const message = `must be at most ${maxBytes} bytes of JSON`;
    this.#refuseSize(this.#root, message, `more than ${maxBytes} bytes`, 'Shorten or split it.');
  }

  #refuse(path: string, message: string, received: unknown, suggestion?: string): void {
    this.#refuseSize(path, message, describeUntrusted(received), suggestion);
  }

  /** Describes a value that is too large by its size, without reading it. */
  #refuseSize(path: string, message: string, received: string, suggestion?: string): void {
    if (this.errors.length < MOST_ISSUES) this.errors.push(buildIssue(path, message, received, suggestion));
  }

  #warn(path: string, message: string, received: unknown): void {
    if (this.warnings.length < MOST_ISSUES) this.warnings.push(buildIssue(path, message, describeUntrusted(received)));
  }
}

/** Describes an untrusted value in a few printable words. Never throws, and is fast for any value. */
export function describeUntrusted(value: unknown): string {
  switch (typeof value) {
    case 'string':
      return value.length > maxStringLength ? `a string of ${value.length} characters` : describe(value);
    // Converting a large one to text takes seconds.
    case 'bigint':
      return 'a bigint';
    case 'symbol':
      return 'a symbol';
    case 'object':
      // A revoked Proxy throws when asked whether it is an array.
      return value === null ? 'null' : 'an object or an array';
    default:
      return describe(value);
  }
}

function countJsonBytes(text: string): number {
  return text.length > maxStringLength ? text.length + 2 : Buffer.byteLength(JSON.stringify(text));
}
