import { Buffer } from 'node:buffer';
import { ConfigurationError } from '../../errors/index.js';
import { Check } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { parseJson } from './json.js';
import { checkedOutside } from './outside.js';
import { parseYaml } from './yaml.js';

/** How a config can be written. */
export type ConfigFormat = 'json' | 'yaml';

/** The longest text of a config, in bytes of UTF-8. */
export const LARGEST_BYTES: number = 1024 * 1024;

const FORMATS: readonly ConfigFormat[] = ['json', 'yaml'];
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Reads a config that somebody has written, and checks it: beside what is wrong in every config, it refuses durations
 * that are not in milliseconds, or do not look it.
 *
 * @param source what it is called in error messages, such as the name of its file.
 * @param own presets and strategies that it may name beside the built-in ones.
 * @throws {ConfigurationError} naming everything that is wrong with it; when it is no JSON or YAML, where that shows
 * first. Also when it is longer than a megabyte, or empty: a config without anything in it is `{}`.
 */
export function parseConfig(text: string, format: ConfigFormat, source: string, own?: OwnPresets): ConfigInput {
  return parseConfigText(text, format, source, createCatalog(own ?? {}));
}

/** {@link parseConfig} with presets and strategies that have been checked. */
export function parseConfigText(text: string, format: ConfigFormat, source: string, catalog: Catalog): ConfigInput {
  checkArguments(text, format, source);
  const plain = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  if (Buffer.byteLength(plain) > LARGEST_BYTES) throw tooLarge(source);
  const value = plain.trim() === '' ? null : format === 'json' ? parseJson(source, plain) : parseYaml(source, plain);
  if (value !== null) return checkedOutside(source, value, catalog);
  const message = 'must hold a config';
  throw new ConfigurationError([
    { path: source, message, received: 'nothing', suggestion: "An empty config is '{}'." },
  ]);
}

/** The error for text that nobody wants to read. */
export function tooLarge(source: string): ConfigurationError {
  const message = `must not be larger than ${LARGEST_BYTES} bytes`;
  return new ConfigurationError([{ path: source, message, received: 'more' }]);
}

function checkArguments(text: unknown, format: unknown, source: unknown): void {
  const check = new Check();
  if (typeof text !== 'string') check.addIssue('text', 'must be a string', text);
  check.oneOf('format', format ?? null, FORMATS);
  if (typeof source !== 'string' || source === '')
    check.addIssue('source', 'must be a string with something in it', source);
  check.throwIfInvalid();
}
