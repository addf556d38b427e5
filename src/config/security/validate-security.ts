import { buildIssue, type ConfigurationIssue } from '../../errors/index.js';
import { Check, isObject } from '../../input/index.js';
import type { ConfigInput } from '../document.js';
import { findInsecureIn, findInsecureValues } from '../insecure.js';
import { parseDurations } from '../load/durations.js';
import { findJsonIssue } from '../load/json.js';
import { type Catalog, createCatalog, type OwnPresets } from '../presets/catalog.js';
import { type ConfigSuggestion, collectSuggestions } from '../validation/result.js';
import { SECURITY_LIMITS } from './limits.js';
import { type WalkResult, walkConfig } from './walk.js';

/** The result of checking an untrusted config. */
export interface SecurityResult {
  /** True if there are no errors; warnings do not count. */
  readonly valid: boolean;
  /** Why the config must not be used, in order of discovery; at most 100. */
  readonly errors: readonly ConfigurationIssue[];
  /** What is odd but allowed; at most 100. */
  readonly warnings: readonly ConfigurationIssue[];
  /** What to do: the suggestions of all errors and warnings. */
  readonly suggestions: readonly ConfigSuggestion[];
  /**
   * The config as it was checked: a copy in plain objects and arrays that nothing else refers to. Use this and not the
   * input. `undefined` if the config is not valid.
   */
  readonly value: unknown;
  /** Size of the text in UTF-8, or of a value as JSON; if not valid, of what was read. */
  readonly sizeBytes: number;
  /** Number of fields at any depth; if not valid, of what was read. */
  readonly fieldCount: number;
}

/**
 * Checks whether an untrusted config is safe to use: small, plain data, and free of prototype keys, forbidden patterns
 * and unreadable characters (see {@link SECURITY_LIMITS}), and of settings that are accepted in code only, such as 1,000
 * attempts. It does not check whether the settings are valid.
 *
 * Never throws, whatever the config. The size is checked first and the rest takes linear time, so no text takes longer
 * than the largest valid one. A parsed value costs one listing of its fields, which no limit can prevent: pass the text if
 * there is one.
 *
 * @param given JSON text if it is a string; otherwise a parsed value.
 * @param path how paths begin. Default `config`.
 * @param own presets and strategies that the config may name beside the built-in ones.
 * @throws {ConfigurationError} if one of `own` is not valid.
 *
 * @example
 * ```ts
 * const { valid, errors, value } = validateSecurity(text);
 * console.log(valid ? validateConfig(value).errors : errors);
 * ```
 */
export function validateSecurity(given: unknown, path = 'config', own: OwnPresets = {}): SecurityResult {
  const { maxBytes } = SECURITY_LIMITS;
  const catalog = createCatalog(own);
  const judge = (found: WalkResult): SecurityResult => buildResult(addInsecure(path, found, catalog));
  if (typeof given !== 'string') return judge(walkConfig(path, given, maxBytes));
  // A text has at least as many bytes as characters, so one that is far too long need not be encoded.
  const isLong = given.length > maxBytes;
  const sizeBytes = isLong ? given.length : Buffer.byteLength(given);
  const received = `${sizeBytes} ${isLong ? 'characters' : 'bytes'}`;
  const issue =
    sizeBytes > maxBytes
      ? buildIssue(path, `must be at most ${maxBytes} bytes of JSON`, received, 'Shorten or split it.')
      : findJsonIssue(path, given);
  if (issue !== undefined) {
    return buildResult({ errors: [issue], warnings: [], value: undefined, sizeBytes, fieldCount: 0 });
  }
  // The text has been measured; the same value may take more bytes when it is written differently.
  return judge({ ...walkConfig(path, JSON.parse(given), Infinity), sizeBytes });
}

/** Adds the settings of an otherwise safe config that are accepted in code only. */
function addInsecure(path: string, found: WalkResult, catalog: Catalog): WalkResult {
  if (found.errors.length > 0 || !isObject(found.value)) return found;
  return { ...found, errors: findInsecureSettings(path, found.value, catalog) };
}

function findInsecureSettings(path: string, value: object, catalog: Catalog): readonly ConfigurationIssue[] {
  const { config } = catalog;
  // Finding out what an unknown key was meant to be takes time, and there may be many.
  const isKnown = Object.keys(value).every((key) => Object.hasOwn(config.settings, key));
  if (!isKnown) return findInsecureValues(path, value);
  // Issues with the durations are reported when the config is used.
  const read = parseDurations(new Check(), path, value, config);
  return isConfig(read, catalog) ? findInsecureIn(path, read, catalog) : findInsecureValues(path, read);
}

function isConfig(value: object, { config }: Catalog): value is ConfigInput {
  return new Check().settings('', value, config);
}

function buildResult(found: WalkResult): SecurityResult {
  const { errors, warnings, value } = found;
  const valid = errors.length === 0;
  const suggestions = collectSuggestions([...errors, ...warnings]);
  return { ...found, valid, suggestions, value: valid ? value : undefined };
}
