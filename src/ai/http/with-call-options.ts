import { parseCallOptions, type RequestCallOptions } from '../call-options.js';

/** Of the global registry: the options may be those of another copy of the package. */
const OPTIONS: unique symbol = Symbol.for('holdfast.call-options');

/**
 * Says something about the call of one request, in the options that it has for `fetch`.
 *
 * @example
 * ```ts
 * const fetchOptions = withCallOptions({ session: conversation.id });
 * await openai.chat.completions.create({ model: 'gpt-5', messages }, { fetchOptions });
 * ```
 *
 * @param init other options for `fetch`.
 * @throws {ConfigurationError} listing everything that is wrong with the options.
 */
export function withCallOptions(options: RequestCallOptions, init: RequestInit = {}): RequestInit {
  return Object.assign({ ...init }, { [OPTIONS]: parseCallOptions('options', options) });
}

const NONE: RequestCallOptions = Object.freeze({});

/** What was said by {@link withCallOptions}. */
export function readCallOptions(init: RequestInit): RequestCallOptions {
  const given: unknown = Reflect.get(init, OPTIONS);
  return given === undefined ? NONE : parseCallOptions('options', given);
}
