import { ConfigurationError } from '../../errors/index.js';
import type { ConfigInput } from '../document.js';
import { formatOf } from '../load/file.js';
import { fileText, fileTextNow } from '../load/file-text.js';
import { type ConfigFormat, parseConfigText } from '../load/parse.js';
import type { Catalog } from '../presets/catalog.js';

/** What stands in a file at a moment: a config, or what is wrong with it. */
export type Sight =
  | { readonly text: string; readonly document: ConfigInput }
  | { readonly text: string | undefined; readonly error: ConfigurationError };

/** Looks at a file. Text that has not changed is not read into again. */
export class Sights {
  readonly #source: string;
  readonly #path: string;
  readonly #format: ConfigFormat;
  readonly #catalog: Catalog;
  #last: Sight | undefined;

  /**
   * @param source what it is called in error messages.
   * @throws {ConfigurationError} when the name of the file does not say how it is written.
   */
  constructor(source: string, path: string, catalog: Catalog) {
    this.#catalog = catalog;
    this.#source = source;
    this.#path = path;
    this.#format = formatOf(source, path);
  }

  /** Looks at once. */
  now(): Sight {
    try {
      return this.#read(fileTextNow(this.#path, this.#source));
    } catch (error) {
      return this.#unreadable(error);
    }
  }

  /** Looks without holding up anybody. */
  async next(): Promise<Sight> {
    try {
      return this.#read(await fileText(this.#path, this.#source));
    } catch (error) {
      return this.#unreadable(error);
    }
  }

  #read(text: string): Sight {
    if (this.#last?.text !== text) this.#last = this.#parsed(text);
    return this.#last;
  }

  #parsed(text: string): Sight {
    try {
      return { text, document: parseConfigText(text, this.#format, this.#source, this.#catalog) };
    } catch (error) {
      if (!ConfigurationError.is(error)) throw error;
      return { text, error };
    }
  }

  #unreadable(error: unknown): Sight {
    if (!ConfigurationError.is(error)) throw error;
    return { text: undefined, error };
  }
}
