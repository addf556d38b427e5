import { Buffer } from 'node:buffer';
import { buildIssue, ConfigurationError } from '../../errors/index.js';
import { Check, configurationError, isObject } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { findInsecureIn } from '../insecure.js';
import { parseDocument } from '../parse-document.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { parseDurations } from './durations.js';
import { IssueCollector } from './issue-collector.js';
import { parseJson } from './json.js';
import { parseYaml } from './yaml.js';

/** A language that a config can be written in. */
export type ConfigFormat = 'json' | 'yaml';

/** The longest text of a config, in bytes of UTF-8. */
export const LARGEST_BYTES: number = 1024 * 1024;

const FORMATS: readonly ConfigFormat[] = ['json', 'yaml'];
const BYTE_ORDER_MARK = '\uFEFF';

/**
 * Parses and checks the text of a config. Besides what is wrong in any config, it refuses durations that are not in
 * milliseconds or look like seconds; a short one is accepted as text with its unit, such as `'50ms'`. It also refuses
 * settings that are accepted in code only, such as 1,000 attempts: see the guide on configs from outside.
 *
 * @param source names the text in error messages, such as the path of its file.
 * @param own presets and strategies that it may name besides the built-in ones.
 * @throws {ConfigurationError} listing everything that is wrong, or the first position where the text is not JSON or
 * YAML. Also if the text is longer than a megabyte or empty: a config without settings is `{}`.
 *
 * @example
 * ```ts
 * const config = parseConfig('{ "defaults": { "deadlineMs": 30000 } }', 'json', 'the settings page');
 * ```
 */
export function parseConfig(text: string, format: ConfigFormat, source: string, own?: OwnPresets): ConfigInput {
  return parseConfigText(text, format, source, createCatalog(own));
}

/** {@link parseConfig} with a catalog that exists already. */
export function parseConfigText(text: string, format: ConfigFormat, source: string, catalog: Catalog): ConfigInput {
  checkArguments(text, format, source);
  const content = text.startsWith(BYTE_ORDER_MARK) ? text.slice(BYTE_ORDER_MARK.length) : text;
  if (Buffer.byteLength(content) > LARGEST_BYTES) throw buildTooLargeError(source);
  const parse = format === 'json' ? parseJson : parseYaml;
  const value = content.trim() === '' ? null : parse(source, content);
  if (value === null) {
    throw new ConfigurationError([buildIssue(source, 'must hold a config', 'nothing', "An empty config is '{}'.")]);
  }
  return parseUntrusted(source, value, catalog);
}

/**
 * Checks a config that comes from a file or a variable.
 *
 * @param source names the config in error messages.
 * @throws {ConfigurationError} listing everything that is wrong.
 */
export function parseUntrusted(source: string, value: unknown, catalog: Catalog): ConfigInput {
  if (!isObject(value)) throw configurationError(source, 'must be an object with the parts of a config', value);
  const collector = new IssueCollector();
  const check = new Check();
  const config = parseDurations(check, source, value, catalog.config);
  checkOperationNames(check, source, value);
  collector.attempt(() => check.throwIfInvalid());
  const document = collector.attempt(() => parseDocument(source, config, catalog));
  if (document !== undefined) collector.add(findInsecureIn(source, document, catalog));
  if (document === undefined || collector.hasIssues) throw collector.toError();
  return document;
}

/** The error for a text that is longer than {@link LARGEST_BYTES}. */
export function buildTooLargeError(source: string): ConfigurationError {
  return new ConfigurationError([buildIssue(source, `must not be larger than ${LARGEST_BYTES} bytes`, 'more')]);
}

/** The operation `__proto__` is harmless here, but not in code that copies a loaded config carelessly. */
function checkOperationNames(check: Check, source: string, { operations }: ConfigInput): void {
  if (typeof operations !== 'object' || operations === null || !Object.hasOwn(operations, '__proto__')) return;
  check.addIssue(`${source}.operations.__proto__`, 'must have another name', '__proto__');
}

function checkArguments(text: unknown, format: unknown, source: unknown): void {
  const check = new Check();
  if (typeof text !== 'string') check.addIssue('text', 'must be a string', text);
  check.oneOf('format', format ?? null, FORMATS);
  if (typeof source !== 'string' || source === '') check.addIssue('source', 'must be a non-empty string', source);
  check.throwIfInvalid();
}
